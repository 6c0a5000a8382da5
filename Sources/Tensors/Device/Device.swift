import Dispatch
import Foundation
import Support
import Synchronization

/// Where tensors live and work: a memory pool with a budget, and a number of threads.
///
/// Every tensor carries its device, and results are made on the device of the first operand, so nothing is
/// global.
public final class Device: Sendable {
  /// The memory of this device's tensors.
  public let pool: MemoryPool
  /// The most threads one operation uses. Results do not depend on it.
  public let threads: Int

  /// A device with a budget of `memory` bytes (default: half of what the machine has) and `threads` threads
  /// (default: one a core).
  public convenience init(memory: Int? = nil, threads: Int? = nil) {
    let memory = memory ?? Int(ProcessInfo.processInfo.physicalMemory / 2)
    self.init(pool: MemoryPool(budget: memory), threads: threads)
  }

  /// A device with a memory of a test's own.
  package init(pool: MemoryPool, threads: Int? = nil) {
    self.pool = pool
    self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    LinearAlgebra.oneThreadPerCall
  }
}

extension Device {
  /// Whether this thread works on one of several parts that run in parallel.
  @TaskLocal private static var isWithinPart = false

  /// Elements one chunk of an element-by-element kernel works on: enough to pay for the hand-over, few
  /// enough to stay in a core's cache.
  static let chunkElements = 32_768

  /// Calls `body` for chunks 0 ..< `chunks`, on up to ``threads`` threads.
  ///
  /// What a chunk covers depends on sizes alone, so results are the same for every number of threads.
  func parallel(chunks: Int, _ body: @Sendable (Int) -> Void) {
    parallel(chunks: chunks) { chunk, _ in body(chunk) }
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

  /// Splits 0 ..< `count` into ranges of `size` and calls `body` for each, in parallel, with a watch for what ends long
  /// work. Ranges that no thread has begun when one throws are left out.
  func parallel(
    _ count: Int, by size: Int, _ body: @Sendable (Range<Int>, inout Interruption.Watch) throws -> Void
  ) throws {
    let watch = Interruption.Watch()
    let isOver = Atomic<Bool>(false)
    let failure = Mutex<(any Error)?>(nil)
    parallel(count, by: size) { range in
      guard !isOver.load(ordering: .relaxed) else { return }
      do {
        var watch = watch
        try body(range, &watch)
      } catch {
        if !isOver.exchange(true, ordering: .relaxed) { failure.withLock { $0 = error } }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// Splits 0 ..< `count` into ranges of `size` and calls `body` for each, in parallel, with `scratch` floats of
  /// memory that no other call uses at that time. The memory is charged to `operation`.
  func parallel(
    _ count: Int, by size: Int, scratch: Int, operation: String,
    _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) throws(TensorError) {
    let size = max(1, size)
    let chunks = (count + size - 1) / size
    guard chunks > 0 else { return }
    let memory = try Tensor(
      uninitialized: [min(threads, chunks), scratch], .float32, on: self, operation: "\(operation) (scratch)")
    let base = memory.sharedFloats
    parallel(chunks: chunks) { chunk, worker in
      body(chunk * size..<min(count, (chunk + 1) * size), base + worker * scratch)
    }
    withExtendedLifetime(memory) {}
  }

  /// The results of `body` for 0 ..< `count`, in order; the calls run in parallel, and what each of them does does not.
  ///
  /// - Throws: the first error in the order of the calls.
  func concurrently<Result: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    guard count > 1, threads > 1 else { return try (0..<count).map(body) }
    let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: count))
    let expiry = Interruption.expiry
    parallel(chunks: count) { number in
      let result = Self.$isWithinPart.withValue(true) {
        Swift.Result { try Interruption.withExpiry(expiry) { try body(number) } }
      }
      results.withLock { $0[number] = result }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  /// Calls `body` for chunks 0 ..< `chunks` with the number of the worker, below ``threads``, that runs it.
  private func parallel(chunks: Int, _ body: @Sendable (_ chunk: Int, _ worker: Int) -> Void) {
    let workers = min(threads, chunks)
    guard workers > 1, !Self.isWithinPart else {
      for chunk in 0..<chunks { body(chunk, 0) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunks else { return }
        body(chunk, worker)
      }
    }
  }
}
