import Foundation
import Metrics
import Testing

/// Expected values by numpy 2.4 and scipy 1.17.
@Suite struct CurveTests {
  private let values = [
    [0.92, 0.80, 0.71], [0.95, 0.83, 0.69], [0.90, 0.85, 0.75], [0.93, 0.79, 0.70], [0.94, 0.88, 0.66],
  ]

  private func expectClose(
    _ left: [Double], _ right: [Double], _ tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(left.count == right.count, sourceLocation: sourceLocation)
    for (a, b) in zip(left, right) { #expect(abs(a - b) <= tolerance, sourceLocation: sourceLocation) }
  }

  @Test func summarisesSessions() throws {
    let curve = try AccuracyCurve(values)
    #expect(curve.repeats == 5 && curve.sessions == 3)
    let band = curve.band()
    expectClose(band.mid, [0.928, 0.83, 0.702])
    expectClose(band.low, [0.904, 0.792, 0.666])
    expectClose(band.high, [0.948, 0.874, 0.742])
    expectClose(
      curve.averageIncremental,
      [0.81, 0.8233333333333333, 0.8333333333333334, 0.8066666666666666, 0.8266666666666667])
    expectClose([curve.meanOverSessions], [0.82])
    expectClose(try curve.sessions(1...).mean, [0.83, 0.702])
  }

  @Test func interpolatesPercentiles() {
    let list: [Double] = [3, 1, 4, 1, 5, 9, 2, 6]
    let expected = [(0, 1.0), (5, 1.0), (37.5, 2.625), (50, 3.5), (95, 7.95), (100, 9)]
    for (percent, value) in expected { expectClose([Statistics.percentile(percent, of: list)], [value]) }
    expectClose([Statistics.standardDeviation(list)], [2.748376143938713])
    #expect(Statistics.percentile(50, of: []).isNaN)
  }

  @Test func refusesWhatIsNoCurve() {
    #expect(throws: CurveError.empty) { try AccuracyCurve([]) }
    #expect(throws: CurveError.empty) { try AccuracyCurve([[]]) }
    #expect(throws: CurveError.ragged(row: 1, count: 1, expected: 2)) { try AccuracyCurve([[0, 1], [0]]) }
    #expect(throws: CurveError.outOfRange(row: 0, session: 1, value: 97)) { try AccuracyCurve([[0, 97]]) }
    #expect(throws: CurveError.self) { try AccuracyCurve([[.nan]]) }
  }

  @Test func comparesPairs() throws {
    let left = [0.9, 0.85, 0.88, 0.91, 0.86]
    let right = [0.88, 0.86, 0.84, 0.9, 0.83]
    let difference = try PairedDifference(left, right)
    let uncertainty = try #require(difference.uncertainty)
    expectClose([difference.mean], [0.018])
    expectClose([uncertainty.low, uncertainty.high], [0.002, 0.032], 2e-3)
    // The interval excludes 0, but five pairs are never surer than 2 in 2⁵.
    #expect(uncertainty.pValue == 0.0625)
    #expect(try PairedDifference(left, right) == difference)
    let reversed = try #require(try PairedDifference(right, left).uncertainty)
    expectClose([reversed.low, reversed.high], [-uncertainty.high, -uncertainty.low])
    expectClose([reversed.pValue], [uncertainty.pValue])
  }

  @Test(arguments: [(2, 0.5), (3, 0.25), (10, 0.001953125), (40, 2.0 / 10_001)])
  func fewPairsProveLittle(pairs: Int, smallest: Double) throws {
    let left = (0..<pairs).map { 0.9 + 0.001 * Double($0 % 2) }
    #expect(try PairedDifference(left, left.map { _ in 0.1 }).uncertainty?.pValue == smallest)
  }

  @Test func withoutVarianceThereIsNoInterval() throws {
    #expect(try PairedDifference([0.5, 0.5], [0.5, 0.5]).uncertainty == nil)
    // 0.75 − 0.5, 0.3 − 0.05 and 0.9 − 0.65 differ by rounding only.
    let always = try PairedDifference([0.75, 0.3, 0.9], [0.5, 0.05, 0.65])
    #expect(abs(always.mean - 0.25) < 1e-12 && always.uncertainty == nil)
  }

  /// Samples of two normal distributions: the bootstrap's interval agrees with Student's, which is exact there.
  @Test func agreesWithStudentForNormalDifferences() throws {
    // 40 quantiles of a normal distribution, mean 0.3, standard deviation 1.
    let left = (0..<40).map { 0.3 + normalQuantile((Double($0) + 0.5) / 40) }
    let uncertainty = try #require(try PairedDifference(left, left.map { _ in 0 }).uncertainty)
    let error = Statistics.standardDeviation(left) / 40.0.squareRoot()
    expectClose([uncertainty.low, uncertainty.high], [0.3 - 1.96 * error, 0.3 + 1.96 * error], 0.1 * error)
    // P(|z| > 0.3 / error)
    #expect(abs(uncertainty.pValue - erfc(0.3 / error / 2.0.squareRoot())) < 0.02)
  }

  /// The inverse of the normal distribution, by bisection.
  private func normalQuantile(_ probability: Double) -> Double {
    var low = -8.0
    var high = 8.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
