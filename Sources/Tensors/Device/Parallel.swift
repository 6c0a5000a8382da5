import Dispatch
import Synchronization

extension Device {
  /// Elements one chunk of an element-by-element kernel works on: enough to pay for the hand-over, few
  /// enough to stay in a core's cache.
  static let chunkElements = 32_768

  /// Calls `body` for chunks 0 ..< `chunks`, on up to ``threads`` threads.
  ///
  /// What a chunk covers depends on sizes alone, so results are the same for every number of threads.
  func parallel(chunks: Int, _ body: @Sendable (Int) -> Void) {
    let workers = min(threads, chunks)
    guard workers > 1 else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunks else { return }
        body(chunk)
      }
    }
  }

  /// Splits 0 ..< `count` into ranges of `size` and calls `body` for each, in parallel.
  func parallel(_ count: Int, by size: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let size = max(1, size)
    if count <= size {
      if count > 0 { body(0..<count) }
      return
    }
    parallel(chunks: (count + size - 1) / size) { chunk in
      body(chunk * size..<min(count, (chunk + 1) * size))
    }
  }
}
