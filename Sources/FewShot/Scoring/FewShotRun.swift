import Algorithms
import Support
import Tensors

/// The few-shot class-incremental protocol on embeddings that are already computed.
///
/// Every test is scored and observed in a random order of its own: samples are listed class by class, so that a learner
/// could otherwise read their classes from their positions.
///
/// Source: Yik et al., "NeuroBench", arXiv 2304.04640, keyword few-shot class-incremental learning.
public struct FewShotRun: Sendable {
  /// Base training samples, which learners start from.
  public let base: LabelledFeatures
  /// The number of all classes.
  public let classes: Int
  /// Base test samples, part of every test; then all samples of session words, rows as the sampler numbers them.
  private let samples: LabelledFeatures
  private let testCount: Int
  private let baseVersion: Int
  /// The seed of the orders of tests. It depends on all embeddings, which no learner ever sees together: from the run's
  /// seed alone, which scripts know, a learner could compute the orders.
  private let orderSeed: UInt64
  private let drawn: @Sendable (Int) -> [FewShotSession]

  /// Samples scored together.
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

  /// A run that draws new sessions in every repeat.
  ///
  /// - Parameters:
  ///   - base: the base training samples, which learners start from.
  ///   - test: the base test samples.
  ///   - evaluation: all samples of session words, rows as the sampler numbers them.
  ///   - classes: the number of all classes.
  ///   - sampler: draws the sessions of a repeat.
  ///   - seed: the seed of the sessions and, with the embeddings, of the orders of tests.
  /// - Throws: `TensorError` for features of different widths.
  public init(
    base: LabelledFeatures, test: LabelledFeatures, evaluation: LabelledFeatures, classes: Int,
    sampler: SessionSampler, seed: UInt64
  ) throws {
    try self.init(base, test, evaluation, classes, seed: seed) { sampler.sessions(seed: seed, repeat: $0) }
  }

  /// A run with the same sessions in every repeat.
  ///
  /// - Throws: `TensorError` for features of different widths.
  public init(
    base: LabelledFeatures, test: LabelledFeatures, evaluation: LabelledFeatures, classes: Int,
    sessions: [FewShotSession]
  ) throws {
    try self.init(base, test, evaluation, classes, seed: 0) { _ in sessions }
  }

  /// The sessions of repeat number `index`.
  public func sessions(repeat index: Int) -> [FewShotSession] { drawn(index) }

  /// Whether a learner has changed the base features in place: they have to be computed again then.
  public var isModified: Bool { base.features.version != baseVersion }

  /// Runs repeat number `index`.
  ///
  /// - Parameters:
  ///   - learner: a new one, which has learned nothing yet.
  ///   - index: the number of the repeat, from 0.
  ///   - observers: see every tested batch; one that fails is left out of the rest of the repeat.
  ///   - weights: a snapshot of the network's tensors before the repeat; nil does not check whether they change.
  ///   - scoring: wraps the scoring of every test.
  ///   - twin: a second learner to compare scores with (`ScoringPurity`); nil compares only by scoring samples again
  ///     beside others.
  /// - Throws: what the learner throws, and its ``FewShotLearner/violation(_:in:)`` for a rule that it violates.
  public func run(
    _ learner: any FewShotLearner, repeat index: Int, observers: [any SessionObserver] = [],
    weights: TensorSnapshot? = nil, scoring: (any ScoringObserver)? = nil,
    twin: TwinLearner? = nil
  ) throws -> FewShotRepeat {
    let cuts = Interruption.cuts
    let clock = ContinuousClock()
    let begin = clock.now
    let sessions = sessions(repeat: index)
    let validated = ValidatedLearner(learner, base: base, weights: weights, classes: classes)
    let purity = ScoringPurity(
      classes: classes, seed: orderSeed, repeat: index, purpose: observers.map(\.name).joined(separator: " "))
    var test = RepeatTest(validated, weights, observers, sessions.count, index, purity)
    test.scoring = scoring
    var teaching = try clock.measure { try validated.start() }
    if !learner.isIncremental { test.fixed = try fixedScores(sessions, &test) }
    var seen = base.classes
    var queries: [Int] = []
    var counts = [try tested(queries, seen, session: 0, &test)]
    for (number, session) in sessions.enumerated() {
      try Interruption.check("repeat \(index + 1)")
      if learner.isIncremental {
        teaching += try clock.measure { try validated.learn(support(of: session)) }
      }
      seen += session.classes
      queries += session.queries
      counts.append(try tested(queries, seen, session: number + 1, &test))
    }
    var result = FewShotRepeat(sessions: sessions, counts: counts)
    result.confusion = test.confusion
    result.measures = try test.observers.finish(weights)
    result.failures = test.observers.failures
    if let twin, twin.isDue(after: clock.now - begin, teaching: teaching) {
      let duration = try clock.measure {
        let learner = ValidatedLearner(try twin.make(), base: base, weights: weights, classes: classes)
        try compare(learner, sessions, purity, repeat: index)
      }
      twin.budget.add(twin: duration)
    }
    if Interruption.cuts != cuts { try Interruption.check("repeat \(index + 1)") }
    return result
  }

