import Datasets
import FewShot
import Logging
import LuaHost
import Metrics
import Networks
import Scripting
import Support

/// One run of `nightjar bench`: plugins and data, the task, then tables, figure and files.
public struct Bench {
  /// Bytes of stages that are kept; the longest unused go first.
  private static let maxCached = 20 << 30

  private let request: BenchRequest
  private let state: LuaState
  private let library: PluginLibrary
  private let context: ScriptContext
  private let console: Console

  /// A bench in an opened host.
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
    /// Every option in force.
    let settings: [String: String]

    var all: [PluginChoice] { [task, model, recipe, encoder] + learners + tests + metrics }
  }

  /// Runs the task and writes everything into `folder`, which is asked for once the plugins are checked.
  ///
  /// What is done is written as well when the run ends early, marked as incomplete with the reason: whenever a learner
  /// is done, and (with the repeats of the one at work) when the task fails, a limit is crossed, or somebody stops it.
  public func run(into folder: @escaping () throws -> RunFolder) throws -> BenchResults {
    // Plugins first: a mistake in one is reported before any data is made.
    let selected = try selectedPlugins()
    let dataset = try context.dataset(request.data ?? context.defaultData(size: request.size))
    let task = try TaskContext(
      dataset: dataset, encoder: selected.encoder, model: selected.model, recipe: selected.recipe,
      learners: selected.learners, tests: selected.tests, metrics: selected.metrics, repeats: request.repeats,
      context: context, in: state)
    func keep(_ found: FewShotResults, because reason: String) {
      guard !found.learners.isEmpty else { return }
      do {
        var results = try results(found, selected, dataset)
        results.incomplete = reason
        try writeTables(results, into: folder())
      } catch {
        console.warn("what is done could not be kept: \(error)")
      }
    }
    var latest: (found: FewShotResults, stop: (any Error)?)?
    context.onResults = { found, stop in
      latest = (found, stop)
      if !found.isComplete { keep(found, because: "the run was ended from outside, or is still running") }
    }
    defer { context.onResults = nil }
    do {
      let whole = try results(found(by: selected.task, task), selected, dataset)
      try write(whole, task, into: folder())
      return whole
    } catch {
      guard let latest else { throw error }
      // A limit is raised anew on its way out, in the task; the first time it was in the plugin that crossed it.
      let stop = latest.stop ?? error
      if !latest.found.learners.isEmpty {
        keep(latest.found, because: Self.reason(stop))
        let done = latest.found.learners.map {
          "\($0.name) (\($0.repeats.count) of \(request.repeats) repeats)"
        }
        console.say("kept in \(try folder().path): \(done.joined(separator: ", "))")
      }
      throw stop
    }
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
      metrics: metrics, settings: router.inForce)
    for choice in selected.all { try choice.plugin.requirePermissions(in: state) }
    let logger = Logger(label: "nightjar.bench")
    for choice in selected.all {
      logger.debug("plugin \(choice.plugin.title)", metadata: ["path": "\(choice.plugin.path)"])
    }
    for (name, value) in router.inForce.sorted(by: { $0.key < $1.key }) { logger.debug("\(name) = \(value)") }
    return selected
  }

  /// What the task gives.
  private func found(by plugin: PluginChoice, _ task: TaskContext) throws -> FewShotResults {
    let given =
      try plugin.plugin.makeInstance(options: plugin.options, seed: Int(context.seed >> 2), in: state)
      .call("run", task).first ?? .nil
    guard let found = given.object(FewShotResults.self) else {
      throw ScriptError(
        "run gave \(given.typeName), expected what nj.fscil.run gives",
        at: [.plugin(title: plugin.plugin.title, path: plugin.plugin.path)])
    }
    return found
  }

  private func results(
    _ found: FewShotResults, _ selected: SelectedPlugins, _ dataset: WordDataset
  ) throws -> BenchResults {
    var results = BenchResults(
      task: selected.task.plugin.name, data: DataProvenance(of: dataset), model: selected.model.plugin.name,
      recipe: selected.recipe.plugin.name, encoder: selected.encoder.plugin.name,
      base: NetworkStatistics(found.base),
      learners: try found.learners.map { try LearnerResults($0, words: found.words) }, seed: context.seed,
      repeats: request.repeats, settings: selected.settings, timings: context.cache.reports.map(\.timing))
    results.plugins = selected.all.map {
      PluginSource(plugin: $0.plugin.title, path: $0.plugin.path, key: "\($0.plugin.sourceKey)")
    }
    results.failures = found.failures.isEmpty ? nil : found.failures
    return results
  }

  /// Why a run ended, for its results.
  private static func reason(_ error: any Error) -> String {
    // To someone who stopped a script, where it was is of no interest.
    ((error as? ScriptError)?.cause as? InterruptionError)?.description ?? "\(error)"
  }

  private func choices(_ kind: PluginKind, _ names: [String], _ router: inout SettingRouter) throws
    -> [PluginChoice]
  {
    var chosen: [PluginChoice] = []
    for name in names {
      chosen.append(try router.choice(library.plugin(kind, name, in: state), isOnlyOne: names.count == 1))
    }
    return chosen
  }

  /// Everything that is read again, as text; `results.json` last, since it says whether the run is whole.
  private func writeTables(_ results: BenchResults, into folder: RunFolder) throws {
    try folder.write(results.sessionTable, named: "sessions")
    try folder.write(results.languageTable, named: "languages")
    try folder.write(results.continualTable, named: "continual")
    for (name, table) in [
      ("comparisons", results.comparisonTable), ("measures", results.measureTable),
      ("costs", results.costTable),
    ] {
      // A folder that is used again keeps no table of the run before.
      if let table { try folder.write(table, named: name) } else { folder.removeTable(named: name) }
    }
    try folder.write(results.rawTable, named: "accuracies")
    try folder.write(results)
  }

  private func write(_ results: BenchResults, _ task: TaskContext, into folder: RunFolder) throws {
    do { try folder.write(results.sessionFigure(title: results.task), named: "curve") } catch let failure
      as any NightjarError
    {
      // The numbers are worth keeping without the picture.
      console.warn("no picture: \(failure.description)")
    }
    if let trained = task.trained {
      try SafeTensors.write(
        trained.state, metadata: ["model": results.model], to: folder.file("weights", "safetensors"))
    }
    try writeTables(results, into: folder)
    for report in context.cache.reports { Logger(label: "nightjar.bench").debug("\(report)") }
    try context.cache.prune(to: Self.maxCached)
  }
}

