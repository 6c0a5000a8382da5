import Foundation

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
