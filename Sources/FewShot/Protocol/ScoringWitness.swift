/// Looks on while a learner scores samples in a test.
public protocol ScoringObserver {
  /// Runs `work`, the scoring of some samples in a session, and gives what it gives.
  func watch<Result>(session: Int, samples: Int, _ work: () throws -> Result) throws -> Result
}
