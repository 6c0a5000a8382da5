import Foundation
import Synchronization

/// Memory in 64-byte-aligned blocks under a hard budget; every byte is counted, and freed blocks are
/// reused.
public final class MemoryPool: Sendable {
  /// The memory of a pool, in bytes.
  public struct Usage: Sendable, Equatable {
    /// The memory of tensors in use.
    public var live = 0
    /// The memory of freed blocks that wait for reuse.
    public var idle = 0
    /// The maximum of ``live`` so far.
    public var peak = 0
  }

  /// Blocks of up to this many bytes have lists of their own, found without a dictionary.
  private static let maxSmall = 512

  /// Freed blocks of one size, as integers because pointers are not Sendable; the pool owns them.
  private struct IdleBlocks {
    var addresses: [UInt] = []
    /// ``State/allocated`` when a block of this size was last taken or freed.
    var lastUse = 0
  }

  private struct State {
    var usage = Usage()
    /// Bytes of all blocks that were taken so far.
    var allocated = 0
    /// Freed blocks by size.
    var idle: [Int: IdleBlocks] = [:]
    /// Those of up to ``maxSmall`` bytes, by size in cache lines less one.
    var small = [[UInt]](repeating: [], count: maxSmall / 64)

    mutating func takeIdle(_ size: Int) -> UInt? {
      if size <= maxSmall && size % 64 == 0 { return small[size / 64 - 1].popLast() }
      idle[size]?.lastUse = allocated
      return idle[size]?.addresses.popLast()
    }

    mutating func addIdle(_ address: UInt, _ size: Int) {
      if size <= maxSmall && size % 64 == 0 {
        small[size / 64 - 1].append(address)
      } else {
        idle[size, default: IdleBlocks()].addresses.append(address)
        idle[size]?.lastUse = allocated
      }
    }

    /// Frees idle blocks of sizes that the last blocks, of ``staleAfter`` times the idle memory, did not need.
    mutating func trimStale() {
      let limit = allocated - staleAfter * usage.idle
      for (size, blocks) in idle where blocks.lastUse < limit {
        for address in blocks.addresses { free(UnsafeMutableRawPointer(bitPattern: address)) }
        usage.idle -= size * blocks.addresses.count
        idle[size] = nil
      }
    }

    /// Frees all idle blocks.
    mutating func trim() {
      for addresses in idle.values.map(\.addresses) + small {
        for address in addresses { free(UnsafeMutableRawPointer(bitPattern: address)) }
      }
      idle = [:]
      for size in small.indices { small[size] = [] }
      usage.idle = 0
    }
    var failures = FailureSchedule()
  }

  /// The maximum number of bytes that the pool allocates.
  public let budget: Int
  private let isExact: Bool
  private let state = Mutex(State())

  /// A pool of at most `budget` bytes.
  public init(budget: Int) {
    self.budget = budget
    isExact = false
  }

  /// A pool for tests under an address sanitizer: blocks have exactly the requested size and are freed at once, so that
  /// it detects accesses beyond a block or after its release.
  package init(exactBudget budget: Int) {
    self.budget = budget
    isExact = true
  }

  deinit {
    state.withLock { $0.trim() }
  }

  /// The current usage.
  public var usage: Usage { state.withLock { $0.usage } }

  /// The bytes of all blocks that were taken so far, those that were freed since included.
  public var allocatedBytes: Int { state.withLock { $0.allocated } }

  /// Sets the peak to the current usage.
  public func resetPeak() { state.withLock { $0.usage.peak = $0.usage.live } }

  /// Makes the `number`th allocation from now (from 1) fail as if the memory were full, and with `andAfter` all that
  /// follow; 0 makes none fail. For tests of error paths.
  package func failAllocation(_ number: Int, andAfter: Bool = false) {
    state.withLock { $0.failures.start(at: number, andAfter: andAfter) }
  }

  /// How many allocations failed by ``failAllocation(_:andAfter:)``.
  package var failures: Int { state.withLock { $0.failures.count } }

  /// The size of the block that serves `bytes`.
  func blockSize(for bytes: Int) -> Int { isExact ? max(1, bytes) : Self.blockSize(for: bytes) }

  /// Whole cache lines, in steps of an eighth of a power of two, so that tensors of nearly one size share blocks.
  static func blockSize(for bytes: Int) -> Int {
    guard bytes > 512 else { return max(64, (bytes + 63) & ~63) }
    let step = 1 << (Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount - 3)
    return (bytes + step - 1) & ~(step - 1)
  }

