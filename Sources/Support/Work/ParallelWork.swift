import Dispatch
import Synchronization

/// Independent tasks on several threads. The results do not depend on the number of threads.
package enum ParallelWork {
  /// Runs `count` tasks, at most `threads` at once, and returns their results in order.
  ///
  /// - Throws: of several errors that of the first task; ``InterruptionError``, for which it checks between tasks.
  ///   After an error no new task is begun.
  package static func map<Value: Sendable>(
    count: Int, threads: Int, during work: String, _ task: @escaping @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let state = Mutex(State<Value>(count: count))
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while let index = state.withLock({ $0.take() }) {
        let result = Result {
          try Interruption.check(work)
          return try task(index)
        }
        state.withLock { $0.put(result, at: index) }
      }
    }
    return try state.withLock { state in
      if let failure = state.failure { throw failure.error }
      return state.values.compactMap(\.self)
    }
  }

  private struct State<Value: Sendable>: Sendable {
    var next = 0
    var values: [Value?]
    var failure: (index: Int, error: any Error)?

    init(count: Int) { values = Array(repeating: nil, count: count) }

    mutating func take() -> Int? {
      guard failure == nil, next < values.count else { return nil }
      defer { next += 1 }
      return next
    }

    mutating func put(_ result: Result<Value, any Error>, at index: Int) {
      switch result {
      case .success(let value): values[index] = value
      case .failure(let error):
        if failure.map({ index < $0.index }) ?? true { failure = (index, error) }
      }
    }
  }
}
