import Dispatch
import Foundation
import LuaHost
import Support

/// Checks plugins: loads them, looks for names that do not exist, and runs each by its kind on made-up data.
///
/// Every plugin is checked in a Lua state of its own, through the same code as in a bench.
public final class PluginChecker {
  private let settings: TrialSettings
  private let folder: TrialFolder
  /// Choices of options that are tried whatever they take, and seconds after which no further ones are.
  private static let variants = 3
  private static let budget = 2.0

  private init(_ settings: TrialSettings, _ folder: TrialFolder) {
    self.settings = settings
    self.folder = folder
  }

  /// Calls `body` with a checker, whose made-up data is removed afterwards; with `data`, the folder of another
  /// checker's data, it uses the same clips.
  ///
  /// - Throws: what `body` throws; `FileError`.
  public static func with<Result>(
    _ settings: TrialSettings, data: String? = nil, _ body: (PluginChecker) throws -> Result
  ) throws -> Result {
    try TrialFolder.with(data: data) { try body(PluginChecker(settings, $0)) }
  }

  /// Calls `body` with a folder of made-up data for several checkers, which is removed afterwards.
  ///
  /// - Throws: what `body` throws; `FileError`, `DatasetError`.
  public static func withData<Result>(_ body: (_ data: String) throws -> Result) throws -> Result {
    try TrialFolder.with { folder in
      _ = try folder.dataset
      return try body(folder.data)
    }
  }

  /// Checks a plugin file or folder.
  ///
  /// - Throws: `InterruptionError`; `FileError` when the made-up data cannot be written.
  public func check(file path: String) throws -> CheckReport {
    try check(path) { try $0.library.load(file: path, in: $0.state) }
  }

  /// Checks a plugin of a folder.
  ///
  /// - Throws: as ``check(file:)``.
  public func check(_ entry: PluginLibrary.Entry) throws -> CheckReport {
    try check(entry.path) { try $0.library.load(entry, in: $0.state) }
  }

  /// Checks a plugin that another state has loaded, with the options it is used with. `encoder` is the one whose
  /// features a model will get.
  ///
  /// - Throws: as ``check(file:)``.
  public func check(_ choice: PluginChoice, encoder: PluginChoice) throws -> CheckReport {
    var report = CheckReport(path: choice.plugin.path)
    return try timed(&report) { report in
      let trial = try TrialState(settings, folder: folder, seed: 1)
      let plugin = try choice.plugin.reloaded(in: trial.state)
      report.plugin = plugin.title
      var options = choice.options
      // Three passes are as good as many.
      if plugin.kind == .recipe, let epochs = options["epochs"].integer, epochs > 3 {
        options.fields.removeAll { $0.name == "epochs" }
        options.fields.append(("epochs", 3))
      }
      var run = PluginTrial(trial: trial, choice: PluginChoice(plugin, options: options))
      if plugin.kind == .model {
        run.encoder = try PluginChoice(encoder.plugin.reloaded(in: trial.state), options: encoder.options)
      }
      run.isWide = false
      report.findings = try names(of: plugin, in: trial.state)
      try add(run, nil, to: &report)
      // One that takes long with the options of this run may still be honest.
      for index in report.findings.indices where report.findings[index].isOfTime {
        report.findings[index].isWarning = true
      }
    }
  }

  private func check(_ path: String, _ load: (TrialState) throws -> Plugin) throws -> CheckReport {
    var report = CheckReport(path: path)
    return try timed(&report) { report in
      let started = DispatchTime.now().uptimeNanoseconds
      let output = PrintedText()
      defer { report.printed = output.text.trimmingCharacters(in: .newlines) }
      let trial = try TrialState(settings, folder: folder, seed: 1, print: output.add)
      // A file declares; it has no reason to run as long as the functions may together.
      trial.state.limits[.time] = settings.limits[.call]
      let plugin = try load(trial)
      trial.state.limits[.time] = settings.limits[.time]
      report.plugin = plugin.title
      report.findings = try names(of: plugin, in: trial.state)
      for (number, variant) in OptionVariant.all(of: plugin.options).enumerated() {
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        if number > 0, report.outcome != .passed || number > Self.variants && seconds > Self.budget { break }
        // A model names the encoder that it is made for.
        let encoder = try plugin.encoder.map {
          try PluginChoice(trial.library.plugin(.encoder, $0, in: trial.state))
        }
        guard let options = variant.options else {
          report.reason = variant.reason
          break
        }
        let choice = PluginChoice(plugin, options: options)
        try add(
          PluginTrial(
            trial: trial, choice: choice, encoder: encoder, isWide: variant.circumstances == nil),
          variant.circumstances, to: &report)
      }
    }
  }

