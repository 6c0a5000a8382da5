import Synchronization

/// One block of a device's memory, shared by a tensor and its views and freed with the last of them.
///
/// `@unchecked`: the block's address and size never change. Its contents are written by the operation that
/// made it, before it returns the tensor, and later only by in-place operations, whose caller owns the tensor; kernels
/// write disjoint chunks.
final class Storage: @unchecked Sendable {
  private static let counter = Atomic<Int>(0)
  /// The number of the newest block.
  static var newest: Int { counter.load(ordering: .relaxed) }

  let device: Device
  /// Unique, and larger than those of all older blocks.
  let number: Int
  let address: UnsafeMutableRawPointer
  let size: Int
  /// How often the contents were changed in place; a gradient that saved an older version throws.
  private(set) var version = 0
  /// The number of the last assignment with a gradient, as a tape entry; 0 when there was none.
  private(set) var assignment = 0
  /// A weight in this block as a kernel reads it.
  let packedWeight = Mutex<PackedWeight?>(nil)

  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``
  init(bytes: Int, on device: Device, operation: String, shape: [Int]) throws(TensorError) {
    self.device = device
    number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    size = device.pool.blockSize(for: bytes)
    address = try device.pool.take(size, operation: operation, shape: shape)
  }

  deinit { device.pool.release(address, size: size) }

  func noteChange() { version += 1 }

  func noteAssignment(_ entry: Int) { assignment = entry }
}

/// A pointer that worker threads may share: they write disjoint chunks of what it points to.
struct Shared<Pointee>: @unchecked Sendable {
  // `@unchecked`: see above; kernels give every chunk a range of its own, and wait for all of them.
  let pointer: UnsafeMutablePointer<Pointee>

  @inline(__always)
  init(_ pointer: UnsafeMutablePointer<Pointee>) { self.pointer = pointer }

  @inline(__always)
  subscript(index: Int) -> Pointee {
    get { pointer[index] }
    nonmutating set { pointer[index] = newValue }
  }

  @inline(__always)
  static func + (base: Shared, offset: Int) -> UnsafeMutablePointer<Pointee> { base.pointer + offset }
}
