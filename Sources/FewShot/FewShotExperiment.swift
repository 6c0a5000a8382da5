import Datasets
import Support
import Tensors

/// A few-shot experiment with a trained network: every clip is embedded once, then every learner runs all repeats.
///
/// A learner that fails is left out, and a metric or test that fails is left out for its learner; the others go on.
/// An error that ends the whole run (a limit of it, Ctrl-C) ends the experiment, after ``onResults`` was called
/// with what is done.
public struct FewShotExperiment {
  let store: FeatureStore
  private let encoder: any ClipEncoder
  private let network: BaseNetwork
  let settings: SessionSettings
  let learners: [LearnerFactory]

  /// Custom metrics, which observe the tests of every learner.
  public var metrics: [ObserverFactory] = []
  /// Test functions, which may make a learner score what they like: they get a learner of their own, taught the same.
  public var tests: [ObserverFactory] = []
  /// Metrics of the trained network itself.
  public var layerMetrics: [LayerMetricFactory] = []
  /// The number of repeats, each with sessions of its own.
  public var repeats = 1
  /// What sessions, learners and observers draw from.
  public var seed: UInt64 = 0
  /// Whether base samples are embedded as in NeuroBench's example, ``Embedder/embeddedInTrainMode(_:)``.
  public var prototypesInTrainMode = false
  /// Whether the network's metrics follow NeuroBench's code also where that is doubtful.
  public var followsNeuroBench = false
  /// Called with the results so far after every learner, and, with the error, when the experiment has to stop.
  public var onResults: (_ results: FewShotResults, _ stop: (any Error)?) -> Void = { _, _ in }
  /// Called after every repeat of a learner, with its number, from 0.
  public var onRepeat: (_ learner: String, _ number: Int, _ result: FewShotRepeat) -> Void = { _, _, _ in }
  /// Called with the first repeats of all learners, where running all of them takes longer than a second; nil runs
  /// one learner after the other.
  ///
  /// - Throws: what ends the experiment.
  public var onPreview: ((FewShotResults) throws -> Void)?
  /// The part of the repeats that this process runs for another one, which gathers all of them; nil for all repeats.
  public var part: RepeatPart?
  /// Processes that run parts of the repeats, where all of them take long; nil for none.
  public var helpers: (any RepeatHelpers)?

  /// An experiment with sessions of these settings. The network is trained already, and is left as it is given.
  public init(
    store: FeatureStore, encoder: any ClipEncoder, network: BaseNetwork, settings: SessionSettings,
    learners: [LearnerFactory]
  ) {
    self.store = store
    self.encoder = encoder
    self.network = network
    self.settings = settings
    self.learners = learners
  }

  /// Runs the experiment.
  ///
  /// - Throws: the first learner's error when all learners failed; the network's violation for embeddings or scores of
  ///   the wrong shape; ``ClipError``, ``EncodingError``, `FileError` and `InterruptionError`.
  public func run() throws -> FewShotResults {
    for warning in settings.warnings { store.console.warn(warning.description) }
    let given = try WeightSnapshot(network.module)
    defer { try? given.restore() }
    let key = try memoryKey()
    let checkpoints = try evaluationCheckpoints()
    let embedded = try store.cache.kept(key, isValid: { !$0.run.isModified }, make: { try embed(given) })
    let run = embedded.run
    let costs = embedded.costs
    let base = try baseMetrics(run, costs, embedded.validation)
    let pretrained = try WeightSnapshot(network.module)
    defer { try? pretrained.restore() }
    let conditions = Conditions(
      run: run, costs: costs, pretrained: pretrained, key: key,
      team: RepeatTeam(usableHelpers(checkpoints)))
    let results = try compare(conditions, given, base, checkpoints)
    if part == nil { for checkpoint in checkpoints { checkpoint?.remove() } }
    return results
  }

  /// The helpers that can be used, and are faster than none or were asked for.
  private func usableHelpers(_ checkpoints: [EvaluationCheckpoint?]) -> (any RepeatHelpers)? {
    guard let helpers else { return nil }
    guard !checkpoints.contains(where: { $0 == nil }) else {
      if helpers.isRequested {
        store.console.warn(
          "one process runs all repeats: others cannot tell that they have the same network, learners and metrics"
        )
      }
      return nil
    }
    // What is embedded in training mode is not cached: every process does that again.
    return prototypesInTrainMode && !helpers.isRequested ? nil : helpers
  }

  /// Where the repeats of each learner are saved meanwhile; nil where the network or a plugin is not known by a key.
  private func evaluationCheckpoints() throws -> [EvaluationCheckpoint?] {
    let key = try Embedder(store: store, encoder: encoder, network: network).stageKey?.adding([
      "evaluation", "\(settings)", "seed=\(seed)", "train mode=\(prototypesInTrainMode)",
    ])
    return learners.map { learner in
      outcomeKey(of: learner, key).map { EvaluationCheckpoint(in: store.cache, $0, part: part) }
    }
  }

  /// What the repeats of all learners have in common.
  struct Conditions {
    var run: FewShotRun
    let costs: ClipCosts?
    /// A learner may train the network further; the next repeat starts from these weights.
    let pretrained: WeightSnapshot
    /// The key of the embeddings in memory; nil where nothing is kept.
    let key: StageKey?
    let team: RepeatTeam
  }

