import Support
import Tensors

/// Checks that a sample's scores depend on what the learner has learned and on this sample alone.
///
/// Some samples of every session's test are scored twice more, together: by the same learner, beside other samples than
/// before, and, in some repeats, by a second learner that was taught the same and has scored nothing else. A learner
/// that recognises samples, counts them, collects statistics of a test or compares the samples of a batch gives other
/// scores there, wherever it keeps what it knows. Which samples these are, and in which repeats there is always a
/// second learner, is drawn from all embeddings, which no learner ever sees together.
final class ScoringPurity {
  /// Samples with the scores that counted.
  private struct Probe {
    let features: Tensor
    let scores: [Float]
  }

  private let classes: Int
  private var random: RandomStream
  /// By session.
  private var probes: [[Probe]] = []
  /// The calls of the current session whose samples were candidates.
  private var calls = 0
  private var compared = 0
  private var otherPredictions = 0

  /// Samples of one call, and calls of one session: 64 samples together.
  private static let samplesOfCall = 8
  private static let callsOfSession = 8
  /// What a score may differ by, relative to the largest of the sample's finite scores.
  private static let tolerance: Float = 1e-3

  init(classes: Int, seed: UInt64, repeat index: Int, purpose: String) {
    self.classes = classes
    random = RandomStream(seed: seed, purpose: "purity \(purpose)", index: UInt64(index))
  }

  /// Whether a second learner is always taught in a repeat, of `count`: in one of each 20, the last of which may be
  /// fewer. There are more as long as they are cheap (``PurityBudget``).
  static func comparesTwin(repeat index: Int, of count: Int, seed: UInt64) -> Bool {
    let group = index / 20
    var random = RandomStream(seed: seed, purpose: "repeats of second learners", index: UInt64(group))
    return index - group * 20 == random.below(min(20, count - group * 20))
  }

  /// Adds a few samples of a call of a session's test, `count` of them, whose features are returned by `features`.
  func note(
    _ scores: ValidatedLearner.Scores, count: Int, session: Int, features: (_ rows: [Int]) throws -> Tensor
  ) throws {
    while probes.count <= session {
      probes.append([])
      calls = 0
    }
    calls += 1
    // A random choice of all calls so far, each as likely as the others.
    let slot = probes[session].count < Self.callsOfSession ? probes[session].count : random.below(calls)
    guard slot < Self.callsOfSession, count > 0 else { return }
    let isOnly = probes[session].isEmpty
    // None that was first in its call: whichever of them is first the next time is then another one.
    let rows = (0..<min(count, isOnly ? Self.samplesOfCall * 4 : Self.samplesOfCall)).map { _ in
      count == 1 ? 0 : 1 + random.below(count - 1)
    }
    let probe = Probe(features: try features(rows), scores: try scores.values(rows))
    if slot == probes[session].count { probes[session].append(probe) } else { probes[session][slot] = probe }
  }

  /// What the samples of a session's test are scored with the second time.
  enum Company {
    case otherSamples
    case secondLearner

    fileprivate var words: String {
      switch self {
      case .otherSamples: "when it is scored together with other samples"
      case .secondLearner:
        "by a second learner that was taught the same and has scored none of the other samples"
      }
    }
  }

  /// Scores the chosen samples of a session's test by `learner` and compares.
  ///
  /// - Throws: the learner's violation when they are not the same but for rounding, and what it throws.
  func check(_ learner: ValidatedLearner, seen: SeenClasses, session: Int, _ company: Company) throws {
    guard probes.indices.contains(session), !probes[session].isEmpty else { return }
    let features = try Concatenation(0).apply(probes[session].map(\.features))
    let first = probes[session].flatMap(\.scores)
    // Not all of them: in a small test they could be as many as before.
    let count = features.shape[0]
    let order = ordered(random.permutation(count), count: max(1, count - 1 - count / 8), by: first)
    let again = try learner.scores(features.selectingRows(order), seen: seen, session: session)
      .values(Array(order.indices))
    for (position, row) in order.enumerated() {
      let before = first[row * classes..<(row + 1) * classes]
      let now = again[position * classes..<(position + 1) * classes]
      if let index = Self.difference(before, now) {
        throw learner.impurity(
          "in session \(session), scores gives \(before[before.startIndex + index]) for class \(index + 1) and a "
            + "sample of the test, and \(now[now.startIndex + index]) \(company.words)")
      }
      compared += 1
      if Self.best(before) != Self.best(now) { otherPredictions += 1 }
    }
    // Scores of one sample could be so close that all of their differences pass for rounding.
    guard otherPredictions > 1 + compared / 50 else { return }
    throw learner.impurity(
      "of \(compared) samples of the test, \(otherPredictions) have another best class \(company.words)")
  }

  /// `count` samples of a permutation, first the one with the largest scores: a learner that takes the scores of the
  /// first sample of a batch from all others then gives it 0, whichever was first before.
  private func ordered(_ permutation: [Int], count: Int, by scores: [Float]) -> [Int] {
    func size(_ row: Int) -> Float { Self.largest(scores[row * classes..<(row + 1) * classes]) }
    guard let first = permutation.max(by: { size($0) < size($1) }) else { return [] }
    return [first] + permutation.filter { $0 != first }.prefix(count - 1)
  }

  /// The largest magnitude of the finite scores.
  private static func largest(_ scores: ArraySlice<Float>) -> Float {
    scores.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
  }

  /// The first class whose scores differ by more than rounding.
  static func difference(_ before: ArraySlice<Float>, _ now: ArraySlice<Float>) -> Int? {
    let largest = Self.largest(before)
    return zip(before, now).enumerated().first { _, pair in
      pair.0.isFinite && pair.1.isFinite ? abs(pair.0 - pair.1) > tolerance * largest : pair.0 != pair.1
    }?.offset
  }

  private static func best(_ scores: ArraySlice<Float>) -> Int? {
    scores.indices.max { scores[$0] < scores[$1] }.map { $0 - scores.startIndex }
  }
}
