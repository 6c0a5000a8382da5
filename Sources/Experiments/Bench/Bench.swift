import Datasets
import FewShot
import LuaHost
import Networks
import Scripting
import Support

/// One run of `nightjar bench`: selects plugins and data, runs the task, and writes tables, figure and results.
public struct Bench {
  /// The maximum size of the stage cache in bytes; least recently used stages are removed first.
  static let maxCacheSize = 20 << 30

  let request: BenchRequest
  let state: LuaState
  let library: PluginLibrary
  let context: ScriptContext
  let console: Console

  /// Called once the plugins have been loaded.
  public var onLoaded: () -> Void = {}
  /// Called with the first repeats of all learners, where the rest takes longer than a second.
  ///
  /// - Throws: what ends the run.
  public var onPreview: ((BenchResults) throws -> Void)?
  /// Processes that run parts of the repeats; nil runs all of them in this one.
  public var helpers: BenchHelpers?
  /// Called with complete results, before they are written.
  ///
  /// - Throws: what ends the run.
  public var onResults: (BenchResults) throws -> Void = { _ in }

  /// Prepares a bench in an open host.
  public init(_ request: BenchRequest, state: LuaState, library: PluginLibrary, context: ScriptContext) {
    self.request = request
    self.state = state
    self.library = library
    self.context = context
    console = context.console
  }

  /// Runs the task and writes everything into a folder.
  ///
  /// Partial results, marked as incomplete with the reason, are written whenever a learner has finished, and, with the
  /// finished repeats of the current learner, when the task fails, a limit is exceeded, or the run is interrupted.
  ///
  /// - Parameter run: what the run is recorded in; its folder is created with the first number that is logged or saved.
  /// - Throws: `OptionError` for bad options, `ScriptError` of a plugin, `DatasetError`, `LimitError`, `FileError`,
  ///   and `InterruptionError` after Ctrl-C.
  public func run(in run: HostRun) throws -> BenchResults {
    // Plugins first: an error in one is reported before any data is synthesized.
    let selected = try selectedPlugins()
    try requireEffect(of: selected)
    onLoaded()
    if request.isChecked {
      try BenchCheck(
        context: context, settings: TrialSettings(of: context, library, state.limits)
      ).run(selected.used, encoder: selected.encoder)
    }
    let dataset = try selected.task.plugin.generatesData ? nil : self.dataset()
    let seeds = request.seeds.isEmpty ? [context.seed] : request.seeds
    run.describe(experiment(selected, dataset, seeds), settings: settings(selected))
    context.repeatHelpers = helpers
    defer {
      context.repeatHelpers = nil
      helpers?.stop()
    }
    var finished: [FewShotResults] = []
    var measurements: [TaskMeasurements] = []
    for (index, seed) in seeds.enumerated() {
      if request.seeds.count > 1 {
        console.say("seed \(seed), \(index + 1) of \(seeds.count)")
        context.reseed(seed)
      }
      helpers?.seed = seed
      let task = try taskContext(selected, dataset)
      let outcome = try saving(after: finished, in: run, { try results($0, selected, dataset, seeds) }) {
        try TaskOutcome.run(selected.task, task, seed: Int(context.seed >> 2), in: state)
      }
      var sessions: SessionNumbers?
      switch outcome {
      case .fewShot(let measured):
        finished.append(measured)
        sessions = SessionNumbers(measured)
      case .measurements(let measured):
        measurements.append(measured)
        if index == 0 { warnOfUnusedHelpers(by: selected.task.plugin.name) }
      }
      if index == 0 {
        run.complete(sessions, training: task.training)
        warnOfUnread(task, of: selected.task.plugin.name)
      }
      try saveWeights(
        of: task, named: index == 0 ? "weights" : "weights-seed-\(seed)", selected, in: run.runFolder())
    }
    if let first = measurements.first {
      let all = results(measurements, selected, dataset, seeds)
      try onResults(all)
      try write(all, first, into: run.runFolder())
      return all
    }
    let all = try results(finished, selected, dataset, seeds)
    try onResults(all)
    try writePictures(of: finished, into: run.runFolder())
    try write(all, into: run.runFolder())
    return all
  }

  /// Runs a part of the repeats for another process, which gets them by the cache.
  ///
  /// - Throws: as ``run(in:)``.
  public func run(_ part: BenchPart) throws {
    let selected = try selectedPlugins()
    let dataset = try selected.task.plugin.generatesData ? nil : self.dataset()
    if request.seeds.count > 1 { context.reseed(part.seed) }
    context.repeatPart = part.part
    _ = try TaskOutcome.run(
      selected.task, taskContext(selected, dataset), seed: Int(context.seed >> 2), in: state)
  }

