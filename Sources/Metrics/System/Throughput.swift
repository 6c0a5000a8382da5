/// How many samples a second go through, by batch size.
public struct Throughput: Sendable, Hashable, Codable {
  /// Samples in a run.
  public let batch: Int
  /// Of one run, the whole batch.
  public let latency: LatencyReport

  /// Samples a second: all samples by all time, `batch / mean`; nil when the clock saw no time pass.
  public var perSecond: Double? { latency.mean > 0 ? Double(batch) / latency.mean : nil }

  /// - Throws: ``MeasurementError/badOption(name:value:expected:)`` for an empty batch.
  public init(batch: Int, latency: LatencyReport) throws(MeasurementError) {
    guard batch > 0 else {
      throw .badOption(name: "a batch size", value: "\(batch)", expected: "1 or more")
    }
    self.batch = batch
    self.latency = latency
  }

  /// Measures `work` with each batch size in turn; one row for each.
  ///
  /// - Parameter work: runs one batch of the size it is given.
  public static func rows(
    batches: [Int], by stopwatch: Stopwatch, of work: (Int) throws -> Void
  ) throws -> [Throughput] {
    try rows(batches: batches, by: stopwatch, clock: ContinuousClock(), of: work)
  }

  /// The same by another clock.
  public static func rows<C: Clock>(
    batches: [Int], by stopwatch: Stopwatch, clock: C, of work: (Int) throws -> Void
  ) throws -> [Throughput] where C.Duration == Duration {
    // All sizes are looked at before the first is measured, which may take long.
    if let bad = batches.first(where: { $0 < 1 }) {
      throw MeasurementError.badOption(name: "a batch size", value: "\(bad)", expected: "1 or more")
    }
    return try batches.map { batch in
      let latency = try stopwatch.measure(clock: clock) { try work(batch) }
      return try Throughput(batch: batch, latency: latency)
    }
  }
}
