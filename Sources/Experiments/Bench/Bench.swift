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
  /// The content key that the data set must have; nil for any.
  public var dataKey: String?
  /// The sample rate that clips are read at, in Hz; nil for the data set's, or the most frequent one.
  public var rate: Int?
  /// Whether the loudest second of each clip is used, whatever the data set states.
  public var isAligned = false
  /// Whether it is tested on validation data instead, `WordDataset.validation()`.
  public var isValidation = false
  /// The model plugin; nil for the task's, or m5.
  public var model: String?
  /// A state file with the model's weights, which is not trained then, and what its names become.
  public var weights: (path: String, names: StateNames)?
  /// Learners by name or file, some with options: `knn:k=5`; see ``LearnerSetting``.
  public var learners = ["prototypical", "frozen"]
  public var recipe = "cross_entropy"
  /// The encoder plugin; nil for the one that the model was designed for, or mfcc.
  public var encoder: String?
  public var metrics: [String] = []
  public var tests: [String] = []
  /// `--set` pairs: `model.channels` → `64`.
  public var settings: [(key: String, value: String)] = []
  public var repeats = 20
  /// The seeds to train with, each with all repeats; empty for that of the host.
  public var seeds: [UInt64] = []
  /// The formats of figures besides text: png, svg, pdf.
  public var figures = ["png"]
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
    /// The same with types and defaults.
    let records: [RunSetting]

    var all: [PluginChoice] { [task, model, recipe, encoder] + learners + tests + metrics }
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
    onLoaded()
    if request.isChecked {
      try BenchCheck(
        context: context, settings: TrialSettings(of: context, library, state.limits)
      ).run(selected.all, encoder: selected.encoder)
    }
    let dataset = try selected.task.plugin.generatesData ? nil : self.dataset()
    let seeds = request.seeds.isEmpty ? [context.seed] : request.seeds
    run.describe(experiment(selected, dataset, seeds), settings: settings(selected))
    var finished: [FewShotResults] = []
    var measurements: [TaskMeasurements] = []
    for (index, seed) in seeds.enumerated() {
      if request.seeds.count > 1 {
        console.say("seed \(seed), \(index + 1) of \(seeds.count)")
        context.reseed(seed)
      }
      let task = try TaskContext(
        dataset: dataset, encoder: selected.encoder, model: selected.model, recipe: selected.recipe,
        learners: selected.learners, tests: selected.tests, metrics: selected.metrics,
        repeats: request.repeats,
        loadWeights: request.weights.map { loader(of: $0, for: selected.model.plugin.name) },
        context: context, in: state)
      let outcome = try saving(after: finished, in: run, { try results($0, selected, dataset, seeds) }) {
        try TaskOutcome.run(selected.task, task, seed: Int(context.seed >> 2), in: state)
      }
      var sessions: SessionNumbers?
      switch outcome {
      case .fewShot(let measured):
        finished.append(measured)
        sessions = SessionNumbers(measured)
      case .measurements(let measured): measurements.append(measured)
      }
      if index == 0 { run.complete(sessions, training: task.training) }
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

  /// Writes what a report draws: which words were taken for which, and the first network's embeddings.
  private func writePictures(of measured: [FewShotResults], into folder: RunFolder) throws {
    guard let first = measured.first else { return }
    let confusions = WordConfusion.all(measured)
    try folder.write(
      csv: confusions.isEmpty ? nil : WordConfusion.table(confusions), text: nil, named: WordConfusion.file)
    let embedded = first.embedding.map { EmbeddedSample.all($0, words: first.words) } ?? []
    try folder.write(
      csv: embedded.isEmpty ? nil : EmbeddedSample.table(embedded), text: nil, named: EmbeddedSample.file)
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

  private func selectedPlugins() throws -> SelectedPlugins {
    var router = SettingRouter(request.settings)
    func choice(_ kind: PluginKind, _ name: String) throws -> PluginChoice {
      try router.choice(library.plugin(kind, name, in: state))
    }
    let task = try choice(.task, request.task)
    let model = try choice(.model, request.model ?? task.plugin.model ?? "m5")
    let recipe = try choice(.recipe, request.recipe)
    let encoder = try choice(.encoder, request.encoder ?? model.plugin.encoder ?? "mfcc")
    let learners = try choices(.learner, request.learners, &router)
    let tests = try choices(.test, request.tests, &router)
    let metrics = try choices(.metric, request.metrics, &router)
    try router.requireAllUsed()
    let selected = SelectedPlugins(
      task: task, model: model, recipe: recipe, encoder: encoder, learners: learners, tests: tests,
      metrics: metrics, settings: router.values, records: router.records)
    for choice in selected.all { try choice.plugin.requirePermissions(in: state) }
    let logger = Logger(label: "nightjar.bench")
    for choice in selected.all {
      logger.debug("plugin \(choice.plugin.title)", metadata: ["path": "\(choice.plugin.path)"])
    }
    for (name, value) in router.values.sorted(by: { $0.key < $1.key }) { logger.debug("\(name) = \(value)") }
    return selected
  }

  /// The results of the seeds so far, in their order.
  private func results(
    _ measured: [FewShotResults], _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) throws -> BenchResults {
    let bySeed = try measured.map { results in
      try results.learners.map { try LearnerResults($0, words: results.words) }
    }
    var results = described(selected, dataset, seeds)
    results.base = NetworkStatistics.mean(measured.map { NetworkStatistics($0.base) })
    results.learners = try LearnerResults.merged(bySeed)
    results.note(measured.map(\.failures))
    results.sessions = measured.lazy.compactMap { SessionNumbers($0) }.first
    return results
  }

  /// The results of a task that is not few-shot learning: the numbers of all seeds, in their order.
  private func results(
    _ measured: [TaskMeasurements], _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) -> BenchResults {
    var results = described(selected, dataset, seeds)
    results.metrics = measured.reduce(into: [:]) { $0.merge($1.metrics) { $0 + $1 } }
    results.curves = measured.reduce(into: [:]) { $0.merge($1.curves) { $0 + $1 } }
    // A task that returns single numbers has no repeats, whatever was asked for.
    results.repeats = measured.map(\.repeats).max() ?? 1
    results.main = measured.lazy.compactMap(\.main).first
    results.note(measured.map(\.failures))
    return results
  }

  /// Results without numbers: what is run on what.
  private func described(
    _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) -> BenchResults {
    var results = BenchResults(
      task: selected.task.plugin.name, data: provenance(of: dataset), model: selected.model.plugin.name,
      recipe: dataset == nil ? "" : selected.recipe.plugin.name,
      encoder: dataset == nil ? "" : selected.encoder.plugin.name, base: NetworkStatistics(),
      learners: [], seed: seeds[0], repeats: request.repeats, settings: selected.settings,
      timings: context.cache.reports.map(\.timing))
    // A task without a data set has no use for the others.
    let used = dataset == nil ? [selected.task, selected.model] : selected.all
    results.plugins = used.map {
      PluginSource(plugin: $0.plugin.title, path: $0.plugin.path, key: "\($0.plugin.sourceKey)")
    }
    results.seeds = seeds.count > 1 ? seeds : nil
    return results
  }

  private func provenance(of dataset: WordDataset?) -> DataProvenance {
    guard let dataset else { return DataProvenance(kind: "generated data", folder: "", clips: 0) }
    var data = DataProvenance(of: dataset)
    if request.isValidation { data.kind += " (validation)" }
    return data
  }

  /// What the run's record says that it compares.
  private func experiment(
    _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) -> RunExperiment {
    RunExperiment(
      task: selected.task.plugin.name, model: selected.model.plugin.name,
      recipe: dataset == nil ? "" : selected.recipe.plugin.name,
      encoder: dataset == nil ? "" : selected.encoder.plugin.name,
      learners: dataset == nil ? [] : selected.learners.map(\.label),
      tests: selected.tests.map(\.plugin.name), metrics: selected.metrics.map(\.plugin.name),
      data: provenance(of: dataset), seeds: seeds.count > 1 ? seeds : nil, repeats: request.repeats)
  }

  /// The options of the plugins, and those of the bench itself.
  private func settings(_ selected: SelectedPlugins) -> [RunSetting] {
    let standard = BenchRequest()
    func own(_ name: String, _ value: SettingValue, _ defaultValue: SettingValue?) -> RunSetting {
      RunSetting(name: name, value: value, defaultValue: defaultValue, isGiven: value != defaultValue)
    }
    var settings = selected.records
    settings.append(own("repeats", .integer(request.repeats), .integer(standard.repeats)))
    settings.append(own("strict_neurobench", .boolean(context.followsNeuroBench), .boolean(false)))
    settings.append(own("align", .boolean(request.isAligned), .boolean(standard.isAligned)))
    if let rate = request.rate { settings.append(own("rate", .integer(rate), nil)) }
    if let weights = request.weights { settings.append(own("weights", .string(weights.path), nil)) }
    return settings
  }

  /// Why a run ended, for its results.
  private static func reason(_ error: any Error) -> String {
    // After an interruption, the position in the script is of no interest.
    ((error as? ScriptError)?.cause as? InterruptionError)?.description ?? "\(error)"
  }

  private func choices(
    _ kind: PluginKind, _ texts: [String], _ router: inout SettingRouter
  ) throws -> [PluginChoice] {
    var choices: [PluginChoice] = []
    for text in texts {
      // Only learners are compared under several settings.
      let setting = kind == .learner ? try LearnerSetting(text) : LearnerSetting(name: text)
      let choice = try router.choice(
        library.plugin(kind, setting.name, in: state), isOnlyOne: texts.count == 1, own: setting.options)
      if choices.contains(where: { $0.label == choice.label }) {
        throw OptionError(
          "--\(kind.rawValue) has '\(choice.label)' twice, whose results could not be told apart",
          hint: kind == .learner
            ? "give one of them an option: \(choice.plugin.name):OPTION=VALUE" : "leave one of them out")
      }
      choices.append(choice)
    }
    return choices
  }

  /// Writes all tables, then `results.json`, which states whether the run is complete.
  private func writeTables(_ results: BenchResults, into folder: RunFolder) throws {
    for table in results.savedTables { try folder.write(csv: table.csv, text: table.text, named: table.name) }
    try folder.write(csv: results.spreadTable, text: results.spreadTable, named: "spread")
    try folder.write(results)
  }

  private func write(_ results: BenchResults, into folder: RunFolder) throws {
    do {
      try folder.write(
        results.sessionFigure(title: results.task), named: "curve", endings: request.figures)
    } catch let error as any NightjarError {
      // The numbers are saved even without the figure.
      console.warn("the figure could not be saved: \(error.description)")
    }
    try writeTables(results, into: folder)
    folder.progress.remove()
    for report in context.cache.reports { Logger(label: "nightjar.bench").debug("\(report)") }
    try context.cache.prune(to: Self.maxCacheSize)
  }

  /// Writes what a task measured that is not few-shot learning, with the tables and figures of the first seed.
  private func write(
    _ results: BenchResults, _ measured: TaskMeasurements, into folder: RunFolder
  ) throws {
    for (name, figure) in measured.figures { try folder.write(figure, named: name) }
    for table in measured.tables { try folder.write(table, named: table.title) }
    if let table = results.metricTable { try folder.write(table, named: "metrics") }
    try folder.write(results)
    try context.cache.prune(to: Self.maxCacheSize)
  }

  /// Saves the trained network, where the task has trained one.
  private func saveWeights(
    of task: TaskContext, named name: String, _ selected: SelectedPlugins, in folder: RunFolder
  ) throws {
    guard let trained = task.trained else { return }
    var metadata = ["model": selected.model.plugin.name]
    try task.sizes?.write(to: &metadata)
    try origin(of: task, selected)?.write(to: &metadata)
    try SafeTensors.write(trained.state, metadata: metadata, to: folder.file(name, "safetensors"))
  }

  /// What the weights of a trained network were made from.
  private func origin(of task: TaskContext, _ selected: SelectedPlugins) throws -> NetworkOrigin? {
    guard let sizes = try task.sizes, let dataset = task.dataset else { return nil }
    func reference(_ choice: PluginChoice, _ requested: String) -> PluginReference {
      let isFile = requested.contains("/") || requested.hasSuffix(".lua")
      return PluginReference(choice, named: isFile ? SourceArchive.absolute(requested) : nil)
    }
    return NetworkOrigin(
      model: reference(selected.model, request.model ?? ""),
      encoder: reference(selected.encoder, request.encoder ?? ""), time: sizes.time,
      channels: sizes.channels, classes: sizes.classes, data: provenance(of: dataset),
      rate: try task.rate, isAligned: dataset.reading.isAligned, seed: context.seed)
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
