import Support
import Tensors

/// The few-shot class-incremental protocol on embeddings that are computed already.
///
/// Every test is scored in a random order of its own, that of observers too: samples are listed class by class, so
/// that a learner could otherwise read their classes from their places.
///
/// Source: Yik et al., "NeuroBench", arXiv 2304.04640, keyword few-shot class-incremental learning.
public struct FewShotRun {
  /// Base training samples: what learners start from.
  public let base: LabelledFeatures
  /// The number of all classes.
  public let classes: Int
  /// Base test samples, part of every test; then all samples of session words, rows as the sampler numbers them.
  private let samples: LabelledFeatures
  private let testCount: Int
  private let baseVersion: Int
  /// What the orders of tests are drawn from. It hangs on all embeddings, which no learner ever sees together: from
  /// the run's seed alone, which scripts know, a learner could work the orders out.
  private let orderSeed: UInt64
  private let drawn: @Sendable (Int) -> [FewShotSession]

  /// Samples scored at a time.
  private static let batch = 4096

  private init(
    _ base: LabelledFeatures, _ test: LabelledFeatures, _ evaluation: LabelledFeatures, _ classes: Int,
    seed: UInt64, drawn: @escaping @Sendable (Int) -> [FewShotSession]
  ) throws {
    self.base = base
    self.classes = classes
    self.drawn = drawn
    samples = LabelledFeatures(
      features: try Concatenation(0).apply([test.features, evaluation.features]),
      labels: test.labels + evaluation.labels)
    testCount = test.labels.count
    baseVersion = base.features.version
    orderSeed = seed ^ ContentKey(of: try samples.features.bytes).seed
  }

  /// Sessions drawn anew in every repeat.
  public init(
    base: LabelledFeatures, test: LabelledFeatures, evaluation: LabelledFeatures, classes: Int,
    sampler: SessionSampler, seed: UInt64
  ) throws {
    try self.init(base, test, evaluation, classes, seed: seed) { sampler.sessions(seed: seed, repeat: $0) }
  }

  /// The same sessions in every repeat.
  public init(
    base: LabelledFeatures, test: LabelledFeatures, evaluation: LabelledFeatures, classes: Int,
    sessions: [FewShotSession]
  ) throws {
    try self.init(base, test, evaluation, classes, seed: 0) { _ in sessions }
  }

  /// The sessions of repeat number `index`.
  public func sessions(repeat index: Int) -> [FewShotSession] { drawn(index) }

  /// Whether a learner has changed the base features in place: what they are is lost then.
  public var isModified: Bool { base.features.version != baseVersion }

  /// Runs repeat number `index`.
  ///
  /// - Parameters:
  ///   - weights: the network's tensors, as long as nobody changed them.
  ///   - witness: looks on while the learner scores a test.
  /// - Throws: what the learner throws, and its ``FewShotLearner/violation(_:in:)`` for a rule that it breaks.
  public func run(
    _ learner: any FewShotLearner, repeat index: Int, observers: [any SessionObserver] = [],
    weights: TensorSnapshot? = nil, witness: (any ScoringObserver)? = nil
  ) throws -> FewShotRepeat {
    let sessions = sessions(repeat: index)
    let held = ValidatedLearner(learner, base: base, weights: weights, classes: classes)
    var test = RepeatTest(held, weights, observers, sessions.count, index)
    test.witness = witness
    try held.start()
    var seen = base.classes
    var queries: [Int] = []
    var counts = [try tested(queries, seen, session: 0, &test)]
    for (number, session) in sessions.enumerated() {
      try Interruption.check("repeat \(index + 1)")
      let labels = session.support.map { samples.labels[testCount + $0] }
      try held.learn(
        LabelledFeatures(features: samples.pick(session.support.map { testCount + $0 }), labels: labels))
      seen += session.classes
      queries += session.queries
      counts.append(try tested(queries, seen, session: number + 1, &test))
    }
    var result = FewShotRepeat(sessions: sessions, counts: counts)
    result.measures = try test.observing.finish(weights)
    result.failures = test.observing.failures
    return result
  }

  /// The share of base test samples that a network's own readout gets right among the base classes.
  ///
  /// - Parameter readout: (samples, embedding) → (samples, classes or fewer).
  public func baseAccuracy(_ readout: (Tensor) throws -> Tensor) throws -> Double {
    var random = RandomStream(seed: orderSeed, purpose: "readout order")
    let order = random.permutation(testCount)
    let scores = try readout(samples.pick(order))
    let width = scores.shape[1]
    let values = try scores.floatValues
    let own = base.classes.filter { $0 < width }
    let right = order.indices.count { row in
      own.max { values[row * width + $0] < values[row * width + $1] } == samples.labels[order[row]]
    }
    return Double(right) / Double(max(1, testCount))
  }
}

