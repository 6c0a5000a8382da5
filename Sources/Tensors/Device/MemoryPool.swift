import Foundation
import Synchronization

/// Memory in 64-byte-aligned blocks under a hard budget; every byte is counted, and freed blocks are used
/// again.
public final class MemoryPool: Sendable {
  /// What the pool holds, in bytes.
  public struct Usage: Sendable, Equatable {
    /// In tensors that are alive.
    public var live = 0
    /// In freed blocks kept for the next tensor.
    public var idle = 0
    /// The most that was ever alive.
    public var peak = 0
  }

  private struct State {
    var usage = Usage()
    /// Freed blocks by size. Addresses as integers: the pool owns them, so no other thread can hold one.
    var idle: [Int: [UInt]] = [:]
    var failures = FailureSchedule()
  }

  /// The most bytes the pool takes from the system.
  public let budget: Int
  private let isExact: Bool
  private let state = Mutex(State())

  /// A pool of at most `budget` bytes.
  public init(budget: Int) { (self.budget, isExact) = (budget, false) }

  /// A pool for tests under an address sanitizer: blocks have exactly the bytes asked for and go back to the system
  /// at once, so that it sees what is read or written beyond a block, or after its end.
  package init(exactBudget budget: Int) { (self.budget, isExact) = (budget, true) }

  deinit {
    state.withLock { state in
      for addresses in state.idle.values {
        for address in addresses { free(UnsafeMutableRawPointer(bitPattern: address)) }
      }
    }
  }

  /// What is held now.
  public var usage: Usage { state.withLock { $0.usage } }

  /// Forgets the peak so far.
  public func resetPeak() { state.withLock { $0.usage.peak = $0.usage.live } }

  /// Lets the `number`th allocation from now (from 1) fail as in a full memory, and with `andAfter` all that follow;
  /// 0 lets none fail. For tests of what callers do then.
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

  /// Idle blocks above this are given up when a new size is asked for and less than that is alive: they belong to
  /// work that is over.
  private static let keptIdle = 64 << 20

  private static func isStale(_ usage: Usage) -> Bool { usage.idle > keptIdle && usage.idle > usage.live }

  /// Takes a block of `size` (from ``blockSize(for:)``) bytes.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)`` when it would cross the
  ///   budget.
  func take(_ size: Int, operation: String, shape: [Int]) throws(TensorError) -> UnsafeMutableRawPointer {
    let reused: UInt? = try state.withLock { state throws(TensorError) in
      let fails = state.failures.strikes()
      let address = fails ? nil : state.idle[size]?.popLast()
      if address != nil { state.usage.idle -= size }
      if address == nil, state.usage.live + state.usage.idle + size > budget || Self.isStale(state.usage) {
        Self.trim(&state)
      }
      guard !fails, state.usage.live + size <= budget else {
        throw .budgetExceeded(
          operation: operation, shape: shape, needed: size, live: state.usage.live, budget: budget)
      }
      state.usage.live += size
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

  /// Counts bytes that are held elsewhere; ``refund(_:)`` takes them off again.
  fileprivate func charge(_ bytes: Int, operation: String, shape: [Int]) throws(TensorError) {
    try state.withLock { state throws(TensorError) in
      if state.usage.live + state.usage.idle + bytes > budget { Self.trim(&state) }
      guard state.usage.live + bytes <= budget else {
        throw .budgetExceeded(
          operation: operation, shape: shape, needed: bytes, live: state.usage.live, budget: budget)
      }
      state.usage.live += bytes
      state.usage.peak = max(state.usage.peak, state.usage.live)
    }
  }

  fileprivate func refund(_ bytes: Int) { state.withLock { $0.usage.live -= bytes } }

  /// Gives a block back.
  func give(_ block: UnsafeMutableRawPointer, size: Int) {
    if isExact {
      free(block)
      return state.withLock { $0.usage.live -= size }
    }
    state.withLock { state in
      state.usage.live -= size
      state.usage.idle += size
      state.idle[size, default: []].append(UInt(bitPattern: block))
    }
  }

  /// Returns all idle blocks to the system.
  public func trim() { state.withLock { Self.trim(&$0) } }

  private static func trim(_ state: inout State) {
    for addresses in state.idle.values {
      for address in addresses { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }
    state.idle = [:]
    state.usage.idle = 0
  }
}

/// Memory of something other than a tensor, counted in a device's budget while this lives.
public final class MemoryCharge: Sendable {
  private let device: Device
  private let bytes: Int

  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``
  public init(_ bytes: Int, on device: Device, operation: String, shape: [Int]) throws(TensorError) {
    try device.pool.charge(bytes, operation: operation, shape: shape)
    self.device = device
    self.bytes = bytes
  }

  deinit { device.pool.refund(bytes) }
}

/// Which allocations fail for the sake of a test.
struct FailureSchedule {
  /// How many failed.
  private(set) var count = 0
  /// Allocations up to the next that fails, itself included; 0 when none will.
  private var left = 0
  private var goesOn = false

  mutating func start(at number: Int, andAfter: Bool) { (left, goesOn) = (number, andAfter) }

  /// Whether the allocation that is asked for now fails.
  mutating func strikes() -> Bool {
    guard left > 0 else { return false }
    if left > 1 {
      left -= 1
      return false
    }
    if !goesOn { left = 0 }
    count += 1
    return true
  }
}
