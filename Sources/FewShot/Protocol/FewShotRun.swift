import Tensors

/// How many samples of each class were right in one test, and how many there were.
public struct ClassCounts: Sendable, Equatable {
  public var right: [Int]
  public var total: [Int]

  init(classes: Int) {
    (right, total) = (Array(repeating: 0, count: classes), Array(repeating: 0, count: classes))
  }

  /// The share that is right among `classes`; nil when none of them was tested.
  public func accuracy(of classes: some Sequence<Int>) -> Double? {
    var (right, total) = (0, 0)
    for label in classes {
      right += self.right[label]
      total += self.total[label]
    }
    return total > 0 ? Double(right) / Double(total) : nil
  }
}

/// One repeat of the protocol with one learner: a test before the first session and one after each.
public struct FewShotRepeat: Sendable {
  public let sessions: [FewShotSession]
  /// By session, from 0.
  public let counts: [ClassCounts]
  /// Numbers of observers by name, one a session or one in all.
  public var measures: [String: [Double]] = [:]
  /// Observers that failed, with the reason: what they would have measured is missing, not 0.
  public var failures: [String: String] = [:]

  /// Accuracy on all classes seen, by session from 0.
  public var all: [Double] { counts.map { $0.accuracy(of: $0.total.indices) ?? 0 } }

  /// Accuracy on all new classes so far, by session from 1.
  public var new: [Double] {
    var seen: [Int] = []
    return zip(sessions, counts.dropFirst()).map { session, counts in
      seen += session.classes
      return counts.accuracy(of: seen) ?? 0
    }
  }
}

/// The few-shot class-incremental protocol on embeddings that are computed already.
///
/// Source: Yik et al., "NeuroBench", arXiv 2304.04640, keyword few-shot class-incremental learning.
public struct FewShotRun {
  /// Base training samples: what learners start from.
  public let base: LabelledFeatures
  /// Base test samples: part of every test.
  public let test: LabelledFeatures
  /// All samples of session words, rows as the sampler numbers them.
  public let evaluation: LabelledFeatures
  /// The number of all classes.
  public let classes: Int
  private let drawn: @Sendable (Int) -> [FewShotSession]

  /// Samples scored at a time.
  private static let batch = 4096

  private init(
    _ base: LabelledFeatures, _ test: LabelledFeatures, _ evaluation: LabelledFeatures, _ classes: Int,
    drawn: @escaping @Sendable (Int) -> [FewShotSession]
  ) {
    (self.base, self.test, self.evaluation) = (base, test, evaluation)
    (self.classes, self.drawn) = (classes, drawn)
  }

  /// Sessions drawn anew in every repeat.
  public init(
    base: LabelledFeatures, test: LabelledFeatures, evaluation: LabelledFeatures, classes: Int,
    sampler: SessionSampler, seed: UInt64
  ) {
    self.init(base, test, evaluation, classes) { sampler.sessions(seed: seed, repeat: $0) }
  }

  /// The same sessions in every repeat.
  public init(
    base: LabelledFeatures, test: LabelledFeatures, evaluation: LabelledFeatures, classes: Int,
    sessions: [FewShotSession]
  ) {
    self.init(base, test, evaluation, classes) { _ in sessions }
  }

  /// The sessions of repeat number `index`.
  public func sessions(repeat index: Int) -> [FewShotSession] { drawn(index) }

  /// Runs repeat number `index`.
  ///
  /// - Throws: ``LearnerFailure`` for scores that are no scores; what the learner throws.
  public func run(
    _ learner: any FewShotLearner, repeat index: Int, observers: [any SessionObserver] = []
  ) throws -> FewShotRepeat {
    let sessions = sessions(repeat: index)
    var observing = Observing(observers)
    try untouched("start") { try learner.start(base) }
    var seen = base.classes
    var queries: [Int] = []
    var counts = [try tested(learner, queries, seen, session: 0, &observing)]
    for (number, session) in sessions.enumerated() {
      try Interruption.check("repeat \(index + 1)")
      try untouched("learn") { try learner.learn(picked(session.support)) }
      seen += session.classes
      queries += session.queries
      counts.append(try tested(learner, queries, seen, session: number + 1, &observing))
    }
    var result = FewShotRepeat(sessions: sessions, counts: counts)
    result.measures = try observing.finish()
    result.failures = observing.failures
    return result
  }