  private func support(of session: FewShotSession) throws -> LabelledFeatures {
    let rows = session.support.map { testCount + $0 }
    return LabelledFeatures(features: try samples.select(rows), labels: rows.map { samples.labels[$0] })
  }

  /// Teaches a second learner the same sessions, and compares its scores of a few samples.
  private func compare(
    _ twin: ValidatedLearner, _ sessions: [FewShotSession], _ purity: ScoringPurity, repeat index: Int
  ) throws {
    try twin.start()
    var seen = base.classes
    try purity.check(twin, seen: seenClasses(seen), session: 0, .secondLearner)
    for (number, session) in sessions.enumerated() {
      try Interruption.check("repeat \(index + 1)")
      if twin.isIncremental { try twin.learn(support(of: session)) }
      seen += session.classes
      try purity.check(twin, seen: seenClasses(seen), session: number + 1, .secondLearner)
    }
  }

  /// Whether a second learner is to be compared in a repeat, of `count`.
  func comparesTwin(repeat index: Int, of count: Int) -> Bool {
    ScoringPurity.comparesTwin(repeat: index, of: count, seed: orderSeed)
  }

  /// Some samples of every test in two dimensions; nil where there is nothing to draw.
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded.
  func embeddingMap() throws -> EmbeddingMap? {
    try EmbeddingMap(labels: samples.labels, base: base.classes) { try samples.select($0).rows() }
  }

  /// The fraction of base test samples that a network's own readout predicts correctly among the base classes.
  ///
  /// - Parameter readout: (samples, embedding) → (samples, classes or fewer).
  /// - Throws: what `readout` throws, and `TensorError` when the memory budget is exceeded.
  public func baseAccuracy(_ readout: (Tensor) throws -> Tensor) throws -> Double {
    var random = RandomStream(seed: orderSeed, purpose: "readout order")
    let order = random.permutation(testCount)
    let scores = try readout(samples.select(order))
    let correct = try ReadoutAccuracy.correct(
      scores, order.map { samples.labels[$0] }, among: base.classes)
    return Double(correct) / Double(max(1, testCount))
  }
}

/// A second learner for a repeat.
public struct TwinLearner {
  /// Whether it is compared whatever that takes.
  let isCertain: Bool
  let budget: PurityBudget
  /// Makes a learner that is as the first one was before the repeat.
  let make: () throws -> any FewShotLearner

  func isDue(after duration: Duration, teaching: Duration) -> Bool {
    let isCheap = budget.allows(after: duration, teaching: teaching)
    return isCertain || isCheap
  }
}

/// What all tests of one repeat use.
private struct RepeatTest {
  let learner: ValidatedLearner
  /// The network's tensors as they were before the repeat.
  let weights: TensorSnapshot?
  var observers: ObserverList
  var ranking: BaseRanking?
  let sessions: Int
  let index: Int
  var scoring: (any ScoringObserver)?
  let purity: ScoringPurity
  /// What a learner that learns nothing in sessions scores the samples of the last test, in its order: (samples,
  /// classes). Nil for other learners.
  var fixed: Tensor?
  /// Of the test after the last session.
  var confusion = ConfusionCounts()

