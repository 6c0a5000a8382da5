import Datasets
import Foundation
import TestSupport
import Testing

/// The Mackey–Glass series against jitcdde's, and against the series in NeuroBench's `esn.pth`.
@Suite struct MackeyGlassTests {
  private struct Reference: Decodable {
    struct Series: Decodable {
      let tau: Double
      let past: Double
      let interval: Double
      let values: [Double]

      func differences(from other: [Double]) -> [Double] { zip(values, other).map { abs($0 - $1) } }

      func computed(tolerance: Double) throws -> [Double] {
        try MackeyGlass(delay: tau, past: past).values(values.count, interval: interval, tolerance: tolerance)
      }
    }
    let tight: [Series]
    let `default`: Series
    let neurobench: Series
  }

  private let reference: Reference

  init() throws {
    let file = Fixtures.path("series/mackey_glass.json")
    reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
  }

  @Test func isThatOfJitcddeOverFiveLyapunovTimes() throws {
    for series in reference.tight {
      let differences = series.differences(from: try series.computed(tolerance: 1e-10))
      // The two differ by rounding, which five Lyapunov times multiply by 150.
      #expect((differences.max() ?? 1) < 1e-8, "τ \(series.tau)")
    }
  }

  /// At jitcdde's default tolerance its series is wrong by 8e-5 after one Lyapunov time; ours errs nearly alike, since the
  /// steps adapt by the same rule.
  @Test func errsAsJitcddeDoes() throws {
    let ours = try reference.default.computed(tolerance: 1e-5)
    #expect((reference.default.differences(from: ours).max() ?? 1) < 2e-5)
    #expect((reference.tight[0].differences(from: ours).max() ?? 1) < 1e-4)
  }

  /// NeuroBench's own series was computed with a tolerance of 1e-5, and leaves the exact one by e in a Lyapunov time.
  @Test func isThatOfNeuroBenchForEightLyapunovTimes() throws {
    let differences = reference.neurobench.differences(
      from: try reference.neurobench.computed(tolerance: 1e-10))
    #expect((differences.prefix(75).max() ?? 1) < 1e-5)
    #expect((differences.prefix(500).max() ?? 1) < 1e-4)
    #expect((differences.prefix(600).max() ?? 1) < 1e-3)
  }

  @Test func pointsAreSkippedWhereverTheyLie() throws {
    let equation = MackeyGlass(delay: 17, past: 0.72)
    let all = try equation.values(60, interval: 2.5)
    #expect(try equation.values(20, interval: 2.5, skipping: 40) == Array(all[40...]))
    #expect(try equation.values(1, interval: 2, skipping: 2.5) == [all[2]])
  }

  @Test func aConstantStaysWhereGrowthAndDecayAreEqual() throws {
    // β / (1 + 1) = γ at the value 1.
    let values = try MackeyGlass(delay: 20, past: 1).values(100, interval: 3)
    #expect(values.allSatisfy { abs($0 - 1) < 1e-9 })
  }

  @Test func aSeriesThatTakesTooLongIsRefused() {
    #expect(throws: SeriesError.tooLong(time: 1_000_017, maximum: 1e6)) {
      try MackeyGlass(delay: 17, past: 1).values(1000, interval: 1000)
    }
  }
}
