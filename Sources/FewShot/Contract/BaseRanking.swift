/// Detects whether a learner still ranks the base classes as it did before the first session.
///
/// Scores may be shifted, scaled or put through a softmax from session to session; the order of the base classes'
/// scores of one sample stays the same as long as what was learned of the base does not change.
///
/// Two classes have swapped when both scores differ by more than the rounding of these two, whatever the other scores
/// are. A swap that is small beside all of the sample's scores may come from rounding of larger numbers that cancelled,
/// and so may a new best class, however close: such swaps are violations when they are in more than one sample in 50.
struct BaseRanking {
  private let classes: [Int]
  /// The base classes' scores before session 1, by the probed sample's position in the base test.
  private var first: [Int: [Float]] = [:]
  /// The small swaps of the session's test that is being compared.
  private var smallSwaps = 0
  private var session = 0

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
  struct Swap: Equatable {
    let ahead: Int
    let behind: Int
    /// Whether rounding of the sample's largest scores could explain it.
    var isSmall = false
  }

  /// Whether the sample at `position` of the base test is one of those that are compared.
  func compares(_ position: Int) -> Bool { first[position] != nil }

  /// Compares the scores of all classes for the sample at `position` of the base test with its first ones, which are
  /// stored; returns a swap when it is a violation.
  mutating func compare(_ scores: ArraySlice<Float>, position: Int, session: Int) -> Swap? {
    guard let before = first[position] else { return nil }
    if session != self.session {
      self.session = session
      smallSwaps = 0
    }
    let now = classes.map { scores[scores.startIndex + $0] }
    guard !before.isEmpty else {
      first[position] = now
      return nil
    }
    guard let swap = Self.swap(from: before, to: now) else { return nil }
    if swap.isSmall {
      smallSwaps += 1
      guard smallSwaps > 1 + first.count / 50 else { return nil }
    }
    return Swap(ahead: classes[swap.ahead], behind: classes[swap.behind], isSmall: swap.isSmall)
  }

  /// The first pair whose order has changed, as indices of the lists; a small one only where there is no other.
  static func swap(from before: [Float], to now: [Float]) -> Swap? {
    guard before != now else { return nil }
    let order = before.indices.sorted { before[$0] > before[$1] }
    let slackBefore = rangeSlack(before)
    let slackNow = rangeSlack(now)
    var small: Swap?
    // From the worst class up: `best` is, of those that were clearly worse, the one that is best now.
    var worse = order.count
    var best = Int?.none
    for ahead in order.reversed() {
      while worse > 0, isLess(before[order[worse - 1]], before[ahead]) {
        worse -= 1
        if best.map({ now[order[worse]] > now[$0] }) ?? true { best = order[worse] }
      }
      guard let best, isLess(now[ahead], now[best]) else { continue }
      if now[best] - now[ahead] > slackNow, before[ahead] - before[best] > slackBefore {
        return Swap(ahead: ahead, behind: best)
      }
      small = small ?? Swap(ahead: ahead, behind: best, isSmall: true)
    }
    if small == nil, let top = order.first, let best = now.indices.max(by: { now[$0] < now[$1] }),
      now[best] > now[top], before[top] > before[best]
    {
      small = Swap(ahead: top, behind: best, isSmall: true)
    }
    return small
  }

  /// Whether `low` is below `high` by more than the rounding of these two scores.
  private static func isLess(_ low: Float, _ high: Float) -> Bool {
    guard low < high else { return false }
    guard low.isFinite, high.isFinite else { return true }
    return high - low > 1e-5 * max(abs(low), abs(high))
  }

  /// What rounding of a sample's largest scores can amount to.
  private static func rangeSlack(_ scores: [Float]) -> Float {
    let finite = scores.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0 }
    return 1e-4 * (high - low) + 1e-6 * max(abs(low), abs(high))
  }
}
