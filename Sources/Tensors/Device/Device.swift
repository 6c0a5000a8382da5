import Dispatch
import Foundation
import Support
import Synchronization

/// A place where tensors are stored and computed: a memory pool with a budget, and a number of threads.
///
/// Every tensor carries its device, and results are made on the device of the first operand, so there is
/// no global state.
public final class Device: Sendable {
  /// The memory of this device's tensors.
  public let pool: MemoryPool
  /// The maximum number of threads of one operation. Results do not depend on it.
  public let threads: Int
  private let operationCount = Atomic<Int>(0)

  /// The number of operations on tensors so far, those that others consist of included.
  public var operations: Int { operationCount.load(ordering: .relaxed) }

  func countOperation() { operationCount.wrappingAdd(1, ordering: .relaxed) }

  /// A device with a budget of `memory` bytes (default: half of the machine's memory) and `threads` threads (default:
  /// one per core).
  public convenience init(memory: Int? = nil, threads: Int? = nil) {
    let memory = memory ?? Int(ProcessInfo.processInfo.physicalMemory / 2)
    self.init(pool: MemoryPool(budget: memory), threads: threads)
  }

  /// A device with a given pool, for tests.
  package init(pool: MemoryPool, threads: Int? = nil) {
    self.pool = pool
    self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    LinearAlgebra.oneThreadPerCall
  }
}

extension Device {
  /// Whether this task is one of several that ``concurrently(_:_:)`` runs.
  @TaskLocal private static var isWithinPart = false

  /// The threads of one operation within ``withThreads(_:_:)``.
  @TaskLocal private static var threadLimit: Int?

  /// Runs `body`, whose operations use at most `count` threads: other processes of the same work use the rest.
  ///
  /// - Throws: what `body` throws.
  public static func withThreads<Result>(_ count: Int?, _ body: () throws -> Result) rethrows -> Result {
    try $threadLimit.withValue(count, operation: body)
  }

  /// The elements of one chunk of an elementwise kernel: enough to be worth a task, few enough for a core's cache.
  static let chunkElements = 32_768

  /// Operations on as many elements are run by ``interruptible(_:_:)``: others take some tens of milliseconds at most,
  /// or work in chunks.
  static let maxUncheckedElements = 1 << 22

  /// Runs an operation that changes nothing but its result. An interruption ends it early, wherever it is.
  ///
  /// - Throws: what `body` throws; as `Interruption.check`.
  static func interruptible<Result: Sendable>(
    _ name: String, _ body: @escaping @Sendable () throws -> Result
  ) throws -> Result {
    let run: @Sendable () throws -> Result = {
      let cuts = Interruption.cuts
      let result = try body()
      if Interruption.cuts != cuts { try Interruption.check(name) }
      return result
    }
    // A part of a larger operation has no thread of its own to wait on.
    guard !isWithinPart, !isElsewhere else { return try run() }
    return try UninterruptibleWork.run(name) { try $isElsewhere.withValue(true) { try run() } }
  }

  /// Whether this task runs an operation for a thread that waits for it.
  @TaskLocal private static var isElsewhere = false

  /// Calls `body` for every chunk of 0 ..< `chunks`, on up to ``threads`` threads.
  ///
  /// Callers cut their work by size alone, so results are the same for every number of threads. After an interruption,
  /// which `Interruption.cuts` counts, the remaining chunks are left out, unless the operation changes memory in place
  /// or checks by itself.
  func parallel(chunks: Int, isWhole: Bool = false, _ body: @Sendable (Int) -> Void) {
    parallel(chunks: chunks, isWhole: isWhole) { chunk, _ in body(chunk) }
  }

  /// Splits 0 ..< `count` into ranges of `size` and calls `body` for each, in parallel.
  func parallel(_ count: Int, by size: Int, isWhole: Bool = false, _ body: @Sendable (Range<Int>) -> Void) {
    let size = max(1, size)
    if count <= size {
      if count > 0 { body(0..<count) }
      return
    }
    parallel(chunks: (count + size - 1) / size, isWhole: isWhole) { chunk in
      body(chunk * size..<min(count, (chunk + 1) * size))
    }
  }

  /// Splits 0 ..< `count` into ranges of `size` and calls `body` for each, in parallel, with a watch for
  /// interruptions. After an error no further range is begun.
  func parallel(
    _ count: Int, by size: Int, _ body: @Sendable (Range<Int>, inout Interruption.Watch) throws -> Void
  ) throws {
    let watch = Interruption.Watch()
    let isOver = Atomic<Bool>(false)
    let failure = Mutex<(any Error)?>(nil)
    // Nothing is left out: the ranges check by themselves, and throw.
    parallel(count, by: size, isWhole: true) { range in
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

  /// The results of `body` for 0 ..< `count`, in order. The calls run in parallel; each of them uses one thread.
  ///
  /// - Throws: the error of the first call that failed, in their order.
  func concurrently<Result: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    guard count > 1, threads > 1 else { return try (0..<count).map(body) }
    let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: count))
    let expiry = Interruption.expiry
    parallel(chunks: count, isWhole: true) { number in
      let result = Self.$isWithinPart.withValue(true) {
        Swift.Result { try Interruption.withExpiry(expiry) { try body(number) } }
      }
      results.withLock { $0[number] = result }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  /// Calls `body` for chunks 0 ..< `chunks` with the number of the worker, below ``threads``, that runs it.
  private func parallel(
    chunks: Int, isWhole: Bool = false, _ body: @Sendable (_ chunk: Int, _ worker: Int) -> Void
  ) {
    guard chunks > 1 else {
      if chunks > 0 { body(0, 0) }
      return
    }
    let expiry = isWhole ? nil : Interruption.expiry
    let workers = min(threads, Self.threadLimit ?? threads, chunks)
    guard workers > 1, !Self.isWithinPart else {
      for chunk in 0..<chunks {
        if !isWhole, Interruption.isDue(expiry) { return Interruption.noteCut() }
        body(chunk, 0)
      }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chunk < chunks else { return }
        if !isWhole, Interruption.isDue(expiry) { return Interruption.noteCut() }
        body(chunk, worker)
      }
    }
  }
}
