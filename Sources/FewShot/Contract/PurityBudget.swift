/// Decides in how many repeats a learner's scores are compared with those of a second learner, by the time it takes: in
/// nearly all of them where learning is cheap beside scoring, in few where it is not. No result depends on it.
final class PurityBudget {
  /// Time of second learners, at most this fraction of that of all repeats.
  private static let fraction = 0.04

  private var repeats = Duration.zero
  private var twins = Duration.zero
  private var lastTwin: Duration?

  /// Whether there is time for a second learner in a repeat that took `duration`, `teaching` of it to start and learn.
  func allows(after duration: Duration, teaching: Duration) -> Bool {
    repeats += duration
    // Beside learning it scores a few samples of each session.
    let estimate = lastTwin ?? teaching + teaching / 4
    return twins + estimate <= repeats * Self.fraction
  }

  /// Records a second learner.
  func add(twin duration: Duration) {
    twins += duration
    lastTwin = duration
  }
}
