import Experiments
import LuaHost
import Scripting

/// What the shell completes: names that the argument parser does not know.
enum NameCompletion {
  /// Names of the reference, and commands.
  static var references: [String] {
    let names = Reference.nightjar.names
    // Both nj.nn.LSTM and nn.LSTM are names of it.
    let short = names.filter { $0.hasPrefix("nj.") }.map { String($0.dropFirst(3)) }
    return names + short
      + NightjarCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
  }

  /// The names of plugins of a kind, or of all.
  static func plugins(_ kind: PluginKind?) -> [String] {
    PluginLibrary(shipped: Installation.shippedPlugins()).entries(kind).map(\.name)
  }

  /// The names of plugins of a kind, behind those that a list separated by commas has already.
  static func list(_ kind: PluginKind, after prefix: String) -> [String] {
    let given = prefix.lastIndex(of: ",").map { String(prefix[...$0]) } ?? ""
    return plugins(kind).map { given + $0 }
  }

  /// Plugins as `kind/name`.
  static var titles: [String] {
    PluginLibrary(shipped: Installation.shippedPlugins()).entries().map { "\($0.kind.rawValue)/\($0.name)" }
  }
}