extension DataProvenance {
  /// What a data set says of itself.
  init(of dataset: WordDataset) {
    let clips = Split.allCases.reduce(0) { $0 + dataset.clips($1).count }
    self.init(
      kind: dataset.provenance?.kind ?? "recorded speech", size: dataset.provenance?.size ?? "",
      seed: dataset.provenance?.seed, folder: dataset.path, clips: clips, key: dataset.contentKey.description)
  }
}

extension LearnerResults {
  /// A learner's repeats as the results file has them.
  init(_ learner: FewShotResults.Learner, words: [Word]) throws {
    let sums = learner.repeats.reduce(into: (right: [String: Int](), total: [String: Int]())) { sums, one in
      guard let last = one.counts.last else { return }
      for (label, word) in words.enumerated() {
        sums.right[word.language, default: 0] += last.correct[label]
        sums.total[word.language, default: 0] += last.total[label]
      }
    }
    let languages = sums.total.filter { $0.value > 0 }.map {
      ($0.key, Double(sums.right[$0.key] ?? 0) / Double($0.value))
    }
    let hasSessions = !(learner.new.first ?? []).isEmpty
    let measures = learner.measures.mapValues { values in
      (0..<(values.map(\.count).min() ?? 0)).map { place in Statistics.mean(values.map { $0[place] }) }
    }
    self.init(
      name: learner.name, all: try AccuracyCurve(learner.all),
      new: hasSessions ? try AccuracyCurve(learner.new) : nil,
      languages: Dictionary(uniqueKeysWithValues: languages), measures: measures, failures: learner.failures)
    continual = Dictionary(uniqueKeysWithValues: try learner.continualMetrics().map { ($0.name, $0.values) })
    if learner.uncounted == nil { costs = SessionStatistics.means(learner.costs) }
    if let reason = learner.uncounted { failures["SynapticOperations"] = reason.description }
  }
}
