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
  /// Called after every repeat of a learner, with its number, from 0.
  public var onRepeat: (_ learner: String, _ number: Int, _ result: FewShotRepeat) -> Void = { _, _, _ in }
  /// Called with the first repeats of all learners, where running all of them takes longer than a second; nil runs
  /// one learner after the other.
  ///
  /// - Throws: what ends the experiment.
  public var onPreview: ((FewShotResults) throws -> Void)?

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
    // A learner may train the network further; the next repeat starts from these weights.
    let pretrained = try WeightSnapshot(network.module)
    defer { try? pretrained.restore() }
    let results = try compare(run, costs, pretrained, given, base, key, checkpoints)
    for checkpoint in checkpoints { checkpoint?.remove() }
    return results
  }

  /// Where the repeats of each learner are saved meanwhile; nil where the network or a plugin is not known by a key.
  private func evaluationCheckpoints() throws -> [EvaluationCheckpoint?] {
    let key = try Embedder(store: store, encoder: encoder, network: network).stageKey?.adding([
      "evaluation", "\(settings)", "seed=\(seed)", "train mode=\(prototypesInTrainMode)",
    ])
    return learners.map { learner in
      outcomeKey(of: learner, key).map { EvaluationCheckpoint(in: store.cache, $0) }
    }
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
    _ run: FewShotRun, _ costs: ClipCosts?, _ pretrained: WeightSnapshot, _ given: WeightSnapshot,
    _ base: FewShotResults.Base, _ key: StageKey?, _ checkpoints: [EvaluationCheckpoint?]
  ) throws -> FewShotResults {
    var run = run
    var outcomes: [FewShotResults.Learner] = []
    var leftOut: [String: String] = [:]
    var firstFailure: (any NightjarError)?
    let begun = try preview(run, costs, pretrained, base, key)
    // It is for a picture: a run goes on that has no memory for it.
    let embedding = try? run.embeddingMap()
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
        try repeatAll(
          learner, run, costs, pretrained, outcomeKey(of: learner, key), checkpoints[index],
          begun[index].reads,
          into: &outcomes[own])
      } catch let failure
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

  /// The key of a learner's results in memory; nil where one of the plugins is not known.
  private func outcomeKey(of learner: LearnerFactory, _ key: StageKey?) -> StageKey? {
    let observers = (metrics + tests).map(\.keyParts)
    guard let key, let own = learner.keyParts, !observers.contains(nil) else { return nil }
    return key.adding(["outcome", learner.name, "repeats=\(repeats)"] + own)
      .adding(observers.compactMap(\.self).flatMap(\.self))
  }

  /// Runs all repeats of one learner, or takes what is kept of them in memory.
  private func repeatAll(
    _ learner: LearnerFactory, _ run: FewShotRun, _ costs: ClipCosts?, _ pretrained: WeightSnapshot,
    _ key: StageKey?, _ checkpoint: EvaluationCheckpoint?, _ earlierReads: [StageRead],
    into outcome: inout FewShotResults.Learner
  ) throws {
    if let key, let kept = store.cache.kept(key, as: FewShotResults.Learner.self) {
      outcome = kept
      return
    }
    var checkpoint = checkpoint
    let (_, reads) = try store.cache.recording {
      if let checkpoint, outcome.repeats.isEmpty {
        for read in checkpoint.restore(&outcome) { store.cache.note(read) }
        if !outcome.repeats.isEmpty {
          store.console.say("\(learner.name): resuming after repeat \(outcome.repeats.count) of \(repeats)")
        }
      }
      try repeatAll(learner, run, costs, pretrained, to: repeats, on: store.console, into: &outcome) {
        try checkpoint?.save($0, store.cache.readsSoFar)
      }
    }
    // A failure may be one of this time only, such as a limit's.
    if let key, outcome.failures.isEmpty { store.cache.keep(outcome, earlierReads + reads, for: key) }
  }

  /// Runs the repeats of one learner that are missing, up to number `end`.
  private func repeatAll(
    _ learner: LearnerFactory, _ run: FewShotRun, _ costs: ClipCosts?, _ pretrained: WeightSnapshot,
    to end: Int, on console: Console, into outcome: inout FewShotResults.Learner,
    saving: (FewShotResults.Learner) throws -> Void = { _ in }
  ) throws {
    let start = outcome.repeats.count
    guard start < end else { return }
    let progress = Progress(learner.name, total: end - start, unit: "repeats", on: console)
    defer { progress.finish() }
    var failed = Set(outcome.failures.keys)
    let budget = PurityBudget()
    for number in start..<end {
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
      outcome.confusion.add(one.confusion)
      one.confusion = ConfusionCounts()
      outcome.repeats.append(one)
      outcome.uncounted = outcome.uncounted ?? counter.uncounted
      if let costs { outcome.costs.append(costs.sessions(one, scoring: counter.sessions)) }
      for (name, reason) in one.failures.sorted(by: { $0.key < $1.key }) where failed.insert(name).inserted {
        store.console.warn("no numbers of \(name) for \(outcome.name): \(reason)")
      }
      onRepeat(outcome.name, number, one)
      try saving(outcome)
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

/// The preview of an experiment that is run again after an edit.
extension FewShotExperiment {
  /// What is known of a learner before its turn.
  private struct Begun {
    var outcome: FewShotResults.Learner
    /// What was read meanwhile.
    var reads: [StageRead] = []
    var failure: (any NightjarError)?
  }

  /// How long the repeats of a preview may take.
  private static let previewTime = Duration.milliseconds(700)

  /// Runs repeat after repeat of all learners whose results are not kept in memory, for a moment, and reports them
  /// where that was not enough for all.
  private func preview(
    _ run: FewShotRun, _ costs: ClipCosts?, _ pretrained: WeightSnapshot, _ base: FewShotResults.Base,
    _ key: StageKey?
  ) throws -> [Begun] {
    var begun = learners.map { Begun(outcome: FewShotResults.Learner(name: $0.name)) }
    guard let onPreview else { return begun }
    for (index, learner) in learners.enumerated() {
      if let key = outcomeKey(of: learner, key), let kept: FewShotResults.Learner = store.cache.kept(key) {
        begun[index].outcome = kept
      }
    }
    func waiting() -> [Int] {
      begun.indices.filter { begun[$0].failure == nil && begun[$0].outcome.repeats.count < repeats }
    }
    let clock = ContinuousClock()
    let end = clock.now + Self.previewTime
    while !waiting().isEmpty, clock.now < end {
      for index in waiting() {
        do {
          let number = begun[index].outcome.repeats.count + 1
          let (_, reads) = try store.cache.recording {
            try repeatAll(
              learners[index], run, costs, pretrained, to: number, on: Console(style: .silent),
              into: &begun[index].outcome)
          }
          begun[index].reads += reads
        } catch let failure as any NightjarError where failure.isRecoverable {
          begun[index].failure = failure
          try pretrained.restore()
          if run.isModified { return begun }
        }
      }
    }
    if !waiting().isEmpty {
      try onPreview(
        FewShotResults(
          learners: begun.map(\.outcome), leftOut: [:], isComplete: false, words: store.dataset.words,
          settings: settings, base: base))
    }
    return begun
  }
}
