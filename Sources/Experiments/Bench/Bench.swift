import Datasets
import FewShot
import Logging
import LuaHost
import Networks
import Scripting
import Support

/// The options of `nightjar bench`.
public struct BenchRequest: Sendable {
  /// The task plugin's name.
  public var task = "keyword_fscil"
  /// The data set's folder; nil for the synthetic one of `size`.
  public var data: String?
  public var size = SynthesisOptions.Size.quick
  /// The sample rate that clips are read at, in Hz; nil for the data set's, or the most frequent one.
  public var rate: Int?
  /// Whether the loudest second of each clip is used, whatever the data set states.
  public var isAligned = false
  public var model = "m5"
  public var learners = ["prototypical", "frozen"]
  public var recipe = "cross_entropy"
  /// The encoder plugin; nil for the one that the model was designed for, or mfcc.
  public var encoder: String?
  public var metrics: [String] = []
  public var tests: [String] = []
  /// `--set` pairs: `model.channels` → `64`.
  public var settings: [(key: String, value: String)] = []
  public var repeats = 20
  /// Whether the plugins are checked on made-up data first.
  public var isChecked = true
  /// Whether results of learners and repeats that are done are written before the run ends.
  public var savesPartialResults = true

  /// The default options.
  public init() {}
}

/// One run of `nightjar bench`: selects plugins and data, runs the task, and writes tables, figure and results.
public struct Bench {
  /// The maximum size of the stage cache in bytes; least recently used stages are removed first.
  private static let maxCacheSize = 20 << 30

  private let request: BenchRequest
  private let state: LuaState
  private let library: PluginLibrary
  private let context: ScriptContext
  private let console: Console

  /// Called once the plugins have been loaded.
  public var onLoaded: () -> Void = {}
  /// Called with the first repeats of all learners, where the rest takes longer than a second.
  ///
  /// - Throws: what ends the run.
  public var onPreview: ((BenchResults) throws -> Void)?
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

  /// The plugins of a run, with their options.
  private struct SelectedPlugins {
    let task, model, recipe, encoder: PluginChoice
    let learners, tests, metrics: [PluginChoice]
    /// Every option with its value.
    let settings: [String: String]

    var all: [PluginChoice] { [task, model, recipe, encoder] + learners + tests + metrics }
  }