  /// The base samples, tests and sessions of a network, with the operations of its clips.
  private struct Embedded: Sendable {
    let run: FewShotRun
    let costs: ClipCosts?
    /// Nil for a data set without validation clips.
    let validation: LabelledFeatures?
  }

  /// The key of ``Embedded`` in memory; nil where nothing is kept, and where embedding changes the network.
  private func memoryKey() throws -> StageKey? {
    guard store.cache.memory != nil, !prototypesInTrainMode else { return nil }
    return try Embedder(store: store, encoder: encoder, network: network).stageKey?
      .adding(["embedded", "\(settings)", "seed=\(seed)"])
  }

  /// Embeds the base samples, the base test, the session words, and the validation clips where there are any.
  private func embed(_ given: WeightSnapshot) throws -> Embedded {
    try given.restore()
    let embedder = Embedder(store: store, encoder: encoder, network: network)
    // First, since it moves the running statistics that the others are embedded with.
    let inTrainMode = prototypesInTrainMode ? try embedder.embeddedInTrainMode(.train) : nil
    let validation: [Split] = store.dataset.clips(.val).isEmpty ? [] : [.val]
    let embedded = try embedder.counted([.train, .test, .evaluation] + validation)
    let base = inTrainMode ?? embedded[0].features
    let test = embedded[1]
    let evaluation = embedded[2]
    var costs: ClipCosts?
    if let test = test.counts, let evaluation = evaluation.counts {
      costs = ClipCosts(test: test, evaluation: evaluation)
    }
    let run = try FewShotRun(
      base: base, test: test.features, evaluation: evaluation.features, classes: store.dataset.words.count,
      sampler: SessionSampler(store.dataset, settings), seed: seed)
    return Embedded(run: run, costs: costs, validation: embedded.dropFirst(3).first?.features)
  }

  /// Measures the network itself on the base test.
  private func baseMetrics(
    _ run: FewShotRun, _ costs: ClipCosts?, _ validation: LabelledFeatures?
  ) throws -> FewShotResults.Base {
    let metrics = BaseMetrics(store: store, encoder: encoder, network: network)
    let readout = try metrics.readout(run)
    let accuracy = ReadoutAccuracy(network: network, classes: run.base.classes)
    var base = FewShotResults.Base(
      accuracy: try readout.map {
        BaseAccuracy(
          training: try accuracy(run.base), validation: try validation.map { try accuracy($0) },
          test: $0.accuracy)
      })
    base.layerMetrics = try metrics.layerMetrics(layerMetrics)
    base.metrics =
      try followsNeuroBench ? metrics.byNeuroBenchRules() : metrics.fromCosts(costs, readout: readout)
    for (name, value) in base.layerMetrics {
      guard case .failed(let reason) = value else { continue }
      store.console.warn("no number of \(name): \(reason)")
    }
    return base
  }

  /// Runs all learners.
  private func compare(
    _ conditions: Conditions, _ given: WeightSnapshot, _ base: FewShotResults.Base,
    _ checkpoints: [EvaluationCheckpoint?]
  ) throws -> FewShotResults {
    var conditions = conditions
    var outcomes: [FewShotResults.Learner] = []
    var leftOut: [String: String] = [:]
    var firstFailure: (any NightjarError)?
    let begun = try preview(conditions, base)
    // It is for a picture: a run goes on that has no memory for it.
    let embedding = try? conditions.run.embeddingMap()
    func results(isComplete: Bool) -> FewShotResults {
      FewShotResults(
        learners: outcomes, leftOut: leftOut, isComplete: isComplete, words: store.dataset.words,
        settings: settings, base: base, embedding: embedding)
    }
    for (index, learner) in learners.enumerated() {
      outcomes.append(begun[index].outcome)
      let own = outcomes.count - 1
      do {
        if let failure = begun[index].failure { throw failure }
        try repeatAll(index, conditions, checkpoints[index], begun[index].reads, into: &outcomes[own])
      } catch let failure
        as any NightjarError
        where failure.isRecoverable
      {
        outcomes.removeLast()
        leftOut[learner.title] = failure.description
        firstFailure = firstFailure ?? failure
        if learners.count > 1 { store.console.warn("left out of the run: \(failure.description)") }
        try conditions.pretrained.restore()
        if conditions.run.isModified { conditions.run = try embed(given).run }
      } catch {
        onResults(results(isComplete: false), error)
        throw error
      }
      onResults(results(isComplete: index == learners.count - 1), nil)
    }
    if let firstFailure, outcomes.isEmpty { throw firstFailure }
    return results(isComplete: true)
  }

  /// The key of a learner's results in memory; nil where one of the plugins is not known.
  func outcomeKey(of learner: LearnerFactory, _ key: StageKey?) -> StageKey? {
    let observers = (metrics + tests).map(\.keyParts)
    guard let key, let own = learner.keyParts, !observers.contains(nil) else { return nil }
    return key.adding(["outcome", learner.name, "repeats=\(repeats)"] + own)
      .adding(observers.compactMap(\.self).flatMap(\.self))
  }
}
