/// Two learners on the same repeats: the mean difference and how sure it is.
///
/// Repeats are paired, since both learners saw the same sessions and samples; that removes most of the
/// scatter. The interval is Student's: `d̄ ± t_{(1+level)/2, n−1} · s_d / √n`.
public struct PairedDifference: Sendable, Hashable, Codable {
  /// The mean of left − right, in the unit of the values.
  public let mean: Double
  /// The interval's ends.
  public let low: Double
  public let high: Double
  /// The two-sided p-value of "no difference"; 1 when all differences are 0, and 0 when they are all the same and
  /// not 0, which has no scatter to compare with.
  public let pValue: Double
  /// How many pairs.
  public let pairs: Int

  /// - Parameter level: the interval's confidence, between 0 and 1.
  /// - Throws: ``CurveError`` unless the lists are equally long and have two values or more (one pair has no
  ///   scatter), all differences are finite, and the level is between 0 and 1.
  public init(_ left: [Double], _ right: [Double], level: Double = 0.95) throws(CurveError) {
    guard left.count == right.count, left.count > 1 else { throw .unpaired(left.count, right.count) }
    guard level > 0, level < 1 else { throw .badLevel(level) }
    let differences = zip(left, right).map { $0 - $1 }
    if let pair = differences.firstIndex(where: { !$0.isFinite }) { throw .notFinite(pair: pair) }
    let freedom = Double(differences.count - 1)
    let error = Statistics.standardDeviation(differences) / Double(differences.count).squareRoot()
    let reach = StudentT.quantile((1 + level) / 2, freedom: freedom) * error
    mean = Statistics.mean(differences)
    low = mean - reach
    high = mean + reach
    pairs = differences.count
    let statistic = error > 0 ? abs(mean) / error : mean == 0 ? 0 : .infinity
    // The lower tail, which is exact where 1 − the upper one would be 0.
    pValue = statistic == 0 ? 1 : 2 * StudentT.cumulative(-statistic, freedom: freedom)
  }
}
