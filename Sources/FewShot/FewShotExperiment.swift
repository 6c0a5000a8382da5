import Datasets
import Support
import Tensors

/// A few-shot experiment with a trained network: every clip is embedded once, then every learner runs all repeats.
///
/// A learner that fails is left out, and a metric or test that fails is left out for its learner; the others go on.
/// An error that ends the whole run (a limit of it, Ctrl-C) ends the experiment, after ``onResults`` was called
/// with what is done.
public struct FewShotExperiment {
  private let store: FeatureStore
  private let encoder: any ClipEncoder
  private let network: BaseNetwork
  private let settings: SessionSettings
  private let learners: [LearnerFactory]

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
  /// Called after every repeat.
  public var onRepeat: () -> Void = {}

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
    let (run, costs, validation) = try embed(given)
    let base = try baseMetrics(run, costs, validation)
    // A learner may train the network further; the next repeat starts from these weights.
    let pretrained = try WeightSnapshot(network.module)
    defer { try? pretrained.restore() }
    return try compare(run, costs, pretrained, given, base)
  }

  /// Embeds the base samples, the base test, the session words, and the validation clips where there are any.
  private func embed(
    _ given: WeightSnapshot
  ) throws -> (run: FewShotRun, costs: ClipCosts?, validation: LabelledFeatures?) {
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
    return (run, costs, embedded.dropFirst(3).first?.features)
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
    _ run: FewShotRun, _ costs: ClipCosts?, _ pretrained: WeightSnapshot, _ given: WeightSnapshot,
    _ base: FewShotResults.Base
  ) throws -> FewShotResults {
    var run = run
    var outcomes: [FewShotResults.Learner] = []
    var leftOut: [String: String] = [:]
    var firstFailure: (any NightjarError)?
    func results(isComplete: Bool) -> FewShotResults {
      FewShotResults(
        learners: outcomes, leftOut: leftOut, isComplete: isComplete, words: store.dataset.words,
        settings: settings, base: base)
    }
    for (index, learner) in learners.enumerated() {
      outcomes.append(FewShotResults.Learner(name: learner.name))
      let own = outcomes.count - 1
      do { try repeatAll(learner, run, costs, pretrained, into: &outcomes[own]) } catch let failure
        as any NightjarError
        where failure.isRecoverable
      {
        outcomes.removeLast()
        leftOut[learner.title] = failure.description
        firstFailure = firstFailure ?? failure
        if learners.count > 1 { store.console.warn("left out of the run: \(failure.description)") }
        try pretrained.restore()
        if run.isModified { run = try embed(given).run }
      } catch {
        onResults(results(isComplete: false), error)
        throw error
      }
      onResults(results(isComplete: index == learners.count - 1), nil)
    }
    if let firstFailure, outcomes.isEmpty { throw firstFailure }
    return results(isComplete: true)
  }

  /// Runs all repeats of one learner.
  private func repeatAll(
    _ learner: LearnerFactory, _ run: FewShotRun, _ costs: ClipCosts?, _ pretrained: WeightSnapshot,
    into outcome: inout FewShotResults.Learner
  ) throws {
    let progress = Progress(learner.name, total: repeats, unit: "repeats", on: store.console)
    defer { progress.finish() }
    var failed: Set<String> = []
    let budget = PurityBudget()
    for number in 0..<repeats {
      let metrics = try observers(metrics, of: learner, number, without: failed)
      let tests = try observers(tests, of: learner, number, without: failed)
      try pretrained.restore()
      let counter = ScoringCounter()
      let twin = TwinLearner(isCertain: run.comparesTwin(repeat: number, of: repeats), budget: budget) {
        try pretrained.restore()
        return try make(learner, run, number, isTwin: true)
      }
      var one = try run.run(
        make(learner, run, number), repeat: number, observers: metrics, weights: pretrained.tensors,
        scoring: counter, twin: twin)
      if !tests.isEmpty {
        try pretrained.restore()
        do {
          let tested = try run.run(
            make(learner, run, number), repeat: number, observers: tests, weights: pretrained.tensors,
            twin: twin)
          one.measures.merge(tested.measures) { first, _ in first }
          one.failures.merge(tested.failures) { first, _ in first }
        } catch let failure as any NightjarError where failure.isRecoverable {
          for test in tests {
            one.failures[test.name] = "the learner failed after it was tested: \(failure.description)"
          }
        }
      }
      outcome.repeats.append(one)
      outcome.uncounted = outcome.uncounted ?? counter.uncounted
      if let costs { outcome.costs.append(costs.sessions(one, scoring: counter.sessions)) }
      for (name, reason) in one.failures.sorted(by: { $0.key < $1.key }) where failed.insert(name).inserted {
        store.console.warn("no numbers of \(name) for \(outcome.name): \(reason)")
      }
      onRepeat()
      progress.advance()
    }
  }

  /// A new learner, which draws the same numbers whatever ran before it.
  private func make(
    _ learner: LearnerFactory, _ run: FewShotRun, _ number: Int, isTwin: Bool = false
  ) throws -> any FewShotLearner {
    var random = RandomStream(seed: seed, purpose: "learner", index: UInt64(number))
    return try learner.make(
      LearnerContext(
        number: number, seed: random.next(), sessions: run.sessions(repeat: number), isTwin: isTwin))
  }

  private func observers(
    _ factories: [ObserverFactory], of learner: LearnerFactory, _ number: Int, without failed: Set<String>
  ) throws -> [any SessionObserver] {
    try factories.filter { !failed.contains($0.title) }.map { factory in
      var random = RandomStream(seed: seed, purpose: factory.title, index: UInt64(number))
      return try factory.make(ObserverContext(learner: learner.name, number: number, seed: random.next()))
    }
  }
}
