import Support

/// Times runs of a piece of work, one by one.
public struct Stopwatch: Sendable, Hashable {
  /// The largest number of timed runs, whose times take 8 MB.
  public static let maxRuns = 1_000_000

  /// Runs before the clock counts, which fill caches and pools.
  public let warmUp: Int
  /// The largest number of timed runs; nil: ``maxRuns``.
  public let runs: Int?
  /// After this time no further run is started; warm-up does not count.
  public let budget: Duration?

  /// The measurement ends when `runs` or `budget` is reached; one run is always timed.
  ///
  /// - Throws: ``MeasurementError/badOption(name:value:expected:)`` for a negative warm-up, no runs or more than
  ///   ``maxRuns``, a budget of 0, and neither runs nor budget.
  public init(warmUp: Int = 3, runs: Int? = 50, budget: Duration? = nil) throws(MeasurementError) {
    guard warmUp >= 0 else {
      throw .badOption(name: "the number of warm-up runs", value: "\(warmUp)", expected: "0 or more")
    }
    if let runs, !(1...Self.maxRuns).contains(runs) {
      throw .badOption(name: "the number of runs", value: "\(runs)", expected: "1 to \(Self.maxRuns)")
    }
    if let budget, budget <= .zero {
      throw .badOption(name: "the time for all runs", value: "\(budget)", expected: "more than 0 s")
    }
    guard runs != nil || budget != nil else {
      throw .badOption(
        name: "the end of the measurement", value: "not given", expected: "a number of runs or a time")
    }
    self.warmUp = warmUp
    self.runs = runs
    self.budget = budget
  }

  /// The times of the timed runs, in seconds.
  ///
  /// - Throws: the errors of `work`, and an interruption.
  public func seconds(of work: () throws -> Void) throws -> [Double] {
    try seconds(clock: ContinuousClock(), of: work)
  }

  /// The same by another clock.
  ///
  /// - Throws: the errors of `work`, and an interruption.
  public func seconds<C: Clock>(
    clock: C, of work: () throws -> Void
  ) throws -> [Double] where C.Duration == Duration {
    for _ in 0..<warmUp {
      try Interruption.check("the warm-up of a measurement")
      try work()
    }
    var seconds: [Double] = []
    let start = clock.now
    while seconds.count < runs ?? Self.maxRuns {
      try Interruption.check("a measurement")
      let before = clock.now
      if !seconds.isEmpty, let budget, start.duration(to: before) >= budget { break }
      try work()
      seconds.append(before.duration(to: clock.now) / .seconds(1))
    }
    return seconds
  }

  /// A summary of the times of the timed runs.
  ///
  /// - Throws: the errors of `work`, and an interruption.
  public func measure(_ work: () throws -> Void) throws -> LatencyReport {
    try LatencyReport(seconds: seconds(of: work))
  }

  /// The same by another clock.
  ///
  /// - Throws: the errors of `work`, and an interruption.
  public func measure<C: Clock>(
    clock: C, _ work: () throws -> Void
  ) throws -> LatencyReport where C.Duration == Duration {
    try LatencyReport(seconds: seconds(clock: clock, of: work))
  }
}

/// A summary of the times of several runs, in seconds.
///
/// Percentiles lie between the two nearest ranks: `rank = p/100 · (n − 1)` of the sorted times, from 0, with linear
/// interpolation (`numpy.percentile`'s default; Hyndman and Fan 1996, type 7). So the 99th of fewer than 100 runs lies
/// between the two slowest.
public struct LatencyReport: Sendable, Hashable, Codable {
  /// The number of runs.
  public let runs: Int
  public let mean: Double
  public let median: Double
  public let percentile95: Double
  public let percentile99: Double
  public let fastest: Double
  public let slowest: Double
  /// With divisor n − 1; nil for one run.
  public let standardDeviation: Double?

  /// - Throws: ``MeasurementError`` without times, and for a time that is negative or not finite.
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

/// The number of samples per second, by batch size.
public struct Throughput: Sendable, Hashable, Codable {
  /// Samples in a run.
  public let batch: Int
  /// Of one run, the whole batch.
  public let latency: LatencyReport

  /// Samples per second: all samples divided by all time, `batch / mean`; nil when no time passed by the clock.
  public var perSecond: Double? { latency.mean > 0 ? Double(batch) / latency.mean : nil }

  /// - Throws: ``MeasurementError/badOption(name:value:expected:)`` for an empty batch.
  public init(batch: Int, latency: LatencyReport) throws(MeasurementError) {
    guard batch > 0 else {
      throw .badOption(name: "a batch size", value: "\(batch)", expected: "1 or more")
    }
    self.batch = batch
    self.latency = latency
  }

  /// Measures `work`, which runs one batch of the given size, with each batch size in turn; one row for each.
  ///
  /// - Throws: ``MeasurementError/badOption(name:value:expected:)`` for a batch size below 1, the errors of `work`,
  ///   and an interruption.
  public static func rows(
    batches: [Int], by stopwatch: Stopwatch, of work: (Int) throws -> Void
  ) throws -> [Throughput] {
    try rows(batches: batches, by: stopwatch, clock: ContinuousClock(), of: work)
  }

  /// The same by another clock.
  ///
  /// - Throws: as by the system's clock.
  public static func rows<C: Clock>(
    batches: [Int], by stopwatch: Stopwatch, clock: C, of work: (Int) throws -> Void
  ) throws -> [Throughput] where C.Duration == Duration {
    // All sizes are checked before the first is measured, which may take long.
    if let bad = batches.first(where: { $0 < 1 }) {
      throw MeasurementError.badOption(name: "a batch size", value: "\(bad)", expected: "1 or more")
    }
    return try batches.map { batch in
      let latency = try stopwatch.measure(clock: clock) { try work(batch) }
      return try Throughput(batch: batch, latency: latency)
    }
  }
}
