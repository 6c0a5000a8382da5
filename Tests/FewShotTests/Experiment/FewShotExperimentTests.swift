import Datasets
import FewShot
import Foundation
import Metrics
import Networks
import Support
import Tensors
import TestSupport
import Testing

/// The whole experiment with plain Swift parts: from clips to results, as the module's folders are ordered.
@Suite struct FewShotExperimentTests {
  private let device = Device(memory: 1 << 28, threads: 2)
  private let tones: ToneClips

  init() throws { tones = try ToneClips() }

  private func store(_ cache: StageCache) -> FeatureStore {
    FeatureStore(tones.dataset, device: device, cache: cache, console: Console(style: .quiet))
  }

  private func cache() -> StageCache {
    StageCache(folder: tones.folder.path + "/cache", console: Console(style: .quiet))
  }

  private func pretrain(
    _ store: FeatureStore, _ encoder: PitchEncoder, _ recipe: PlainRecipe = PlainRecipe()
  ) throws -> BaseNetwork {
    try Pretraining(
      store: store, encoder: encoder, model: PitchModel(on: device), recipe: recipe, seed: 3, version: "1"
    ).run()
  }

  private func experiment(
    _ store: FeatureStore, _ encoder: PitchEncoder, _ network: BaseNetwork, _ learners: [LearnerFactory]
  ) throws -> FewShotExperiment {
    var experiment = FewShotExperiment(
      store: store, encoder: encoder, network: network,
      settings: try SessionSettings(for: tones.dataset, shots: 3, queries: 4), learners: learners)
    experiment.repeats = 2
    experiment.seed = 7
    return experiment
  }

  private let nearestMean = LearnerFactory("nearest_mean") { _ in NearestMean(classes: 6) }

  @Test func clipsBecomeResults() throws {
    let cache = cache()
    let store = store(cache)
    let encoder = PitchEncoder()
    let recipe = PlainRecipe()
    let network = try pretrain(store, encoder, recipe)
    #expect(recipe.epochs == 16 && recipe.accuracy == 1)
    var experiment = try experiment(store, encoder, network, [nearestMean])
    experiment.metrics = [ObserverFactory("metric/samples") { _ in SampleCounter() }]
    experiment.layerMetrics = [LayerMetricFactory("calls") { CallCounter() }]
    var told: [Bool] = []
    experiment.onResults = { results, stop in told.append(results.isComplete && stop == nil) }
    let results = try experiment.run()
    #expect(told == [true])

    let learner = try #require(results.learners.first)
    #expect(learner.repeats.count == 2 && learner.failures.isEmpty && results.failures.isEmpty)
    // Base test, then 2 words of 4 queries per session.
    #expect(learner.repeats[0].counts.map { $0.total.reduce(0, +) } == [6, 14, 22])
    #expect(learner.measures["samples"] == [[6, 14, 22], [6, 14, 22]])
    let isAccurate = learner.all.allSatisfy { (curve: [Double]) in curve[0] == 1 && curve[2] > 0.6 }
    #expect(isAccurate, "\(learner.all)")
    #expect(results.base.accuracy == BaseAccuracy(training: 1, validation: 1, test: 1))
    let parameters = try #require(results.base.metrics.first { $0.metric == .parameterCount })
    #expect(parameters.value == MetricValue.number(Double(8 * 12 + 12 + 12 * 6 + 6)))
    // The pass over the base test is one batch through four named parts.
    #expect(results.base.layerMetrics[0].value == MetricValue.parts(["calls": 4, "samples": 6]))
    // The hidden layer's products for each sample, and the learner's (6 classes of 12 features).
    let dense = learner.costs[0].map { $0.metrics.synapticOperations["Dense"] ?? 0 }
    let expected = Double(8 * 12 + 12 * 6)
    #expect(dense == [expected, expected, expected])
    #expect(cache.reports.filter { $0.stage == "embedding" }.count == 1)
  }

