import Experiments
import LuaHost
import Scripting

/// What the shell completes: names that the argument parser does not know.
enum NameCompletion {
  /// Names of the reference, and commands.
  static var references: [String] {
    Reference.nightjar.names
      + NightjarCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The names of plugins of a kind, or of all.
  static func plugins(_ kind: PluginKind?) -> [String] {
    PluginLibrary(shipped: Installation.shippedPlugins()).entries(kind).map(\.name)
  }

  /// Plugins as `kind/name`.
  static var titles: [String] {
    PluginLibrary(shipped: Installation.shippedPlugins()).entries().map { "\($0.kind.rawValue)/\($0.name)" }
  }
}