  /// When a new size is requested, and more memory than this and than the memory in use is idle, sizes that were not
  /// needed for a while are freed: they belong to work that has ended. Others will be needed again, by the next batch
  /// of an inference say, which frees each layer's memory before it has reached the last.
  private static let maxIdle = 64 << 20
  private static let staleAfter = 4

  private static func isStale(_ usage: Usage) -> Bool { usage.idle > maxIdle && usage.idle > usage.live }

  /// Allocates a block of `size` (from ``blockSize(for:)``) bytes.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func take(_ size: Int, operation: String, shape: [Int]) throws(TensorError) -> UnsafeMutableRawPointer {
    let reused: UInt? = try state.withLock { state throws(TensorError) in
      let fails = state.failures.nextFails()
      let address = fails ? nil : state.takeIdle(size)
      if address != nil { state.usage.idle -= size }
      if address == nil {
        if Self.isStale(state.usage) { state.trimStale() }
        if state.usage.live + state.usage.idle + size > budget { state.trim() }
      }
      guard !fails, state.usage.live + size <= budget else {
        throw .budgetExceeded(
          operation: operation, shape: shape, needed: size, live: state.usage.live, budget: budget)
      }
      state.usage.live += size
      state.allocated += size
      state.usage.peak = max(state.usage.peak, state.usage.live)
      return address
    }
    if let reused, let block = UnsafeMutableRawPointer(bitPattern: reused) { return block }
    var block: UnsafeMutableRawPointer?
    guard posix_memalign(&block, 64, size) == 0, let block else {
      state.withLock { $0.usage.live -= size }
      throw .budgetExceeded(
        operation: operation, shape: shape, needed: size, live: usage.live, budget: budget)
    }
    return block
  }

  /// Counts bytes that are allocated elsewhere, until ``refund(_:)``.
  fileprivate func charge(_ bytes: Int, operation: String, shape: [Int]) throws(TensorError) {
    try state.withLock { state throws(TensorError) in
      // What a file claims may be close to the largest number there is: nothing is added to it.
      if bytes > budget - state.usage.live - state.usage.idle { state.trim() }
      guard bytes <= budget - state.usage.live else {
        throw .budgetExceeded(
          operation: operation, shape: shape, needed: bytes, live: state.usage.live, budget: budget)
      }
      state.usage.live += bytes
      state.usage.peak = max(state.usage.peak, state.usage.live)
    }
  }

  fileprivate func refund(_ bytes: Int) { state.withLock { $0.usage.live -= bytes } }

  /// Frees a block.
  func release(_ block: UnsafeMutableRawPointer, size: Int) {
    if isExact {
      free(block)
      return state.withLock { $0.usage.live -= size }
    }
    state.withLock { state in
      state.usage.live -= size
      state.usage.idle += size
      state.addIdle(UInt(bitPattern: block), size)
    }
  }

  /// Returns all idle blocks to the system.
  public func trim() {
    state.withLock { $0.trim() }
    // glibc keeps what was freed between blocks that are in use, unless it is asked. Others lack the function.
    guard let address = dlsym(nil, "malloc_trim") else { return }
    typealias Trim = @convention(c) (Int) -> Int32
    _ = unsafeBitCast(address, to: Trim.self)(0)
  }
}

/// Memory of something other than a tensor, counted in a device's budget for the lifetime of this object.
public final class MemoryCharge: Sendable {
  private let device: Device
  private let bytes: Int

  /// Counts `bytes`; `operation` and `shape` describe them in the error.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public init(_ bytes: Int, on device: Device, operation: String, shape: [Int]) throws(TensorError) {
    try device.pool.charge(bytes, operation: operation, shape: shape)
    self.device = device
    self.bytes = bytes
  }

  deinit { device.pool.refund(bytes) }
}

/// The allocations that fail for a test.
struct FailureSchedule {
  /// The number of failures so far.
  private(set) var count = 0
  /// The number of the next allocation that fails, from 1; 0 for none.
  private var countdown = 0
  private var failsAfter = false

  mutating func start(at number: Int, andAfter: Bool) {
    countdown = number
    failsAfter = andAfter
  }

  /// Whether the current allocation fails.
  mutating func nextFails() -> Bool {
    guard countdown > 0 else { return false }
    if countdown > 1 {
      countdown -= 1
      return false
    }
    if !failsAfter { countdown = 0 }
    count += 1
    return true
  }
}
