/// Detects whether a learner still ranks the base classes as it did before the first session.
///
/// Scores may be shifted, scaled or put through a softmax from session to session; the order of the base classes'
/// scores of one sample stays the same as long as what was learned of the base does not change. Two classes have
/// swapped only when both scores differ by more than rounding: 1/10,000 of the range of the sample's scores.
struct BaseRanking {
  private let classes: [Int]
  /// The base classes' scores before session 1, by the probed sample's position in the base test.
  private var first: [Int: [Float]] = [:]

  /// The number of probed samples: enough to detect a change of the base, few enough to cost nothing.
  private static let maxSamples = 256

  /// - Parameters:
  ///   - classes: the base classes.
  ///   - order: the samples of the base test in a random order.
  init(classes: [Int], order: some Sequence<Int>) {
    self.classes = classes
    for position in order.prefix(Self.maxSamples) { first[position] = [] }
  }

  /// Two base classes that have changed their order; the one that was ahead before is `ahead`.
  struct Swap {
    let ahead: Int
    let behind: Int
  }

  /// Compares the scores of all classes for the sample at `position` of the base test with its first ones, which are
  /// stored.
  mutating func compare(_ scores: ArraySlice<Float>, position: Int) -> Swap? {
    guard let before = first[position] else { return nil }
    let now = classes.map { scores[scores.startIndex + $0] }
    guard !before.isEmpty else {
      first[position] = now
      return nil
    }
    return Self.swap(from: before, to: now).map {
      Swap(ahead: classes[$0.ahead], behind: classes[$0.behind])
    }
  }

  /// The first pair whose order has changed, as indices of the lists.
  static func swap(from before: [Float], to now: [Float]) -> Swap? {
    guard before != now else { return nil }
    let order = before.indices.sorted { before[$0] > before[$1] }
    let slackBefore = slack(before)
    let slackNow = slack(now)
    // From the worst class up: `best` is, of those that were clearly worse, the one that is best now.
    var worse = order.count
    var best = Int?.none
    for ahead in order.reversed() {
      while worse > 0, before[order[worse - 1]] < before[ahead] - slackBefore {
        worse -= 1
        if best.map({ now[order[worse]] > now[$0] }) ?? true { best = order[worse] }
      }
      if let best, now[best] - now[ahead] > slackNow { return Swap(ahead: ahead, behind: best) }
    }
    return nil
  }

  private static func slack(_ scores: [Float]) -> Float {
    let finite = scores.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0 }
    return 1e-4 * (high - low) + 1e-6 * max(abs(low), abs(high))
  }
}
