import Datasets
import Metrics
import Support

/// The results of an experiment: all repeats of all learners, and the metrics of the trained network.
public final class FewShotResults {
  /// One learner's repeats.
  public struct Learner: Sendable {
    public let name: String
    public internal(set) var repeats: [FewShotRepeat] = []
    /// The cost of each session's test, by repeat; empty where the network's operations could not be counted by sample.
    public internal(set) var costs: [[SessionCost]] = []
    /// Why the learner's own operations are not all in the costs; nil when they are.
    public internal(set) var uncounted: ErrorMessage?

    /// What was predicted for what after the last session, in all repeats.
    public internal(set) var confusion = ConfusionCounts()

    init(name: String) { self.name = name }

    /// Accuracy on all classes seen: repeats × sessions from 0.
    public var all: [[Double]] { repeats.map(\.all) }
    /// Accuracy on new classes: repeats × sessions from 1.
    public var new: [[Double]] { repeats.map(\.new) }

    /// What metrics and tests measured, by name: repeats × one number, or one per session.
    ///
    /// A name that is missing in some repeat is left out: ``failures`` has the reason.
    public var measures: [String: [[Double]]] {
      let names = Set(repeats.flatMap(\.measures.keys))
      return Dictionary(
        uniqueKeysWithValues: names.map { name in (name, repeats.compactMap { $0.measures[name] }) }
      )
      .filter { $0.value.count == repeats.count }
    }

    /// Metrics and tests that failed in any repeat, by name, with the first reason.
    public var failures: [String: String] {
      repeats.reduce(into: [:]) { failures, one in failures.merge(one.failures) { first, _ in first } }
    }

    /// Metrics of continual learning, each with its value in every repeat.
    ///
    /// - Throws: `MetricError` for repeats without a session or of different lengths.
    public func continualMetrics() throws -> [(name: String, values: [Double])] {
      let curve = try AccuracyCurve(all)
      let matrices = try repeats.map { try SessionAccuracies($0.matrix) }
      var metrics = [
        (name: "average_incremental", values: curve.averageIncremental),
        (name: "area_under_curve", values: curve.areaUnderCurve),
      ]
      if curve.sessions > 1 {
        metrics += [
          (name: "forgetting", values: matrices.map(\.forgetting)),
          (name: "backward_transfer", values: matrices.map(\.backwardTransfer)),
          // After the last session.
          (name: "harmonic_mean", values: matrices.compactMap(\.harmonicMeans.last)),
        ]
      }
      return metrics
    }
  }

  /// The metrics of the trained network, with its own readout, on the base test.
  public struct Base: Sendable {
    /// The fractions of base samples it predicts correctly among base classes; nil without a readout.
    public let accuracy: BaseAccuracy?
    /// NeuroBench's metrics.
    public internal(set) var metrics: [(metric: NetworkMetric, value: MetricValue)] = []
    /// Metrics that observed its layers.
    public internal(set) var layerMetrics: [(name: String, value: MetricValue)] = []

    init(accuracy: BaseAccuracy?) { self.accuracy = accuracy }
  }

  /// Those with at least one repeat, in the order they were requested.
  public let learners: [Learner]
  /// Learners that failed and were left out, `learner/ridge`, with the reason.
  public let leftOut: [String: String]
  /// Whether every requested repeat was run, or its learner failed.
  public let isComplete: Bool
  public let words: [Word]
  public let settings: SessionSettings
  public let base: Base
  /// Samples in two dimensions, as the network embeds them; nil where they cannot be drawn.
  public let embedding: EmbeddingMap?

  init(
    learners: [Learner], leftOut: [String: String], isComplete: Bool, words: [Word],
    settings: SessionSettings, base: Base, embedding: EmbeddingMap? = nil
  ) {
    self.learners = learners.filter { !$0.repeats.isEmpty }
    self.leftOut = leftOut
    self.isComplete = isComplete
    self.words = words
    self.settings = settings
    self.base = base
    self.embedding = embedding
  }

  /// Everything that failed, by name, with the reason: learners, then metrics and tests of the others.
  public var failures: [String: String] {
    let ofBase = base.layerMetrics.compactMap { name, value -> (String, String)? in
      if case .failed(let reason) = value { ("metric/\(name)", reason) } else { nil }
    }
    return learners.reduce(into: leftOut.merging(ofBase) { first, _ in first }) { failures, learner in
      failures.merge(learner.failures) { first, _ in first }
    }
  }
}

/// The correct predictions and the samples of each class in one test.
public struct ClassCounts: Sendable, Equatable, Codable {
  /// Correct predictions by class.
  public var correct: [Int]
  /// Samples by class.
  public var total: [Int]

  init(classes: Int) {
    correct = Array(repeating: 0, count: classes)
    total = Array(repeating: 0, count: classes)
  }

  /// The fraction of correct predictions among samples of `classes`; nil when none of them was tested.
  public func accuracy(of classes: some Sequence<Int>) -> Double? {
    var correct = 0
    var total = 0
    for label in classes {
      correct += self.correct[label]
      total += self.total[label]
    }
    return total > 0 ? Double(correct) / Double(total) : nil
  }
}

/// The outcome of one repeat of the protocol with one learner: a test before the first session and one after each.
public struct FewShotRepeat: Sendable, Codable {
  public let sessions: [FewShotSession]
  /// By session, 0 before the first.
  public let counts: [ClassCounts]
  /// What observers measured, by name: one number per session, or one in all.
  public var measures: [String: [Double]] = [:]
  /// Observers that failed, with the reason: their numbers are missing, not 0.
  public var failures: [String: String] = [:]
  /// What was predicted for what after the last session; empty once it is added to that of the learner.
  var confusion = ConfusionCounts()

  /// Accuracy after session i (row) on the classes that came in session j (column), 0 being the base, j ≤ i.
  public var matrix: [[Double]] {
    let new = Set(sessions.flatMap(\.classes))
    let groups = [counts[0].total.indices.filter { !new.contains($0) }] + sessions.map(\.classes)
    return counts.enumerated().map { number, counts in
      groups[...number].map { counts.accuracy(of: $0) ?? 0 }
    }
  }

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
