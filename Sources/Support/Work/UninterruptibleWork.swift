import Dispatch
import Synchronization

/// Work that cannot look at the clock itself, such as one call of LAPACK or a sort of a hundred million elements.
///
/// It runs on another thread, while the caller checks for an interruption every few milliseconds. A caller that has to
/// stop leaves the work behind, so `body` must change nothing but memory of its own.
package enum UninterruptibleWork {
  private static let pause = DispatchTimeInterval.milliseconds(10)

  /// Runs `body` on another thread and returns its result.
  ///
  /// - Parameter work: describes it in the error, such as `inverse`.
  /// - Throws: what `body` throws; as ``Interruption/check(_:)``.
  package static func run<Result: Sendable>(
    _ work: String, _ body: @escaping @Sendable () throws -> Result
  ) throws -> Result {
    let run = Run<Result>()
    let expiry = Interruption.expiry
    DispatchQueue.global(qos: .userInitiated).async {
      // What was left behind ends at its own next check, even if the caller's limit is lifted by then.
      let end: @Sendable () -> (any Error)? = { run.isLeft ? InterruptionError(during: work) : expiry?() }
      let result = Swift.Result { try Interruption.withExpiry(end, body) }
      run.finish(result)
    }
    while run.done.wait(timeout: .now() + pause) == .timedOut {
      do { try Interruption.check(work) } catch {
        run.leave()
        throw error
      }
    }
    return try run.result()
  }

  /// The state that the two threads share.
  private final class Run<Value: Sendable>: Sendable {
    let done = DispatchSemaphore(value: 0)
    private let left = Atomic<Bool>(false)
    private let outcome = Mutex<Result<Value, any Error>?>(nil)

    var isLeft: Bool { left.load(ordering: .relaxed) }
    func leave() { left.store(true, ordering: .relaxed) }

    func finish(_ result: Result<Value, any Error>) {
      outcome.withLock { $0 = result }
      done.signal()
    }

    func result() throws -> Value {
      guard let result = outcome.withLock({ $0 }) else { throw InterruptionError(during: "a computation") }
      return try result.get()
    }
  }
}