  @Test func aSecondRunReusesEveryStage() throws {
    func run() throws -> (results: FewShotResults, encoded: Int, epochs: Int, reused: [Bool]) {
      let cache = cache()
      let store = store(cache)
      let encoder = PitchEncoder()
      let recipe = PlainRecipe()
      let network = try pretrain(store, encoder, recipe)
      let results = try experiment(store, encoder, network, [nearestMean]).run()
      return (
        results, encoder.encodedClips, recipe.epochs,
        cache.reports.map { (report: StageReport) in report.outcome == .reused }
      )
    }
    let first = try run()
    let second = try run()
    // All splits in one batch, then a batch of the same size that compares.
    #expect(first.encoded == 2 * (12 + 2 + 6 + 32) && first.epochs == 16)
    #expect(second.encoded == 0 && second.epochs == 0)
    #expect(!first.reused.contains(true) && !second.reused.contains(false))
    #expect(
      first.results.learners[0].repeats.map(\.counts) == second.results.learners[0].repeats.map(\.counts))
  }

  @Test func featuresAreReadOnlyByThoseWhoNeedThem() throws {
    let encoder = PitchEncoder()
    func run() throws -> [StageReport] {
      let cache = cache()
      let store = store(cache)
      _ = try experiment(store, encoder, pretrain(store, encoder), [nearestMean]).run()
      return cache.reports
    }
    _ = try run()
    let folder = tones.folder.path + "/cache/features"
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".rows") })
    let file = URL(fileURLWithPath: "\(folder)/\(name)")
    var damaged = try Data(contentsOf: file)
    damaged[damaged.count - 1] ^= 1
    try damaged.write(to: file)
    #expect(try run().allSatisfy { $0.outcome == .reused })
    try FileManager.default.removeItem(atPath: tones.folder.path + "/cache/training")
    let outcomes = try run().filter { $0.stage == "features" }.map(\.outcome)
    guard case .rebuilt(_, let reason) = outcomes.last else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(reason.contains("wrong checksum"))
  }

  @Test func anInterruptedTrainingResumesToTheSameWeights() throws {
    let whole = try pretrain(store(cache()), PitchEncoder()).module.state.map { try $0.tensor.floatValues }
    try FileManager.default.removeItem(atPath: tones.folder.path + "/cache/training")
    let interrupted = PlainRecipe()
    interrupted.interruptedAfter = 3
    #expect(throws: PlainRecipe.Interrupted.self) {
      try pretrain(store(cache()), PitchEncoder(), interrupted)
    }
    #expect(interrupted.epochs == 8 + 3)
    let resumed = PlainRecipe()
    let weights = try pretrain(store(cache()), PitchEncoder(), resumed).module.state.map {
      try $0.tensor.floatValues
    }
    // The first training was saved at its end; the second is too short for a checkpoint and starts again.
    #expect(resumed.epochs == 8)
    #expect(weights == whole)
    let files = try FileManager.default.contentsOfDirectory(atPath: tones.folder.path + "/cache/training")
    #expect(!files.contains { $0.hasSuffix(".checkpoint") })
  }

  @Test func anInterruptedEvaluationResumesToTheSameResults() throws {
    let store = store(cache())
    let encoder = PitchEncoder()
    let network = try pretrain(store, encoder)
    /// Every learner that is made; the one of repeat `stop` ends the run.
    func run(stop: Int? = nil, key: String = "a") throws -> (results: FewShotResults, made: [Int]) {
      var made: [Int] = []
      let learner = LearnerFactory("nearest_mean", keyParts: [key]) { context in
        if context.number == stop { throw InterruptionError(during: "the test") }
        if !context.isTwin { made.append(context.number) }
        // Repeats that take long enough to be saved.
        if stop != nil { usleep(300_000) }
        return NearestMean(classes: 6)
      }
      var experiment = try experiment(store, encoder, network, [learner])
      experiment.repeats = 6
      return (try experiment.run(), made)
    }
    let whole = try run()
    #expect(whole.made == Array(0..<6))
    #expect(throws: InterruptionError.self) { try run(stop: 4) }
    #expect(try run(key: "b").made == Array(0..<6), "of another plugin, nothing is used")
    let resumed = try run()
    #expect(resumed.made.count < 6 && resumed.made.last == 5)
    #expect(
      resumed.results.learners[0].repeats.map(\.counts) == whole.results.learners[0].repeats.map(\.counts))
    #expect(resumed.results.learners[0].confusion == whole.results.learners[0].confusion)
    // Nothing is left for the next run.
    #expect(try run().made == Array(0..<6))
  }

  @Test func aLearnerThatFailsIsLeftOut() throws {
    let store = store(cache())
    let encoder = PitchEncoder()
    let network = try pretrain(store, encoder)
    let weights = try network.module.state.map { try $0.tensor.floatValues }
    let failing = LearnerFactory("failing") { context in
      guard context.number == 0 else { throw ProtocolViolationError("unlucky") }
      return NearestMean(classes: 6)
    }
    let vandal = LearnerFactory("vandal") { _ in
      try network.module.state[0].tensor.assign(0)
      return NearestMean(classes: 6)
    }
    let results = try experiment(store, encoder, network, [failing, vandal, nearestMean]).run()
    #expect(results.learners.map(\.name) == ["nearest_mean"])
    #expect(results.failures["learner/failing"] == "unlucky")
    #expect(results.failures["learner/vandal"]?.contains("changed the network's weights") == true)
    #expect(try network.module.state.map { try $0.tensor.floatValues } == weights)
    #expect(throws: ProtocolViolationError.self) {
      try experiment(store, encoder, network, [failing]).run()
    }
  }

  @Test func aModelOfTheWrongShapeIsRefusedBeforeTraining() throws {
    struct Narrow: ModelBuilder {
      let name = "narrow"
      let keyParts = ["model=narrow"]
      func build(for task: NetworkTask) throws -> any Module {
        try SequentialLayer([("flatten", FlattenLayer())])
      }
    }
    let recipe = PlainRecipe()
    let text = failureText {
      _ = try Pretraining(
        store: store(cache()), encoder: PitchEncoder(), model: Narrow(), recipe: recipe, seed: 1, version: "1"
      ).run()
    }
    #expect(text.contains("the model returns [2, 8] of float32, expected [2, 6]"), "\(text)")
    #expect(recipe.epochs == 0)
  }

  @Test func settingsAreDeclaredOnce() throws {
    #expect(
      ProtocolSetting.ofTask.map(\.name).sorted() == [
        "prototypes_in_train_mode", "queries", "sessions", "shots", "ways",
      ])
    let settings = try SessionSettings(for: tones.dataset) { $0.name == "shots" ? 2 : nil }
    #expect(settings.shots == 2 && settings.ways == 2)
  }
}

@Suite struct BaseAccuracyTests {
  @Test(arguments: [
    (1.0, 0.9 as Double?, 0.99, BaseAccuracy.Fit.overtrained),  // judged on validation clips
    (1, nil, 0.9, .overtrained),
    (0.99, 0.96, 0.9, .balanced),
    (0.93, 0.87, 0.87, .balanced),  // a hard task: wrong twice as often, not three times
    (0.8, 0.75, 0.75, .undertrained),
    (0.8, 0.3, 0.3, .overtrained),
  ])
  func theFitIsReadFromTheErrors(
    _ training: Double, _ validation: Double?, _ test: Double, _ expected: BaseAccuracy.Fit
  ) {
    #expect(BaseAccuracy(training: training, validation: validation, test: test).fit == expected)
  }
}
