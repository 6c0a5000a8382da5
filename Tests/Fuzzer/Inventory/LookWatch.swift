import Foundation
import Synchronization

/// Notes each look that work takes at the clock, and how long it went without one.
///
/// Time in which the thread was ready and waited for a processor, which other processes had, is not counted.
final class LookWatch: Sendable {
  private struct State {
    var last = ContinuousClock.now
    var waited = Duration.zero
    var end = ContinuousClock.now
    var longest = Duration.zero
    var looks = 0
  }

  private let state = Mutex(State())

  /// Begins to watch one call, which is over after so long.
  func begin(_ time: Duration) {
    state.withLock { $0 = State(last: .now, waited: Self.waited, end: .now + time) }
  }

  /// Notes a look; whether the time of the call is over.
  func look() -> Bool {
    state.withLock { state in
      let now = ContinuousClock.now
      let waited = Self.waited
      state.longest = max(state.longest, now - state.last - (waited - state.waited))
      state.last = now
      state.waited = waited
      state.looks += 1
      return now >= state.end
    }
  }

  /// How long the main thread, which runs the script, has waited for a processor: the second number of its statistics.
  private static var waited: Duration {
    guard let statistics else { return .zero }
    var text = [UInt8](repeating: 0, count: 80)
    let count = pread(statistics.fileDescriptor, &text, text.count, 0)
    let words = text.prefix(max(0, count)).split(separator: UInt8(ascii: " "))
    let waited = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) : nil
    return .nanoseconds(waited ?? 0)
  }

  private static let statistics = FileHandle(forReadingAtPath: "/proc/self/schedstat")

  /// The longest time without a look, the time until the end included.
  func finish() -> Duration {
    _ = look()
    return state.withLock { $0.longest }
  }
}
