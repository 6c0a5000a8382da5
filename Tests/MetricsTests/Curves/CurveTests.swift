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
    let difference = try PairedDifference([0.9, 0.85, 0.88, 0.91, 0.86], [0.88, 0.86, 0.84, 0.9, 0.83])
    expectClose(
      [difference.mean, difference.low, difference.high, difference.pValue],
      [0.018, -0.005883883880999807, 0.04188388388099984, 0.10453999977837544], 1e-11)
    let same = try PairedDifference([0.5, 0.5], [0.5, 0.5])
    #expect(same.low == 0 && same.high == 0 && same.pValue == 1)
    #expect(throws: CurveError.unpaired(1, 1)) { try PairedDifference([1], [1]) }
  }

  @Test(arguments: [
    (0.975, 1, 12.706204736174694), (0.975, 4, 2.7764451051977934), (0.975, 19, 2.0930240544083087),
    (0.95, 99, 1.6603911560169906), (0.9995, 3, 12.923978636687961), (0.2, 7, -0.8960296443137649),
  ]) func knowsStudentsT(_ probability: Double, _ freedom: Double, _ expected: Double) {
    expectClose([StudentT.quantile(probability, freedom: freedom)], [expected], 1e-9)
  }
}
