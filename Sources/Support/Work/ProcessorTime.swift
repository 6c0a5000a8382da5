import Foundation

/// The time that all threads of this process have been running since a moment.
package struct ProcessorTime {
  private let start = Self.now

  /// From now on.
  package init() {}

  package var sinceStart: Duration { Self.now - start }

  private static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
