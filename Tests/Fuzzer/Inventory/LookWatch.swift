import Foundation
import Synchronization

/// Notes each look that work takes at the clock, and how long it went without one.
final class LookWatch: Sendable {
  private struct State {
    var last = ContinuousClock.now
    var end = ContinuousClock.now
    var longest = Duration.zero
    var looks = 0
  }

  private let state = Mutex(State())

  /// Begins to watch one call, which is over after so long.
  func begin(_ time: Duration) {
    state.withLock { $0 = State(last: .now, end: .now + time) }
  }

  /// Notes a look; whether the time of the call is over.
  func look() -> Bool {
    state.withLock { state in
      let now = ContinuousClock.now
      state.longest = max(state.longest, now - state.last)
      state.last = now
      state.looks += 1
      return now >= state.end
    }
  }

  /// The longest time without a look, the time until the end included.
  func finish() -> Duration {
    _ = look()
    return state.withLock { $0.longest }
  }
}
