import Support

/// Times runs of a piece of work, one by one.
public struct Stopwatch: Sendable, Hashable {
  /// The most runs that are timed, whose times take 8 MB.
  public static let most = 1_000_000

  /// Runs before the clock counts, which fill caches and pools.
  public let warmUp: Int
  /// How many runs are timed at most; nil: ``most``.
  public let runs: Int?
  /// After this long no further run is started; warm-up does not count.
  public let budget: Duration?

  /// Whichever of `runs` and `budget` is reached first ends it; one run is always timed.
  ///
  /// - Throws: ``MeasurementError/badOption(name:value:expected:)`` for a negative warm-up, no runs or more than
  ///   ``most``, a budget of nothing, and neither runs nor budget.
  public init(warmUp: Int = 3, runs: Int? = 50, budget: Duration? = nil) throws(MeasurementError) {
    guard warmUp >= 0 else {
      throw .badOption(name: "the number of warm-up runs", value: "\(warmUp)", expected: "0 or more")
    }
    if let runs, !(1...Self.most).contains(runs) {
      throw .badOption(name: "the number of runs", value: "\(runs)", expected: "1 to \(Self.most)")
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

  /// The times of the timed runs, in seconds. What `work` throws ends the measurement, as Ctrl-C does.
  public func seconds(of work: () throws -> Void) throws -> [Double] {
    try seconds(clock: ContinuousClock(), of: work)
  }

  /// The same by another clock.
  public func seconds<C: Clock>(
    clock: C, of work: () throws -> Void
  ) throws -> [Double] where C.Duration == Duration {
    for _ in 0..<warmUp {
      try Interruption.check("the warm-up of a measurement")
      try work()
    }
    var seconds: [Double] = []
    let start = clock.now
    while seconds.count < runs ?? Self.most {
      try Interruption.check("a measurement")
      let before = clock.now
      if !seconds.isEmpty, let budget, start.duration(to: before) >= budget { break }
      try work()
      seconds.append(before.duration(to: clock.now) / .seconds(1))
    }
    return seconds
  }

  /// The times of the timed runs, summed up.
  public func measure(_ work: () throws -> Void) throws -> LatencyReport {
    try LatencyReport(seconds: seconds(of: work))
  }

  /// The same by another clock.
  public func measure<C: Clock>(
    clock: C, _ work: () throws -> Void
  ) throws -> LatencyReport where C.Duration == Duration {
    try LatencyReport(seconds: seconds(clock: clock, of: work))
  }
}
