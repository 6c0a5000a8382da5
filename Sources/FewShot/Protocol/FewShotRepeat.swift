/// How many samples of each class were right in one test, and how many there were.
public struct ClassCounts: Sendable, Equatable {
  public var right: [Int]
  public var total: [Int]

  init(classes: Int) {
    right = Array(repeating: 0, count: classes)
    total = Array(repeating: 0, count: classes)
  }

  /// The share that is right among `classes`; nil when none of them was tested.
  public func accuracy(of classes: some Sequence<Int>) -> Double? {
    var right = 0
    var total = 0
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
