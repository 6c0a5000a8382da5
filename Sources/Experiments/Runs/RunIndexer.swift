import Foundation
import RunStore
import Support

/// Reads a run's folder for the store.
struct RunIndexer {
  let path: String

  /// The files that the store is read from.
  private static let indexed = [
    "settings.json", "outcome.json", "results.json", "scalars.csv", ProgressLog.file,
  ]

  /// What tells whether a folder was changed since it was read; nil for a folder that is no run.
  var fingerprint: String? {
    var parts: [String] = []
    for name in Self.indexed {
      guard let status = FileStatus("\(path)/\(name)") else { continue }
      parts.append("\(name) \(status.size) \(status.changed[0]).\(status.changed[1])")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Everything that the store keeps of the run; `folder` is how the store names it. Nil for a folder that is no run.
  ///
  /// A damaged file counts as missing.
  ///
  /// - Parameter withSeries: whether logged values are read, of which there may be millions.
  func entry(as folder: String, withSeries: Bool = true) -> RunEntry? {
    content(as: folder, withSeries: withSeries)?.entry
  }

  /// The same with the results that it is made from, which may be many megabytes.
  func content(as folder: String, withSeries: Bool = true) -> (entry: RunEntry, results: BenchResults?)? {
    guard let fingerprint else { return nil }
    let settings = try? ResultFile.read(RunSettings.self, from: path + "/settings.json")
    let outcome = try? ResultFile.read(RunOutcome.self, from: path + "/outcome.json")
    let results = BenchResults.read(run: path, settings)
    var summary = StoredRun(name: URL(fileURLWithPath: path).lastPathComponent, folder: folder)
    summary.fingerprint = fingerprint
    summary.kind = settings?.experiment != nil || results != nil ? "bench" : Self.kind(settings)
    let end = Self.state(settings, outcome, results)
    summary.state = end.state
    summary.reason = end.reason
    summary.exitCode = outcome?.exitCode
    if let settings { describe(settings, in: &summary) }
    if let results { describe(results, in: &summary) }
    summary.seconds = outcome?.seconds
    var entry = RunEntry(summary: summary)
    entry.settings = (settings?.settings ?? []).map(StoredSetting.init)
    entry.sources = sources(settings?.sources)
    entry.learners = results?.learners.map(StoredLearner.init) ?? []
    entry.metrics = (results?.metrics ?? [:]).sorted { $0.key < $1.key }.map {
      StoredMetric(name: $0.key, values: $0.value)
    }
    if withSeries { entry.series = series }
    entry.stages = StageTiming.summed(outcome?.stages ?? results?.timings ?? []).map {
      StoredStage(name: $0.stage, seconds: $0.seconds, isReused: $0.isReused)
    }
    entry.files = files
    entry.summary.bytes = entry.files.reduce(0) { $0 + $1.bytes }
    return (entry, results)
  }

  private static func kind(_ settings: RunSettings?) -> String {
    settings?.command.dropFirst().first == "bench" ? "bench" : "script"
  }

  private static func state(
    _ settings: RunSettings?, _ outcome: RunOutcome?, _ results: BenchResults?
  ) -> (state: String, reason: String?) {
    if let results, results.incomplete == nil { return ("done", nil) }
    if settings?.process?.isRunning == true, outcome == nil { return ("running", nil) }
    guard let outcome else {
      // Version 0.1 did not record how scripts end.
      if settings?.process == nil, results == nil, kind(settings) == "script" { return ("done", nil) }
      return ("unfinished", results?.incomplete ?? "it was killed")
    }
    if outcome.exitCode == 0 { return ("done", nil) }
    let canContinue = [ExitCode.interrupted.rawValue, ExitCode.limit.rawValue].contains(
      Int32(clamping: outcome.exitCode))
    return (canContinue || results != nil ? "unfinished" : "failed", outcome.reason)
  }

  private func describe(_ settings: RunSettings, in summary: inout StoredRun) {
    summary.command = settings.command.joined(separator: " ")
    summary.started = settings.started
    summary.seed = "\(settings.seed)"
    summary.gitCommit = settings.git?.commit
    summary.gitChanges = settings.git?.changes
    summary.host = settings.machine?.host
    summary.version = settings.versions["nightjar"]
    guard let experiment = settings.experiment else { return }
    summary.task = experiment.task
    summary.model = experiment.model
    summary.recipe = experiment.recipe
    summary.encoder = experiment.encoder
    summary.repeats = experiment.repeats
    if let seeds = experiment.seeds { summary.seed = seeds.map(String.init).joined(separator: " ") }
    describe(experiment.data, experiment.sessions, in: &summary)
  }

  private func describe(_ results: BenchResults, in summary: inout StoredRun) {
    summary.task = results.task
    summary.model = results.model
    summary.recipe = results.recipe
    summary.encoder = results.encoder
    summary.repeats = results.repeats
    summary.seed = results.allSeeds.map(String.init).joined(separator: " ")
    if let main = results.mainMetric {
      summary.metric = main.name
      summary.metricValue = main.mean
    }
    describe(results.data, results.sessions, in: &summary)
  }

  private func describe(
    _ data: DataProvenance, _ sessions: SessionNumbers?, in summary: inout StoredRun
  ) {
    summary.data = data.name
    summary.dataKey = data.key
    summary.clips = data.clips
    summary.words = data.words
    guard let sessions else { return }
    summary.ways = sessions.ways
    summary.shots = sessions.shots
    summary.queries = sessions.queries
    summary.sessions = sessions.sessions
  }

  private func sources(_ list: SourceList?) -> [StoredSource] {
    (list?.files ?? []).flatMap { file in
      file.copies.compactMap { copy in
        guard let data = FileManager.default.contents(atPath: "\(path)/\(SourceArchive.folder)/\(copy)")
        else {
          return nil
        }
        // Of two texts that one path had, the last one is there.
        let key = ContentKey(of: data).description
        return key == file.key
          ? StoredSource(path: copy, key: key, text: String(decoding: data, as: UTF8.self)) : nil
      }
    }
  }

  /// The values that the run has logged, in order of the first of each name.
  var series: [StoredSeries] {
    var scalars = FollowedScalars(run: path)
    _ = scalars.read()
    return scalars.series
  }

  private var files: [StoredFile] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    return names.sorted().compactMap { name in
      guard !name.hasPrefix("."), let status = FileStatus("\(path)/\(name)"), status.kind == .file else {
        return nil
      }
      return StoredFile(name: name, bytes: status.size)
    }
  }
}

extension StoredSetting {
  fileprivate init(_ setting: RunSetting) {
    func json(_ value: SettingValue) -> String {
      (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? value.text
    }
    self.init(
      name: setting.name, type: setting.value.type, value: json(setting.value),
      defaultValue: setting.defaultValue.map(json), isGiven: setting.isGiven)
  }
}

extension StoredLearner {
  fileprivate init(_ learner: LearnerResults) {
    self.init(
      name: learner.name, accuracy: learner.all.meanOverSessions, newAccuracy: learner.new?.meanOverSessions,
      all: learner.all.values, new: learner.new?.values ?? [])
  }
}