  /// Runs `body`, which must leave the embeddings as they are: other repeats and learners use them too.
  private func untouched<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
    let versions = [base, test, evaluation].map(\.features.version)
    let result = try body()
    guard versions == [base, test, evaluation].map(\.features.version) else {
      throw LearnerFailure(
        "\(what) changed features in place that other repeats and learners use too. "
          + "Mend: work on a copy, features:clone()")
    }
    return result
  }

  private func picked(_ rows: [Int]) throws -> LabelledFeatures {
    LabelledFeatures(features: try evaluation.pick(rows), labels: rows.map { evaluation.labels[$0] })
  }

  /// Scores the base test and all queries so far.
  private func tested(
    _ learner: any FewShotLearner, _ queries: [Int], _ seen: [Int], session: Int, _ observing: inout Observing
  ) throws -> ClassCounts {
    var counts = ClassCounts(classes: classes)
    var done = 0
    let mask = try seenMask(seen)
    let score = { (features: Tensor) in
      let scores = try Recording.off { try learner.scores(features) }
      try check(scores, samples: features.shape[0])
      let masked = try Where()(mask, scores, Tensor(-.infinity, on: scores.device))
      try checkNumbers(masked, session: session)
      return masked
    }
    for part in [test, try picked(queries)] where !part.labels.isEmpty {
      for start in stride(from: 0, to: part.labels.count, by: Self.batch) {
        let count = min(Self.batch, part.labels.count - start)
        let features = try Slice(0, from: start, count: count)(part.features)
        let labels = Array(part.labels[start..<start + count])
        let masked = try untouched("scores") { try score(features) }
        let predictions = try Extremum(maximum: true, dimension: 1)
          .positions(in: masked).values(as: Int32.self).map { Int($0) }
        for (label, prediction) in zip(labels, predictions) {
          counts.total[label] += 1
          if label == prediction { counts.right[label] += 1 }
        }
        let batch = TestedBatch(
          session: session, first: done, features: features, scores: masked, predictions: predictions,
          labels: labels, score: score)
        done += count
        try observing.each { observer in
          try untouched("\(observer.name)") { try observer.observe(batch) }
        }
      }
    }
    try observing.each { observer in
      try untouched("\(observer.name)") { try observer.endSession(session) }
    }
    return counts
  }

  private func seenMask(_ seen: [Int]) throws -> Tensor {
    var flags = [Bool](repeating: false, count: classes)
    for label in seen { flags[label] = true }
    return try Tensor(flags, shape: [classes], on: base.features.device)
  }

  private func check(_ scores: Tensor, samples: Int) throws {
    guard scores.shape == [samples, classes] else {
      throw LearnerFailure(
        "scores has shape \(scores.shape), expected [\(samples), \(classes)]: one row a sample, one column for each "
          + "of all classes")
    }
  }

  /// Classes that have not been seen may hold anything; the others must hold no NaN.
  private func checkNumbers(_ masked: Tensor, session: Int) throws {
    // A class that is masked is −∞, so that the sum says nothing once there is one.
    let values = try masked.floatValues
    guard let first = values.firstIndex(where: \.isNaN) else { return }
    throw LearnerFailure(
      "scores holds NaN in session \(session): \(values.count { $0.isNaN }) of \(values.count) values, the first "
        + "for class \(first % classes + 1). Mend: look for 0/0, log or sqrt of negative numbers, or a rate too high"
    )
  }
}

/// A learner broke the protocol's rules.
public struct LearnerFailure: Failure {
  public let description: String
  public init(_ description: String) { self.description = description }
  public var exitCode: ExitCode { .script }
}

/// Observers at work: one that fails is left out from then on, and the others go on.
private struct Observing {
  private var observers: [any SessionObserver]
  private(set) var failures: [String: String] = [:]

  init(_ observers: [any SessionObserver]) { self.observers = observers }

  mutating func each(_ body: (any SessionObserver) throws -> Void) throws {
    guard !observers.isEmpty else { return }
    var kept: [any SessionObserver] = []
    for observer in observers {
      do {
        try body(observer)
        kept.append(observer)
      } catch let failure as any Failure where failure.exitCode == .script {
        failures[observer.name] = failure.description
      }
    }
    observers = kept
  }

  mutating func finish() throws -> [String: [Double]] {
    var measures: [String: [Double]] = [:]
    try each { measures.merge(try $0.finish()) { first, _ in first } }
    return measures
  }
}
