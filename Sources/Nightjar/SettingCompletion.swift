import Experiments
import Foundation
import LuaHost
import Scripting
import Support

/// What the shell completes after `--set`: the options of the script, or of the plugins that a bench uses.
///
/// The plugins are loaded, silently and for at most two seconds each; what cannot be loaded has no options.
struct SettingCompletion {
  private let words: [String]

  /// - Parameter words: the command line so far.
  init(_ words: [String]) { self.words = words }

  /// `model.channels=`, or `epochs=` for a script.
  var keys: [String] {
    if words.contains("bench") { return plugins.flatMap { kind, name in options(kind, name) }.sorted() }
    guard let file = words.first(where: { $0.hasSuffix(".lua") }),
      let schema = try? ScriptHelp(script: file)?.options()
    else { return [] }
    return schema.names.map { "\($0)=" }
  }

  /// The plugins that the command line selects, by the defaults of `bench`.
  private var plugins: [(PluginKind, String)] {
    let chosen: [(PluginKind, String, String?)] = [
      (.model, "--model", BenchCommand.Defaults.model), (.recipe, "--recipe", BenchCommand.Defaults.recipe),
      (.learner, "--learner", BenchCommand.Defaults.learner), (.encoder, "--encoder", nil),
      (.metric, "--metric", nil), (.test, "--test", nil),
    ]
    return chosen.flatMap { kind, option, preset -> [(PluginKind, String)] in
      let value = words.lastIndex(of: option).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil } ?? preset
      return (value ?? "").split(separator: ",").map { (kind, String($0)) }
    }
  }

  private func options(_ kind: PluginKind, _ name: String) -> [String] {
    var options = HostOptions()
    options.isQuiet = true
    options.limits = .forLoading
    options.limits[.time] = 2
    guard let host = try? ScriptHost(options) else { return [] }
    host.state.print = { _ in }
    guard let plugin = try? host.library.plugin(kind, name, in: host.state) else { return [] }
    return plugin.options.names.map { "\(kind.rawValue).\($0)=" }
  }
}
