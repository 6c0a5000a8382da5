import Metrics
import Synchronization
import Testing

/// A clock that only advances on request.
final class ManualClock: Clock, Sendable {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let offset = Mutex(Duration.zero)
  var now: Instant { Instant(offset: offset.withLock { $0 }) }
  var minimumResolution: Duration { .nanoseconds(1) }
  func advance(by duration: Duration) { offset.withLock { $0 += duration } }
  func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}

@Suite struct LatencyTests {
  private struct Broken: Error {}

  /// Expected values by numpy 2.4: `numpy.percentile`.
  @Test func sumsUpTimes() throws {
    let report = try LatencyReport(seconds: (1...100).reversed().map { Double($0) })
    #expect(report.runs == 100 && report.mean == 50.5 && report.median == 50.5)
    #expect(abs(report.percentile95 - 95.05) < 1e-12 && abs(report.percentile99 - 99.01) < 1e-12)
    #expect(report.fastest == 1 && report.slowest == 100)
    #expect(abs((report.standardDeviation ?? 0) - 29.011491975882016) < 1e-12)
    let one = try LatencyReport(seconds: [0.25])
    #expect(one.median == 0.25 && one.percentile99 == 0.25 && one.standardDeviation == nil)
  }

  @Test func refusesWhatIsNoTime() {
    #expect(throws: MeasurementError.noRuns) { try LatencyReport(seconds: []) }
    #expect(throws: MeasurementError.badTime(run: 1, seconds: -1)) { try LatencyReport(seconds: [1, -1]) }
    #expect(throws: MeasurementError.self) { try LatencyReport(seconds: [.nan]) }
    #expect(throws: MeasurementError.self) { try LatencyReport(seconds: [.infinity]) }
  }

  @Test func endsByTheNumberOfRuns() throws {
    let clock = ManualClock()
    var runs = 0
    // The k-th run takes k seconds; two are warm-up.
    let seconds = try Stopwatch(warmUp: 2, runs: 3).seconds(clock: clock) {
      runs += 1
      clock.advance(by: .seconds(runs))
    }
    #expect(seconds == [3, 4, 5] && runs == 5)
  }

  @Test func endsByTheTime() throws {
    let clock = ManualClock()
    let work = { clock.advance(by: .milliseconds(400)) }
    // No run starts at or after one second: after 0, 0.4 and 0.8 they do.
    let both = try Stopwatch(warmUp: 9, runs: 50, budget: .seconds(1)).measure(clock: clock, work)
    #expect(both.runs == 3 && abs(both.mean - 0.4) < 1e-12)
    let time = try Stopwatch(warmUp: 0, runs: nil, budget: .milliseconds(1)).measure(clock: clock, work)
    #expect(time.runs == 1)
    // A clock that does not advance does not make it endless.
    let endless = try Stopwatch(warmUp: 0, runs: nil, budget: .seconds(1)).measure(clock: clock) {}
    #expect(endless.runs == Stopwatch.maxRuns && endless.slowest == 0)
  }

  @Test func passesOnWhatTheWorkThrows() throws {
    let stopwatch = try Stopwatch(warmUp: 1, runs: 2)
    #expect(throws: Broken.self) { try stopwatch.measure { throw Broken() } }
    #expect(try stopwatch.measure {}.runs == 2)
  }

  @Test func refusesMeasurementsWithoutAnEnd() {
    let settings: [(Int, Int?, Duration?)] = [
      (-1, 1, nil), (0, 0, nil), (0, nil, .zero), (0, nil, .seconds(-1)), (0, nil, nil),
      (0, Stopwatch.maxRuns + 1, nil),
    ]
    for (warmUp, runs, budget) in settings {
      #expect(throws: MeasurementError.self) { try Stopwatch(warmUp: warmUp, runs: runs, budget: budget) }
    }
  }

  @Test func comparesBatchSizes() throws {
    let clock = ManualClock()
    let stopwatch = try Stopwatch(warmUp: 1, runs: 4)
    // 10 ms a batch, and 1 ms a sample.
    let rows = try Throughput.rows(batches: [1, 10, 90], by: stopwatch, clock: clock) { batch in
      clock.advance(by: .milliseconds(10 + batch))
    }
    #expect(rows.map(\.batch) == [1, 10, 90])
    for (row, expected) in zip(rows, [1 / 0.011, 500, 900]) {
      #expect(abs((row.perSecond ?? 0) - expected) < 1e-9 * expected)
    }
    #expect(try Throughput.rows(batches: [], by: stopwatch) { _ in }.isEmpty)
    #expect(try Throughput.rows(batches: [1], by: stopwatch, clock: clock) { _ in }[0].perSecond == nil)
    #expect(throws: MeasurementError.self) { try Throughput.rows(batches: [1, 0], by: stopwatch) { _ in } }
    #expect(throws: MeasurementError.self) {
      try Throughput(batch: 0, latency: LatencyReport(seconds: [1]))
    }
  }

  @Test func estimatesEnergyFromCounts() throws {
    let table = OperationEnergy.horowitz2014Float32
    // 25 919 488 · 4.6 pJ, and 1000 · 0.9 pJ.
    let joules = try table.joules(effectiveMACs: 25_919_488, effectiveACs: 1000)
    #expect(abs(joules - 1.192305448e-4) < 1e-15)
    #expect(try table.joules(effectiveMACs: 0, effectiveACs: 0) == 0)
    #expect(table.source.contains("Horowitz"))
    #expect(throws: MeasurementError.self) { try table.joules(effectiveMACs: -1, effectiveACs: 0) }
    #expect(throws: MeasurementError.self) { try table.joules(effectiveMACs: 0, effectiveACs: .nan) }
    #expect(throws: MeasurementError.self) {
      try OperationEnergy(source: "mine", multiplyAccumulate: .infinity, accumulate: 0)
    }
  }
}
