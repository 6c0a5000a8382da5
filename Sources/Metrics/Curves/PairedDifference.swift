import Support
import Tensors

/// The difference of two learners on the same repeats, with its uncertainty by the paired bootstrap.
///
/// Repeats are paired, since both learners saw the same sessions and samples; that removes most of the variance. The
/// differences are drawn again with replacement ``resamples`` times. The interval is the range of percentiles of the
/// resampled means, and the p-value is the level at which the interval would just touch 0, so one excludes "no
/// difference" when the other does; with fewer than six pairs, which prove little, it is larger. The draws come from a
/// fixed random stream: the same values always give the same results.
///
/// Source: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), sections 13.3 (percentile interval) and
/// 15.4 (the achieved significance level and intervals).
public struct PairedDifference: Sendable, Hashable, Codable {
  /// The range of plausible mean differences, and the probability of "no difference".
  public struct Uncertainty: Sendable, Hashable, Codable {
    /// The interval's ends, in the unit of the values.
    public let low: Double
    public let high: Double
    /// Two-sided, from 2 / (``PairedDifference/resamples`` + 1), and from 2 / 2ⁿ with n pairs, to 1.
    public let pValue: Double
  }

  /// The number of resamples: the ends of a 95 % interval vary by about 1 % of its width.
  public static let resamples = 10_000

  /// The mean of left − right, in the unit of the values.
  public let mean: Double
  /// Nil when all differences are equal (up to float32's precision): without variance there is nothing to resample.
  public let uncertainty: Uncertainty?
  /// The number of pairs.
  public let pairs: Int

  /// - Parameters:
  ///   - left: the values of one learner, one per repeat.
  ///   - right: the values of the other learner on the same repeats.
  ///   - level: the interval's confidence, between 0 and 1.
  /// - Throws: ``CurveError`` unless the lists are equally long and have two values or more, all differences are
  ///   finite, and the level is between 0 and 1.
  public init(_ left: [Double], _ right: [Double], level: Double = 0.95) throws(CurveError) {
    guard left.count == right.count, left.count > 1 else { throw .unpaired(left.count, right.count) }
    guard level > 0, level < 1 else { throw .badLevel(level) }
    let differences = zip(left, right).map { $0 - $1 }
    if let pair = differences.firstIndex(where: { !$0.isFinite }) { throw .notFinite(pair: pair) }
    mean = Statistics.mean(differences)
    pairs = differences.count
    let spread = (differences.max() ?? 0) - (differences.min() ?? 0)
    let size = (left + right).lazy.map(abs).max() ?? 0
    // Equal up to the precision of float32, in which scripts hold accuracies.
    guard spread > 5e-7 * size else {
      uncertainty = nil
      return
    }
    let means = Self.resampledMeans(differences)
    let tail = (1 - level) / 2 * 100
    uncertainty = Uncertainty(
      low: Statistics.percentile(tail, of: means), high: Statistics.percentile(100 - tail, of: means),
      pValue: max(Self.pValue(means), Self.smallestPValue(pairs)))
  }

  /// The smallest p-value of the exact test that exchanges the two learners in some of the repeats, of which there are
  /// 2ⁿ ways: resampling two or three differences of one sign never crosses 0, and proves as little.
  ///
  /// Source: Efron and Tibshirani (1993), section 15.2.
  private static func smallestPValue(_ pairs: Int) -> Double { pairs < 60 ? 2 / Double(1 << pairs) : 0 }

  /// The means of all resamples; of fewer after an interruption, which `Interruption.cuts` counts.
  private static func resampledMeans(_ differences: [Double]) -> [Double] {
    var random = RandomStream(seed: 0, purpose: "paired bootstrap")
    var watch = Interruption.Watch()
    let count = differences.count
    var means: [Double] = []
    means.reserveCapacity(resamples)
    while means.count < resamples {
      var sum = 0.0
      for start in stride(from: 0, to: count, by: drawsBetweenChecks) {
        let draws = min(drawsBetweenChecks, count - start)
        for _ in 0..<draws { sum += differences[random.below(count)] }
        if watch.isDue(after: draws * operationsOfDraw) {
          return means.isEmpty ? [sum / Double(count)] : means
        }
      }
      means.append(sum / Double(count))
    }
    return means
  }

  private static let drawsBetweenChecks = 1 << 16
  /// A random place in memory takes as long as so many operations.
  private static let operationsOfDraw = 16

  /// Twice the smaller fraction of means on one side of 0. The observed sample counts as one of the resamples, so that
  /// the value is never 0 (Davison and Hinkley, *Bootstrap Methods and their Application* (1997), equation 4.11).
  private static func pValue(_ means: [Double]) -> Double {
    let smaller = min(means.count { $0 <= 0 }, means.count { $0 >= 0 })
    return min(2 * Double(smaller + 1) / Double(means.count + 1), 1)
  }
}
