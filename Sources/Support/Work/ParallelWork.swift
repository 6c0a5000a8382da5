import Dispatch
import Synchronization

/// Independent tasks on several threads. What comes out does not depend on their number.
package enum ParallelWork {
  /// Does `count` tasks, at most `threads` at once, and gives their results in order.
  ///
  /// Between tasks it looks for Ctrl-C. After an error no new task is begun; of several errors the one of the
  /// first task is thrown.
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
