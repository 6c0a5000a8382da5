import Metrics
import Testing

/// A matrix with what was computed from it by hand.
struct SessionCase: Sendable, CustomTestStringConvertible {
  let name: String
  let rows: [[Double]]
  let averages: [Double]
  let backward: Double
  let forgetting: Double
  let harmonic: [Double]
  var testDescription: String { name }
}

@Suite struct SessionAccuraciesTests {
  static let cases = [
    SessionCase(
      name: "base classes only", rows: [[0.9]], averages: [0.9], backward: 0, forgetting: 0, harmonic: []),
    SessionCase(
      name: "nothing is forgotten", rows: [[0.5], [0.5, 1]], averages: [0.5, 0.75], backward: 0,
      forgetting: 0, harmonic: [2.0 / 3]),
    // Backward: ((0.6 − 0.8) + (0.9 − 0.7)) / 2. Forgetting: the best of group 0 is 0.9, after session 1.
    SessionCase(
      name: "one is lost, one gained", rows: [[0.8], [0.9, 0.7], [0.6, 0.9, 0.3]],
      averages: [0.8, 0.8, 0.6], backward: 0, forgetting: (0.3 - 0.2) / 2,
      harmonic: [2 * 0.9 * 0.7 / 1.6, 0.6]),
    SessionCase(
      name: "everything is forgotten", rows: [[1], [0, 1], [0, 0, 1]], averages: [1, 0.5, 1.0 / 3],
      backward: -1, forgetting: 1, harmonic: [0, 0]),
    SessionCase(
      name: "entries above the diagonal have no effect", rows: [[0.5, .nan], [0.25, 0.75]],
      averages: [0.5, 0.5], backward: -0.25, forgetting: 0.25, harmonic: [0.375]),
  ]

  private func expectClose(
    _ left: [Double], _ right: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(left.count == right.count, sourceLocation: sourceLocation)
    for (a, b) in zip(left, right) { #expect(abs(a - b) <= 1e-12, sourceLocation: sourceLocation) }
  }

  @Test(arguments: cases) func sumsUp(_ c: SessionCase) throws {
    let matrix = try SessionAccuracies(c.rows)
    #expect(matrix.sessions == c.rows.count)
    expectClose(matrix.averages, c.averages)
    expectClose([matrix.averageIncremental], [c.averages.reduce(0, +) / Double(c.averages.count)])
    expectClose([matrix.backwardTransfer, matrix.forgetting], [c.backward, c.forgetting])
    expectClose(matrix.harmonicMeans, c.harmonic)
  }

  @Test func measuresForwardTransfer() throws {
    let matrix = try SessionAccuracies([[0.8, 0.3], [0.9, 0.7, 0.1], [0.6, 0.9, 0.3]])
    // ((0.3 − 0.1) + (0.1 − 0.2)) / 2; the untrained accuracy of session 0 has no effect.
    expectClose([try matrix.forwardTransfer(untrained: [.nan, 0.1, 0.2])], [0.05])
    #expect(try SessionAccuracies([[0.9]]).forwardTransfer(untrained: [0.1]) == 0)
    #expect(throws: CurveError.untrained(count: 2, sessions: 3)) {
      try matrix.forwardTransfer(untrained: [0, 0])
    }
    #expect(throws: CurveError.notAFraction(what: "untrained", session: 2, value: 7)) {
      try matrix.forwardTransfer(untrained: [0, 0, 7])
    }
    for rows in [[[0.8], [0.9, 0.7]], [[0.8, .nan], [0.9, 0.7]]] {
      #expect(throws: CurveError.notMeasured(row: 0, group: 1)) {
        try SessionAccuracies(rows).forwardTransfer(untrained: [0, 0])
      }
    }
  }

  @Test func refusesWhatIsNoMatrix() {
    #expect(throws: CurveError.empty) { try SessionAccuracies([]) }
    #expect(throws: CurveError.badRow(row: 0, count: 0, sessions: 1)) { try SessionAccuracies([[]]) }
    #expect(throws: CurveError.badRow(row: 1, count: 1, sessions: 2)) { try SessionAccuracies([[1], [1]]) }
    #expect(throws: CurveError.badRow(row: 0, count: 2, sessions: 1)) { try SessionAccuracies([[1, 1]]) }
    #expect(throws: CurveError.badAccuracy(row: 1, group: 0, value: 97)) {
      try SessionAccuracies([[1], [97, 1]])
    }
    #expect(throws: CurveError.badAccuracy(row: 0, group: 1, value: 2)) {
      try SessionAccuracies([[1, 2], [1, 1]])
    }
    let error = #expect(throws: CurveError.self) { try SessionAccuracies([[1], [1, .nan]]) }
    #expect(error?.description.contains("after session 1 on the classes of session 1") == true)
  }

  @Test func measuresTheAreaUnderACurve() throws {
    // (0.9 + 0.7)/2 and (0.7 + 0.3)/2, over two steps.
    let curve = try AccuracyCurve([[0.9, 0.7, 0.3], [0.5, 0.5, 0.5]])
    expectClose(curve.areaUnderCurve, [0.65, 0.5])
    expectClose(try AccuracyCurve([[0.4]]).areaUnderCurve, [0.4])
  }

  @Test func refusesWhatIsNotPaired() throws {
    // Far apart: the p-value is small, not 0.
    let left = (0..<20).map { 0.9 + 0.001 * Double($0 % 3) }
    let far = try PairedDifference(left, left.indices.map { 0.1 + 0.001 * Double($0 % 2) })
    #expect(far.uncertainty?.pValue == 2 / Double(PairedDifference.resamples + 1))
    #expect(throws: CurveError.unpaired(1, 1)) { try PairedDifference([1], [0]) }
    #expect(throws: CurveError.unpaired(0, 0)) { try PairedDifference([], []) }
    #expect(throws: CurveError.unpaired(2, 3)) { try PairedDifference([1, 1], [0, 0, 0]) }
    #expect(throws: CurveError.notFinite(pair: 1)) { try PairedDifference([1, .nan], [0, 0]) }
    #expect(throws: CurveError.badLevel(95)) { try PairedDifference([1, 0], [0, 0], level: 95) }
    #expect(throws: CurveError.badLevel(1)) { try PairedDifference([1, 0], [0, 0], level: 1) }
  }
}
