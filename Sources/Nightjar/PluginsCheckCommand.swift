import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Scripting
import Support
import Tensors

/// `nightjar plugins check [PATH…]`.
struct PluginsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Run plugins on made-up data, and report what is wrong with file, line and hint.",
    discussion: """
      Every plugin is loaded, its names are looked up, and it is run by its kind: a model forward and backward, a \
      learner through two sessions, a metric over two sessions whole and sample by sample, an encoder on silence and \
      noise, a recipe on fifteen clips. It finds wrong shapes, nil, NaN, endless loops, names that do not exist, wrong \
      gradients of nj.func, and scores that depend on the batch or on the calls before. Options have their defaults; \
      other choices of an option are tried, the first three in any case, more while they are quick.

        nightjar plugins check                               everything in ./plugins
        nightjar plugins check plugins/learners/mine.lua

      `nightjar bench` does the same with the plugins it uses. The exit code is 1 if any of them fails.
      """)

  @Argument(
    help: ArgumentHelp(
      "A plugin file, a plugin's folder, or a folder of plugins (default: ./plugins).", valueName: "path"),
    completion: .file())
  var paths: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Grant plugins a capability that they ask for: fs.read=DIR, env=NAME. Repeatable.",
      valueName: "capability"))
  var allow: [String] = []

  @OptionGroup var profiling: ProfileOptions

  @OptionGroup var options: PluginOptions

  func run() throws {
    let device = options.common.device
    try profiling.measuring(on: device, options.common.console) { try check(on: device, in: $0) }
  }

  private func check(on device: Device, in profile: HostProfile?) throws {
    let started = DispatchTime.now().uptimeNanoseconds
    let targets = try PluginTarget.all(paths)
    let capabilities = try Capabilities(parsing: allow)
    let limits = try options.limits.applied(to: .forTrials)
    let output = StandardOutput()
    var reports: [CheckReport] = []
    for target in targets {
      if target.isFolder {
        let library = PluginLibrary(folders: [target.root], shipped: nil, standard: false)
        for plugin in library.misplaced { options.common.console.warn(plugin.warning) }
      }
      var settings = TrialSettings(
        device: device, shipped: Installation.shippedPlugins(), folders: [target.root] + options.plugins,
        capabilities: capabilities, limits: limits)
      settings.onState = { profile?.attach(to: $0) }
      try PluginChecker.with(settings) { checker in
        for plugin in target.plugins {
          let report = try plugin.check(by: checker)
          reports.append(report)
          guard !options.common.json, !options.common.quiet || report.outcome == .failed else { continue }
          try output.line(report.text)
        }
      }
    }
    if options.common.json {
      try output.json(reports)
    } else if !options.common.quiet {
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
      try output.line(Self.summary(reports, seconds))
    }
    if reports.contains(where: { $0.outcome == .failed }) { throw ExitCode.script }
  }

  /// `12 plugins: 11 passed, 1 failed in 2.3 s`.
  private static func summary(_ reports: [CheckReport], _ seconds: Double) -> String {
    let parts = [(CheckReport.Outcome.passed, "passed"), (.failed, "failed"), (.notRun, "not run")].compactMap
    {
      outcome, word in
      let count = reports.count { $0.outcome == outcome }
      return count > 0 ? "\(count) \(word)" : nil
    }
    return "\n\("plugin".counted(reports.count)): \(parts.joined(separator: ", ")) in "
      + String(format: "%.2f s", seconds)
  }
}