  /// Adds what a trial finds, unless the look at the text has found it already.
  private func add(_ run: PluginTrial, _ circumstances: String?, to report: inout CheckReport) throws {
    var found: [CheckFinding]
    do { found = try run.run() } catch let ending as TrialFinding { found = [ending.finding] } catch let error
      as CapabilityError
    {
      report.reason = error.message
      return
    } catch {
      found = [
        try CheckFinding(
          of: error, in: run.plugin.path,
          at: run.plugin.location(of: run.plugin.kind.functions[0].name, in: run.state))
      ]
    }
    let known = report.findings
    found.removeAll { one in known.contains { $0.file == one.file && $0.line == one.line && !$0.isWarning } }
    report.findings += found.map { $0.with(circumstances) }.filter { !known.contains($0) }
  }

  private func names(of plugin: Plugin, in state: LuaState) throws -> [CheckFinding] {
    // Shipped modules are checked with the shipped plugins.
    let shipped = settings.shipped.map { $0 + "/" }
    let isShipped = shipped.map { plugin.path.hasPrefix($0) } ?? false
    let files = plugin.paths.filter { isShipped || shipped.map($0.hasPrefix) != true }
    let sources = try files.map { ($0, SourceNames(try LuaSource($0).text)) }
    let found = NameCheck(sources, globals: try ScriptSpace(in: state, roots: []).globals(in: state)).findings
    return found.enumerated().sorted {
      ($0.element.file, $0.element.line ?? 0, $0.offset) < ($1.element.file, $1.element.line ?? 0, $1.offset)
    }.map(\.element)
  }

  /// Runs a check; what it throws is a finding, and its time is recorded.
  private func timed(
    _ report: inout CheckReport, _ body: (inout CheckReport) throws -> Void
  ) throws -> CheckReport {
    let started = DispatchTime.now().uptimeNanoseconds
    _ = try folder.dataset
    do { try body(&report) } catch let error as CapabilityError {
      report.reason = error.message
    } catch { report.findings.append(try CheckFinding(of: error, in: report.path)) }
    try Interruption.check("checking plugins")
    report.seconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
    return report
  }
}

/// Options to try a plugin with.
private struct OptionVariant {
  /// Nil when an option is required and no value can be made up.
  let options: LuaTable?
  /// What differs from the defaults: `rows = 'new'`.
  var circumstances: String?
  var reason: ErrorMessage?

  /// The defaults, then every other choice of each option alone.
  static func all(of schema: OptionSchema) -> [OptionVariant] {
    var required = LuaTable()
    for option in schema.options where option.isRequired && option.defaultValue.isNil {
      guard let value = option.madeUp else {
        let reason = ErrorMessage(
          "option '\(option.name)' is required, and there is no default to try it with",
          hint: "give it a default, or try it in a test: nightjar plugins test")
        return [OptionVariant(options: nil, reason: reason)]
      }
      required.fields.append((option.name, value))
    }
    let others = schema.options.flatMap { option in
      option.alternatives.map { value in
        var table = required
        table.fields.removeAll { $0.name == option.name }
        table.fields.append((option.name, value))
        return OptionVariant(options: table, circumstances: "\(option.name) = \(value.literal)")
      }
    }
    return [OptionVariant(options: required)] + others
  }
}

extension PluginOption {
  /// A value for an option that has no default; nil where none can be made up.
  fileprivate var madeUp: LuaValue? {
    if let first = choices.first { return first }
    switch kind {
    case .boolean: return .boolean(true)
    case .integer: return .integer(Int(clamped(1).rounded(.up)))
    case .number: return .number(clamped(0.5))
    default: return nil
    }
  }

  private func clamped(_ value: Double) -> Double {
    Swift.min(Swift.max(value, min ?? value), max ?? .infinity)
  }

  /// The choices beside the default.
  fileprivate var alternatives: [LuaValue] {
    if kind == .boolean { return defaultValue.boolean.map { [.boolean(!$0)] } ?? [] }
    return kind.isList ? [] : choices.filter { $0 != defaultValue }
  }
}
