/// Whether a learner still ranks the base classes as it did before the first session.
///
/// Scores may be shifted, scaled or put through a softmax from session to session; the order of the base classes'
/// scores of one sample stays the same as long as what was learned of the base is left alone. Two classes have
/// changed places only when both scores differ by more than rounding: 1/10,000 of the range of the sample's scores.
struct BaseRanking {
  /// The base classes, and of each probed sample (by its place in the base test) their scores before session 1.
  private let classes: [Int]
  private var first: [Int: [Float]] = [:]

  /// Samples that are looked at; enough that a change of the base shows, few enough to cost nothing.
  private static let most = 256

  /// - Parameters:
  ///   - classes: the base classes.
  ///   - order: the samples of the base test in a random order.
  init(classes: [Int], order: some Sequence<Int>) {
    self.classes = classes
    for place in order.prefix(Self.most) { first[place] = [] }
  }

  /// Two base classes that have changed places; the one that was ahead before is `ahead`.
  struct Turn {
    let ahead: Int
    let behind: Int
  }

  /// Compares the scores of one sample of the base test, or keeps them when they are its first.
  ///
  /// - Parameter scores: of all classes.
  mutating func look(at scores: ArraySlice<Float>, place: Int) -> Turn? {
    guard let before = first[place] else { return nil }
    let now = classes.map { scores[scores.startIndex + $0] }
    guard !before.isEmpty else {
      first[place] = now
      return nil
    }
    return Self.turn(from: before, to: now).map {
      Turn(ahead: classes[$0.ahead], behind: classes[$0.behind])
    }
  }

  /// The first pair whose order is the other one now, by positions in the lists.
  static func turn(from before: [Float], to now: [Float]) -> Turn? {
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
      if let best, now[best] - now[ahead] > slackNow { return Turn(ahead: ahead, behind: best) }
    }
    return nil
  }

  private static func slack(_ scores: [Float]) -> Float {
    let finite = scores.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0 }
    return 1e-4 * (high - low) + 1e-6 * max(abs(low), abs(high))
  }
}