  private func taskContext(_ selected: SelectedPlugins, _ dataset: WordDataset?) throws -> TaskContext {
    try TaskContext(
      dataset: dataset, encoder: selected.encoder, model: selected.model, recipe: selected.recipe,
      learners: selected.learners, tests: selected.tests, metrics: selected.metrics,
      repeats: request.repeats,
      loadWeights: request.weights.map { loader(of: $0, for: selected.model.plugin.name) },
      context: context, in: state)
  }

  /// Runs `body`, the experiment of one seed; what it has measured when it ends early is saved after the results of the
  /// seeds before.
  private func saving<Outcome>(
    after finished: [FewShotResults], in run: HostRun,
    _ results: @escaping ([FewShotResults]) throws -> BenchResults, _ body: () throws -> Outcome
  ) throws -> Outcome {
    func writePartial(_ partial: FewShotResults?, because reason: String) {
      guard partial?.learners.isEmpty == false || !finished.isEmpty, request.savesPartialResults else {
        return
      }
      do {
        var results = try results(finished + (partial.map { [$0] } ?? []))
        results.incomplete = reason
        try writeTables(results, into: run.runFolder())
      } catch {
        console.warn("partial results could not be saved: \(error)")
      }
    }
    context.onRepeat = { learner, number, result in
      // It is only for those who look at the run: one that cannot be written is no reason to end it.
      try? run.runFolder().progress.add(
        learner: learner, repeat: finished.count * request.repeats + number + 1, all: result.all,
        new: result.new)
    }
    var latest: (results: FewShotResults, error: (any Error)?)?
    context.onResults = { partial, error in
      latest = (partial, error)
      if !partial.isComplete { writePartial(partial, because: "the run was killed, or is still running") }
    }
    if let onPreview {
      context.onPreview = { partial in
        var preview = try results(finished + [partial])
        preview.repeats = preview.learners.map(\.all.repeats).min() ?? 0
        try onPreview(preview)
      }
    }
    defer {
      context.onResults = nil
      context.onRepeat = nil
      context.onPreview = nil
    }
    do { return try body() } catch {
      guard let latest else {
        writePartial(nil, because: Self.reason(error))
        throw error
      }
      // The task raises a limit a second time; the first error names the plugin that exceeded it.
      let cause = latest.error ?? error
      if !latest.results.learners.isEmpty, request.savesPartialResults {
        writePartial(latest.results, because: Self.reason(cause))
        let finished = latest.results.learners.map {
          "\($0.name) (\($0.repeats.count) of \("repeat".counted(request.repeats)))"
        }
        console.say("partial results saved in \(try run.folder()): \(finished.joined(separator: ", "))")
      }
      throw cause
    }
  }

  /// The data set that is asked for.
  private func dataset() throws -> WordDataset {
    var dataset = try audited(context.dataset(request.data ?? context.defaultData(size: request.size)))
    if request.isValidation { dataset = try dataset.validation() }
    if let key = request.dataKey, key != "\(dataset.contentKey)" {
      throw OtherDataError(path: dataset.path, key: "\(dataset.contentKey)", expected: key)
    }
    return dataset
  }

  /// Loads a state file into a network, with a warning for what it passes over.
  private func loader(
    of weights: (path: String, names: StateNames), for model: String
  ) -> (any Module) throws -> Void {
    { module in
      do {
        let warnings = try module.load(
          file: weights.path, names: weights.names, for: model, on: context.device)
        for warning in warnings { console.warn(warning) }
      } catch let error as NetworkError { throw StateFileError(error) ?? error }
    }
  }

  /// The data set with the reading of this run, after warnings about its sound. Synthetic speech has one rate and no
  /// copies; `data check` audits it.
  ///
  /// - Throws: `DatasetError` for clips with the same sound and different words.
  private func audited(_ dataset: WordDataset) throws -> WordDataset {
    var dataset = dataset
    if let rate = request.rate { dataset.reading.rate = rate }
    if request.isAligned { dataset.reading.isAligned = true }
    guard dataset.provenance?.isSynthetic != true else { return dataset }
    let audit = try FeatureStore(dataset, device: context.device, cache: context.cache, console: console)
      .audit()
    for warning in audit.warnings { console.warn(warning.description) }
    try audit.requireConsistent()
    dataset.reading.rate = audit.rate
    return dataset
  }

  /// Why a run ended, for its results.
  private static func reason(_ error: any Error) -> String {
    // After an interruption, the position in the script is of no interest.
    ((error as? ScriptError)?.cause as? InterruptionError)?.description ?? "\(error)"
  }
}

/// A data set that is not the one that a run used.
public struct OtherDataError: NightjarError {
  let path: String
  let key: String
  let expected: String

  public var message: ErrorMessage {
    ErrorMessage("\(path) is another data set than that of the run: its key is \(key), not \(expected)")
  }

  public var exitCode: ExitCode { .data }
}
