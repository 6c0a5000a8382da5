/// How long the runs of something took, in seconds.
///
/// Percentiles lie between the two nearest ranks: `rank = p/100 · (n − 1)` of the sorted times, from 0, with linear
/// interpolation (`numpy.percentile`'s default; Hyndman and Fan 1996, type 7). So the 99th of fewer than 100 runs lies
/// between the two slowest.
public struct LatencyReport: Sendable, Hashable, Codable {
  /// How many runs.
  public let runs: Int
  public let mean: Double
  public let median: Double
  public let percentile95: Double
  public let percentile99: Double
  public let fastest: Double
  public let slowest: Double
  /// With divisor n − 1; nil for one run.
  public let standardDeviation: Double?

  /// - Throws: ``MeasurementError`` for no times, and for one that is negative or not finite.
  public init(seconds: [Double]) throws(MeasurementError) {
    guard let first = seconds.first else { throw .noRuns }
    if let run = seconds.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
      throw .badTime(run: run, seconds: seconds[run])
    }
    let sorted = seconds.sorted()
    runs = sorted.count
    mean = Statistics.mean(sorted)
    median = Statistics.percentile(50, of: sorted)
    percentile95 = Statistics.percentile(95, of: sorted)
    percentile99 = Statistics.percentile(99, of: sorted)
    fastest = sorted.first ?? first
    slowest = sorted.last ?? first
    standardDeviation = runs > 1 ? Statistics.standardDeviation(sorted) : nil
  }
}