  /// Runs the task and writes everything into a folder.
  ///
  /// Partial results, marked as incomplete with the reason, are written whenever a learner has finished, and, with the
  /// finished repeats of the current learner, when the task fails, a limit is exceeded, or the run is interrupted.
  ///
  /// - Parameter folder: creates the folder; called once the plugins have been checked.
  /// - Throws: `OptionError` for bad options, `ScriptError` of a plugin, `DatasetError`, `LimitError`, `FileError`,
  ///   and `InterruptionError` after Ctrl-C.
  public func run(into folder: @escaping () throws -> RunFolder) throws -> BenchResults {
    // Plugins first: an error in one is reported before any data is synthesized.
    let selected = try selectedPlugins()
    onLoaded()
    if request.isChecked {
      try BenchCheck(
        context: context, settings: TrialSettings(of: context, library, state.limits)
      ).run(selected.all, encoder: selected.encoder)
    }
    let dataset = try audited(context.dataset(request.data ?? context.defaultData(size: request.size)))
    let task = try TaskContext(
      dataset: dataset, encoder: selected.encoder, model: selected.model, recipe: selected.recipe,
      learners: selected.learners, tests: selected.tests, metrics: selected.metrics, repeats: request.repeats,
      context: context, in: state)
    func writePartial(_ partial: FewShotResults, because reason: String) {
      guard !partial.learners.isEmpty, request.savesPartialResults else { return }
      do {
        var results = try results(partial, selected, dataset)
        results.incomplete = reason
        try writeTables(results, into: folder())
      } catch {
        console.warn("partial results could not be saved: \(error)")
      }
    }
    var latest: (results: FewShotResults, error: (any Error)?)?
    context.onResults = { partial, error in
      latest = (partial, error)
      if !partial.isComplete { writePartial(partial, because: "the run was killed, or is still running") }
    }
    if let onPreview {
      context.onPreview = { partial in
        var results = try results(partial, selected, dataset)
        let done = results.learners.map(\.all.repeats).min() ?? 0
        results.repeats = done
        try onPreview(results)
      }
    }
    defer {
      context.onResults = nil
      context.onPreview = nil
    }
    do {
      let results = try results(run(selected.task, task), selected, dataset)
      try onResults(results)
      try write(results, task, into: folder())
      return results
    } catch {
      guard let latest else { throw error }
      // The task raises a limit a second time; the first error names the plugin that exceeded it.
      let cause = latest.error ?? error
      if !latest.results.learners.isEmpty, request.savesPartialResults {
        writePartial(latest.results, because: Self.reason(cause))
        let finished = latest.results.learners.map {
          "\($0.name) (\($0.repeats.count) of \("repeat".counted(request.repeats)))"
        }
        console.say("partial results saved in \(try folder().path): \(finished.joined(separator: ", "))")
      }
      throw cause
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

  private func selectedPlugins() throws -> SelectedPlugins {
    var router = SettingRouter(request.settings)
    func choice(_ kind: PluginKind, _ name: String) throws -> PluginChoice {
      try router.choice(library.plugin(kind, name, in: state))
    }
    let task = try choice(.task, request.task)
    let model = try choice(.model, request.model)
    let recipe = try choice(.recipe, request.recipe)
    let encoder = try choice(.encoder, request.encoder ?? model.plugin.encoder ?? "mfcc")
    let learners = try choices(.learner, request.learners, &router)
    let tests = try choices(.test, request.tests, &router)
    let metrics = try choices(.metric, request.metrics, &router)
    try router.requireAllUsed()
    let selected = SelectedPlugins(
      task: task, model: model, recipe: recipe, encoder: encoder, learners: learners, tests: tests,
      metrics: metrics, settings: router.values)
    for choice in selected.all { try choice.plugin.requirePermissions(in: state) }
    let logger = Logger(label: "nightjar.bench")
    for choice in selected.all {
      logger.debug("plugin \(choice.plugin.title)", metadata: ["path": "\(choice.plugin.path)"])
    }
    for (name, value) in router.values.sorted(by: { $0.key < $1.key }) { logger.debug("\(name) = \(value)") }
    return selected
  }

  /// Runs the task plugin and returns its results.
  private func run(_ plugin: PluginChoice, _ task: TaskContext) throws -> FewShotResults {
    let value =
      try plugin.plugin.makeInstance(options: plugin.options, seed: Int(context.seed >> 2), in: state)
      .call("run", task).first ?? .nil
    guard let results = value.object(FewShotResults.self) else {
      throw ScriptError(
        "run returned \(value.typeName), expected the results of nj.fscil.run",
        at: [.plugin(title: plugin.plugin.title, path: plugin.plugin.path)])
    }
    return results
  }

  private func results(
    _ measured: FewShotResults, _ selected: SelectedPlugins, _ dataset: WordDataset
  ) throws -> BenchResults {
    var results = BenchResults(
      task: selected.task.plugin.name, data: DataProvenance(of: dataset), model: selected.model.plugin.name,
      recipe: selected.recipe.plugin.name, encoder: selected.encoder.plugin.name,
      base: NetworkStatistics(measured.base),
      learners: try measured.learners.map { try LearnerResults($0, words: measured.words) },
      seed: context.seed,
      repeats: request.repeats, settings: selected.settings, timings: context.cache.reports.map(\.timing))
    results.plugins = selected.all.map {
      PluginSource(plugin: $0.plugin.title, path: $0.plugin.path, key: "\($0.plugin.sourceKey)")
    }
    results.failures = measured.failures.isEmpty ? nil : measured.failures
    return results
  }

  /// Why a run ended, for its results.
  private static func reason(_ error: any Error) -> String {
    // After an interruption, the position in the script is of no interest.
    ((error as? ScriptError)?.cause as? InterruptionError)?.description ?? "\(error)"
  }

  private func choices(
    _ kind: PluginKind, _ names: [String], _ router: inout SettingRouter
  ) throws -> [PluginChoice] {
    var choices: [PluginChoice] = []
    for name in names {
      choices.append(try router.choice(library.plugin(kind, name, in: state), isOnlyOne: names.count == 1))
    }
    return choices
  }

  /// Writes all tables, then `results.json`, which states whether the run is complete.
  private func writeTables(_ results: BenchResults, into folder: RunFolder) throws {
    try folder.write(results.sessionTable, named: "sessions")
    try folder.write(results.languageTable, named: "languages")
    try folder.write(results.continualTable, named: "continual")
    for (name, table) in [
      ("comparisons", results.comparisonTable), ("measures", results.measureTable),
      ("costs", results.costTable),
    ] {
      // A folder that is reused must not keep a table of the previous run.
      if let table { try folder.write(table, named: name) } else { folder.removeTable(named: name) }
    }
    try folder.write(results.rawTable, named: "accuracies")
    try folder.write(results)
  }

  private func write(_ results: BenchResults, _ task: TaskContext, into folder: RunFolder) throws {
    do { try folder.write(results.sessionFigure(title: results.task), named: "curve") } catch let error
      as any NightjarError
    {
      // The numbers are saved even without the figure.
      console.warn("the figure could not be saved: \(error.description)")
    }
    if let trained = task.trained {
      var metadata = ["model": results.model]
      try task.sizes?.write(to: &metadata)
      try SafeTensors.write(trained.state, metadata: metadata, to: folder.file("weights", "safetensors"))
    }
    try writeTables(results, into: folder)
    for report in context.cache.reports { Logger(label: "nightjar.bench").debug("\(report)") }
    try context.cache.prune(to: Self.maxCacheSize)
  }
}
