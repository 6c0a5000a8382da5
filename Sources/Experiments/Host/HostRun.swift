import FewShot
import Figures
import Foundation
import LuaHost
import Metrics
import Scripting
import Support

/// The run of one command: its options, and its folder, which is created on first use.
///
/// Not thread-safe: it belongs to the thread that runs the script.
public final class HostRun: ScriptRun {
  public let settings: [(name: String, value: String)]
  private let options: HostOptions
  private let console: Console
  private let versions: [String: String]
  private var opened: RunFolder?
  /// What TensorBoard reads; nil unless that was asked for.
  private var events: EventFile?
  /// What `settings.json` says; its time and process are those of the folder's creation.
  private var record: RunSettings
  private let started = DispatchTime.now().uptimeNanoseconds
  /// The Lua files that ran so far, copied into a run's folder.
  var archiveSources: (_ run: String) throws -> SourceList? = { _ in nil }
  /// Called with the folder once it is there.
  ///
  /// - Throws: what ends the run.
  public var onFolder: ((_ path: String) throws -> Void)?
  /// Called with what happens, where a program follows the run.
  var onEvent: ((StreamedEvent) -> Void)?
  /// Whether the store could not be written.
  private var isOutOfStore = false
  /// The options that the script declared or read.
  private var known: Set<String> = []

  init(_ options: HostOptions, console: Console, versions: [String: String]) {
    self.options = options
    self.console = console
    self.versions = versions
    settings = options.settings
    record = RunSettings(
      command: options.command, options: Dictionary(options.settings.map { ($0.name, $0.value) }) { $1 },
      seed: options.seed, versions: versions)
  }

  public var figureFormats: [String] { options.figures }

  /// The folder; nil before its first use.
  public var folderIfAny: RunFolder? { opened }

  /// The run's folder, created with the settings on first use.
  ///
  /// - Throws: `FileError` when it cannot be created or written.
  public func runFolder() throws -> RunFolder {
    if let opened { return opened }
    let folder: RunFolder
    if let out = options.out {
      folder = try out.open(console: console)
    } else {
      folder = try RunFolder.create(named: options.name, console: console)
    }
    opened = folder
    if options.writesEvents { events = EventFile(in: folder.path) }
    record.started = Self.now()
    record.folder = FileManager.default.currentDirectoryPath
    record.process = .current
    record.machine = .current
    record.git = .current()
    // A run that is resumed has not ended.
    try? FileManager.default.removeItem(atPath: folder.file("outcome", "json"))
    try writeRecord(to: folder)
    recordInStore(folder)
    try onFolder?(folder.path)
    onEvent?(StreamedEvent("start", ["run": .string(folder.path)]))
    return folder
  }

  /// States what a bench compares, before the folder is created.
  func describe(_ experiment: RunExperiment, settings: [RunSetting]) {
    record.experiment = experiment
    record.settings = settings
  }

  /// Adds what a bench has decided while it ran: numbers of the protocol and options of the recipe that had no default.
  func complete(_ sessions: SessionNumbers?, training: TrainingRecord?) {
    record.experiment?.sessions = sessions
    var values = sessions?.settings ?? [:]
    for (name, value) in training?.settings ?? [:] { values["recipe.\(name)"] = value }
    let present = Set((record.settings ?? []).map(\.name))
    record.settings? += values.filter { !present.contains($0.key) }.sorted { $0.key < $1.key }.map {
      RunSetting(name: $0.key, value: $0.value, defaultValue: nil, isGiven: false)
    }
  }

  public func note(_ options: LuaTable, of schema: OptionSchema) {
    let given = Set(settings.map(\.name))
    let declared = options.fields.compactMap { field -> RunSetting? in
      guard let value = SettingValue(field.value) else { return nil }
      let option = schema.options.first { $0.name == field.name }
      return RunSetting(
        name: field.name, value: value, defaultValue: (option?.defaultValue).flatMap(SettingValue.init),
        isGiven: given.contains(field.name))
    }
    let names = Set(declared.map(\.name))
    record.settings = (record.settings ?? []).filter { !names.contains($0.name) } + declared
  }

  /// Records how the run ended; nothing where it has no folder. What cannot be written is warned of: the run itself is
  /// not at fault.
  func finish(_ error: (any Error)?, stages: [StageTiming]) {
    let code = (error as? any NightjarError)?.exitCode ?? (error == nil ? .done : .script)
    defer {
      onEvent?(
        StreamedEvent(
          "end", ["exit_code": .integer(Int(code.rawValue)), "reason": .string(error.map { "\($0)" } ?? "")]))
    }
    guard let folder = opened else { return }
    let outcome = RunOutcome(
      exitCode: Int(code.rawValue), reason: error.map { "\($0)" }, ended: Self.now(),
      seconds: Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9, stages: stages,
      peakMemory: try? ProcessStatistics.peakMemory())
    do {
      try writeRecord(to: folder)
      try folder.write(outcome)
    } catch {
      console.warn("how the run ended could not be recorded: \(error)")
    }
    do { if let events { try RunEvents(folder.path).writeResults(to: events) } } catch {
      console.warn("the results could not be written for TensorBoard: \(error)")
    }
    recordInStore(folder)
  }

  private func writeRecord(to folder: RunFolder) throws {
    record.sources = try archiveSources(folder.path)
    try folder.write(record)
  }

  private func recordInStore(_ folder: RunFolder) {
    if isOutOfStore || !options.isStored { return }
    do { try RunCatalog(console: console).record(folder.path) } catch {
      isOutOfStore = true
      console.warn("the run is not in the store, only in its folder: \(error)")
    }
  }

  /// The path of ``runFolder()``.
  ///
  /// - Throws: `FileError` when it cannot be created or written.
  public func folder() throws -> String { try runFolder().path }

  /// Logs one scalar.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func log(_ name: String, _ value: Double, step: Int) throws {
    try runFolder().log(name, value, step: step)
    try events?.add([.scalar(name, value)], step: step)
    onEvent?(
      StreamedEvent("log", ["name": .string(name), "step": .integer(step), "value": .number(value)]))
  }

  /// Logs a histogram of one series.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func log(_ name: String, _ histogram: Figure.Histogram, step: Int) throws {
    let bins = HistogramLog.Bin.bins(edges: histogram.edges, counts: histogram.counts[0])
    try runFolder().histograms.add(name, bins, step: step)
    try events?.add([.histogram(name, bins)], step: step)
  }

  /// Records that the script declared or read an option.
  public func noteUse(ofSetting name: String) {
    // Names that were not given only serve the hint of a warning.
    guard settings.contains(where: { $0.name == name }) || (known.count < 1000 && name.utf8.count <= 100)
    else { return }
    known.insert(name)
  }

  /// Warnings about `--set` options that the script neither declared nor read; complete once it has ended.
  public var unusedSettings: [ErrorMessage] {
    settings.filter { !known.contains($0.name) }.map { setting in
      ErrorMessage(
        "--set \(setting.name)=\(setting.value) has no effect: the script has no such option",
        hint: setting.name.nearest(in: known).map { "did you mean \($0)?" })
    }
  }

  /// Writes what was logged and is buffered, and the repeats that are done.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func flush() throws {
    try opened?.flush()
    try? opened?.progress.flush()
    try events?.flush()
  }

  private static func now() -> String {
    let format = ISO8601DateFormatter()
    format.timeZone = .current
    return format.string(from: Date())
  }
}
