import Dispatch
import Foundation
import LuaHost
import Scripting
import Support

/// The check of a bench's plugins on made-up data, before anything long starts.
struct BenchCheck {
  let context: ScriptContext
  let settings: TrialSettings

  /// Checks plugins with the options that they are used with. A shipped one at its defaults is known to be right.
  ///
  /// - Parameters:
  ///   - plugins: those of the run.
  ///   - encoder: the one whose features the model will get.
  /// - Throws: ``PluginCheckError`` when any of them fails; `InterruptionError`.
  func run(_ plugins: [PluginChoice], encoder: PluginChoice) throws {
    let started = DispatchTime.now().uptimeNanoseconds
    let plugins = try plugins.filter { try !isShippedAsItIs($0) && !hasPassed($0) }
    if plugins.isEmpty { return }
    let reports = try PluginChecker.with(settings) { checker in
      try plugins.map { try checker.check($0, encoder: encoder) }
    }
    let failed = reports.filter { $0.outcome == .failed }
    guard failed.isEmpty else { throw PluginCheckError(failed) }
    for plugin in plugins where context.cache.memory != nil {
      context.cache.keep(true, [], for: Self.key(of: plugin))
    }
    for report in reports where !report.findings.isEmpty {
      context.console.warn("\(report.plugin ?? report.path):\n\(report.details)")
    }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
    // A learner with two settings is checked twice, and named once.
    var titles: [String] = []
    for title in reports.compactMap(\.plugin) where !titles.contains(title) { titles.append(title) }
    let list = titles.joined(separator: ", ")
    context.console.say("checked \(list) on made-up data in \(String(format: "%.1f s", seconds))")
  }

  /// Whether a plugin has passed as it is, in an earlier run of this process.
  private func hasPassed(_ choice: PluginChoice) -> Bool {
    context.cache.kept(Self.key(of: choice), as: Bool.self) == true
  }

  private static func key(of choice: PluginChoice) -> StageKey {
    StageKey(["checked"] + choice.plugin.keyParts(options: choice.options))
  }

  private func isShippedAsItIs(_ choice: PluginChoice) throws -> Bool {
    guard let shipped = settings.shipped, choice.plugin.path.hasPrefix(shipped + "/") else { return false }
    let options = choice.plugin.options
    return try options.fill(choice.options).luaValue == options.fill(LuaTable()).luaValue
  }
}

/// Plugins of a run failed their check.
public struct PluginCheckError: NightjarError {
  public let message: ErrorMessage

  init(_ failed: [CheckReport]) {
    let names = failed.map { $0.plugin ?? $0.path }
    message = ErrorMessage(
      "\(names.joined(separator: ", ")) failed the check on made-up data, before anything was computed:\n"
        + failed.map(\.details).joined(separator: "\n"),
      hint: "`nightjar plugins check FILE` checks one again; with --no-check the run starts regardless")
  }

  public var exitCode: ExitCode { .script }
}