  init(
    _ learner: ValidatedLearner, _ weights: TensorSnapshot?, _ observers: [any SessionObserver],
    _ sessions: Int, _ index: Int, _ purity: ScoringPurity
  ) {
    self.purity = purity
    self.learner = learner
    self.weights = weights
    self.sessions = sessions
    self.index = index
    self.observers = ObserverList(observers)
  }

  /// A random order of a session's test.
  func order(_ count: Int, session: Int, seed: UInt64) -> [Int] {
    var random = RandomStream(
      seed: seed, purpose: "test order", index: UInt64(index) * UInt64(sessions + 1) + UInt64(session))
    return random.permutation(count)
  }
}

extension FewShotRun {
  /// A session's test after it was scored. Positions are those of samples in the test: the base test, then the queries
  /// of each session.
  private struct ScoredTest {
    /// The class of the highest score, by position.
    var predictions: [Int]
    /// (samples, classes), −∞ for classes not seen yet; nil where nobody observes.
    var masked: Tensor?
    /// The row of `masked` that has a position's scores.
    var rows: [Int]
  }

  /// Scores the base test and all queries so far.
  private func tested(
    _ queries: [Int], _ seen: [Int], session: Int, _ test: inout RepeatTest
  ) throws -> ClassCounts {
    let rows = Array(0..<testCount) + queries.map { testCount + $0 }
    let order = test.order(rows.count, session: session, seed: orderSeed)
    let seen = try seenClasses(seen)
    let scored =
      try test.fixed.map { try self.scored($0, rows, seen, session, &test) }
      ?? self.scored(rows, order, seen, session, &test)
    var counts = ClassCounts(classes: classes)
    for (row, prediction) in zip(rows, scored.predictions) {
      let label = samples.labels[row]
      counts.total[label] += 1
      if label == prediction { counts.correct[label] += 1 }
    }
    if let masked = scored.masked { try observe(rows, order, scored, masked, seen, session, &test) }
    try test.purity.check(test.learner, seen: seen, session: session, .otherSamples)
    if session == test.sessions {
      test.confusion = ConfusionCounts(
        classes: classes, labels: rows.map { samples.labels[$0] }, predictions: scored.predictions)
    }
    return counts
  }

  /// Has the learner score a test.
  private func scored(
    _ rows: [Int], _ order: [Int], _ seen: SeenClasses, _ session: Int, _ test: inout RepeatTest
  ) throws -> ScoredTest {
    var scored = ScoredTest(
      predictions: [Int](repeating: 0, count: rows.count), rows: [Int](repeating: 0, count: rows.count))
    var masked: [Tensor] = []
    if session == 0, !test.learner.modifiesBase {
      test.ranking = BaseRanking(classes: base.classes, order: order)
    }
    for positions in order.chunks(ofCount: Self.batch) {
      let features = try samples.select(positions.map { rows[$0] })
      let learner = test.learner
      let scores =
        try test.scoring?.watch(session: session, samples: positions.count) {
          try learner.scores(features, seen: seen, session: session)
        } ?? learner.scores(features, seen: seen, session: session)
      try test.purity.note(scores, count: positions.count, session: session) {
        try features.selectingRows($0)
      }
      for (position, prediction) in zip(positions, scores.predictions) {
        scored.predictions[position] = prediction
      }
      try compareRanking(Array(positions), scores, session, &test)
      // Before the learner is called again: it may change what it returned.
      if !test.observers.isEmpty { masked.append(try scores.masked) }
    }
    for (row, position) in order.enumerated() { scored.rows[position] = row }
    if !test.observers.isEmpty { scored.masked = try Concatenation(0).apply(masked) }
    return scored
  }

