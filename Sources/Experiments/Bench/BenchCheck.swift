import Dispatch
import Foundation
import LuaHost
import Networks
import Scripting
import Support

/// The check of a bench's plugins on made-up data, before anything long starts.
struct BenchCheck {
  private let context: ScriptContext
  private let settings: TrialSettings

  /// Where it is kept what has passed: beside the run's stages, and no part of their report.
  private let passed: StageCache
  private static let stage = "checks"

  init(context: ScriptContext, settings: TrialSettings) {
    self.context = context
    self.settings = settings
    passed = StageCache(folder: context.cache.folder, console: context.console)
  }

  /// Checks plugins with the options that they are used with. A shipped one at its defaults is known to be right; one
  /// that has passed without a finding is checked again when it, its options, the encoder or this program has changed.
  ///
  /// - Parameters:
  ///   - plugins: those of the run.
  ///   - encoder: the one whose features the model will get.
  /// - Throws: ``PluginCheckError`` when any of them fails; `InterruptionError`.
  func run(_ plugins: [PluginChoice], encoder: PluginChoice) throws {
    let started = DispatchTime.now().uptimeNanoseconds
    let plugins = try plugins.filter { try !isShippedAsItIs($0) && !hasPassed($0, encoder) }
    if plugins.isEmpty { return }
    // A made-up network's layers are not the run's.
    let reports = try LayerTracing.off {
      try PluginChecker.with(settings) { checker in
        try plugins.map { try checker.check($0, encoder: encoder) }
      }
    }
    let failed = reports.filter { $0.outcome == .failed }
    guard failed.isEmpty else { throw PluginCheckError(failed) }
    for (plugin, report) in zip(plugins, reports)
    where report.outcome == .passed && report.findings.isEmpty {
      // In a cache that cannot be written to, it is checked each time.
      _ = try? passed.value(stage: Self.stage, key: Self.key(of: plugin, encoder)) { Data() }
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

  private func hasPassed(_ choice: PluginChoice, _ encoder: PluginChoice) -> Bool {
    passed.stored(stage: Self.stage, key: Self.key(of: choice, encoder), ending: "bin") != nil
  }

  private static func key(of choice: PluginChoice, _ encoder: PluginChoice) -> StageKey {
    StageKey(
      ["program=\(FileStatus("/proc/self/exe")?.changed ?? [])"]
        + [encoder, choice].flatMap { $0.plugin.keyParts(options: $0.options) })
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