/// What the tests of one repeat have in common.
private struct RepeatTest {
  let learner: ValidatedLearner
  /// The network's tensors as they were before the repeat.
  let weights: TensorSnapshot?
  var observing: ObserverList
  var ranking: BaseRanking?
  let sessions: Int
  let index: Int
  var witness: (any ScoringObserver)?

  init(
    _ learner: ValidatedLearner, _ weights: TensorSnapshot?, _ observers: [any SessionObserver],
    _ sessions: Int,
    _ index: Int
  ) {
    self.learner = learner
    self.weights = weights
    self.sessions = sessions
    self.index = index
    observing = ObserverList(observers)
  }

  /// A random order of a session's test.
  func order(_ count: Int, session: Int, seed: UInt64) -> [Int] {
    var random = RandomStream(
      seed: seed, purpose: "test order", index: UInt64(index) * UInt64(sessions + 1) + UInt64(session))
    return random.permutation(count)
  }
}

extension FewShotRun {
  /// Scores the base test and all queries so far.
  private func tested(
    _ queries: [Int], _ seen: [Int], session: Int, _ test: inout RepeatTest
  ) throws -> ClassCounts {
    let rows = Array(0..<testCount) + queries.map { testCount + $0 }
    let order = test.order(rows.count, session: session, seed: orderSeed)
    let mask = try seenMask(seen)
    var counts = ClassCounts(classes: classes)
    var predicted = [Int](repeating: 0, count: rows.count)
    var scored: [Tensor] = []
    if session == 0, !test.learner.modifiesBase {
      test.ranking = BaseRanking(classes: base.classes, order: order)
    }
    for start in stride(from: 0, to: order.count, by: Self.batch) {
      let places = order[start..<min(order.count, start + Self.batch)]
      let features = try samples.pick(places.map { rows[$0] })
      let learner = test.learner
      let scores =
        try test.witness?.watch(session: session, samples: places.count) {
          try learner.scores(features, seen: mask, session: session)
        } ?? learner.scores(features, seen: mask, session: session)
      let predictions = try Extremum(maximum: true, dimension: 1)
        .positions(in: scores.masked).values(as: Int32.self).map { Int($0) }
      for (row, (place, prediction)) in zip(places, predictions).enumerated() {
        let label = samples.labels[rows[place]]
        predicted[place] = prediction
        counts.total[label] += 1
        if label == prediction { counts.right[label] += 1 }
        let own = scores.values[row * classes..<(row + 1) * classes]
        if let turn = test.ranking?.look(at: own, place: place) {
          throw test.learner.violation(turn, session: session)
        }
      }
      if !test.observing.isEmpty { scored.append(scores.masked) }
    }
    guard !test.observing.isEmpty else { return counts }
    try observe(rows, order, Concatenation(0).apply(scored), predicted, mask, session, &test)
    return counts
  }

  /// Shows a session's test to the observers, the base test first, each part in the random order it was scored in: what
  /// they ask the learner to score tells it no more than the test did. Each has tensors of its own.
  private func observe(
    _ rows: [Int], _ order: [Int], _ scored: Tensor, _ predicted: [Int], _ mask: Tensor, _ session: Int,
    _ test: inout RepeatTest
  ) throws {
    let learner = test.learner
    // A learner that changes the network has its own by now, which observers must leave as it is too.
    let weights = learner.modifiesBase ? try test.weights?.retaken() : test.weights
    for isBase in [true, false] {
      // Where samples of this part stand in what was scored.
      let scoredRows = order.indices.filter { (order[$0] < testCount) == isBase }
      for start in stride(from: 0, to: scoredRows.count, by: Self.batch) {
        let own = Array(scoredRows[start..<min(scoredRows.count, start + Self.batch)])
        let places = own.map { order[$0] }
        let samplesOfPlaces = places.map { rows[$0] }
        try test.observing.each(weights) { observer in
          try observer.observe(
            TestedBatch(
              session: session, places: places, split: isBase ? .test : .evaluation,
              rows: samplesOfPlaces.map { isBase ? $0 : $0 - testCount },
              features: samples.pick(samplesOfPlaces), scores: scored.picked(own),
              predictions: places.map { predicted[$0] },
              labels: samplesOfPlaces.map { samples.labels[$0] },
              score: { try learner.scores($0, seen: mask, session: session).masked }))
        }
      }
    }
    try test.observing.each(weights) { try $0.endSession(session) }
  }

  private func seenMask(_ seen: [Int]) throws -> Tensor {
    var flags = [Bool](repeating: false, count: classes)
    for label in seen { flags[label] = true }
    return try Tensor(flags, shape: [classes], on: base.features.device)
  }
}