  /// Has a learner that learns nothing in sessions score the samples of all of them, once and in one random order:
  /// (samples, classes), in the order of the last test.
  private func fixedScores(_ sessions: [FewShotSession], _ test: inout RepeatTest) throws -> Tensor {
    let queries = sessions.map(\.queries)
    let rows = Array(0..<testCount) + queries.joined().map { testCount + $0 }
    let firstSessions =
      Array(repeating: 0, count: testCount)
      + queries.enumerated().flatMap { Array(repeating: $0 + 1, count: $1.count) }
    let order = test.order(rows.count, session: sessions.count, seed: orderSeed)
    var parts: [Tensor] = []
    for positions in order.chunks(ofCount: Self.batch) {
      let features = try samples.select(positions.map { rows[$0] })
      let learner = test.learner
      let scores =
        try test.scoring?.watch(positions.map { firstSessions[$0] }, of: sessions.count + 1) {
          try learner.scores(features)
        } ?? learner.scores(features)
      // The learner may change what it returned when it is called again.
      parts.append(try scores.cloned())
    }
    var scoredRows = [Int](repeating: 0, count: order.count)
    for (row, position) in order.enumerated() { scoredRows[position] = row }
    return try Concatenation(0).apply(parts).selectingRows(scoredRows)
  }

  /// The part of scores, which are fixed, that a session's test has.
  private func scored(
    _ fixed: Tensor, _ rows: [Int], _ seen: SeenClasses, _ session: Int, _ test: inout RepeatTest
  ) throws -> ScoredTest {
    let scores = try test.learner.validated(
      Slice(0, from: 0, count: rows.count)(fixed), seen: seen, session: session)
    try test.purity.note(scores, count: rows.count, session: session) { positions in
      try samples.select(positions.map { rows[$0] })
    }
    return ScoredTest(
      predictions: scores.predictions, masked: test.observers.isEmpty ? nil : try scores.masked,
      rows: Array(rows.indices))
  }

  /// Checks that a learner ranks the base classes as before, by some samples of a batch.
  private func compareRanking(
    _ positions: [Int], _ scores: ValidatedLearner.Scores, _ session: Int, _ test: inout RepeatTest
  ) throws {
    guard let ranking = test.ranking else { return }
    let probed = positions.indices.filter { ranking.compares(positions[$0]) }
    if probed.isEmpty { return }
    let values = try scores.values(probed)
    for (index, row) in probed.enumerated() {
      let own = values[index * classes..<(index + 1) * classes]
      if let swap = test.ranking?.compare(own, position: positions[row], session: session) {
        throw test.learner.violation(swap, session: session)
      }
    }
  }

  /// Calls the observers with a session's test, the base test first, each part in the random order it was scored in:
  /// what they make the learner score tells it no more than the test did. Each observer has tensors of its own.
  private func observe(
    _ rows: [Int], _ order: [Int], _ scored: ScoredTest, _ masked: Tensor, _ seen: SeenClasses,
    _ session: Int, _ test: inout RepeatTest
  ) throws {
    let learner = test.learner
    let purity = test.purity
    // A learner that modifies the network has changed it by now, and observers must not change it either.
    let weights = learner.modifiesBase ? try test.weights?.retaken() : test.weights
    for isBase in [true, false] {
      for chunk in order.filter({ ($0 < testCount) == isBase }).chunks(ofCount: Self.batch) {
        let positions = Array(chunk)
        let sampleRows = positions.map { rows[$0] }
        try test.observers.each(weights) { observer in
          try observer.observe(
            TestedBatch(
              session: session, positions: positions, split: isBase ? .test : .evaluation,
              rows: sampleRows.map { isBase ? $0 : $0 - testCount },
              features: samples.select(sampleRows),
              scores: masked.selectingRows(positions.map { scored.rows[$0] }),
              predictions: positions.map { scored.predictions[$0] },
              labels: sampleRows.map { samples.labels[$0] },
              score: { features in
                let scores = try learner.scores(features, seen: seen, session: session)
                try purity.note(scores, count: features.shape[0], session: session) {
                  try features.selectingRows($0)
                }
                return try scores.masked
              }))
        }
      }
    }
    try test.observers.each(weights) { try $0.endSession(session) }
  }

  private func seenClasses(_ seen: [Int]) throws -> SeenClasses {
    try SeenClasses(seen, of: classes, on: base.features.device)
  }
}
