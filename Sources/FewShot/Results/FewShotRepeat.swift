/// The correct predictions and the samples of each class in one test.
public struct ClassCounts: Sendable, Equatable {
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
public struct FewShotRepeat: Sendable {
  public let sessions: [FewShotSession]
  /// By session, 0 before the first.
  public let counts: [ClassCounts]
  /// What observers measured, by name: one number per session, or one in all.
  public var measures: [String: [Double]] = [:]
  /// Observers that failed, with the reason: their numbers are missing, not 0.
  public var failures: [String: String] = [:]

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
