/// Numbers in a rectangle of any rank: a view (shape, strides, offset) of a block of memory.
///
/// Row-major; copies of the value share the elements, as in PyTorch. `node` ties it to the operation that
/// made it, when that was recorded for gradients.
public struct Tensor: Sendable {
  var storage: Storage
  /// The length of every dimension; empty for a single number.
  public let shape: [Int]
  /// Elements between neighbours along every dimension; 0 where it is expanded.
  let strides: [Int]
  /// Elements before the first one.
  public let offset: Int
  /// The type of the elements.
  public let dtype: DType
  /// How it was made, or the leaf that gathers its gradient; nil when no gradient is wanted.
  public internal(set) var node: Node?

  init(storage: Storage, shape: [Int], strides: [Int], offset: Int, dtype: DType, node: Node? = nil) {
    self.storage = storage
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.dtype = dtype
    self.node = node
  }

  /// Memory for a tensor, not yet written; every kernel that makes one fills it.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``, or a bad shape.
  init(uninitialized shape: [Int], _ dtype: DType, on device: Device, operation: String) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: operation)
    storage = try Storage(bytes: count * dtype.width, on: device, operation: operation, shape: shape)
    self.shape = shape
    strides = Self.rowMajor(shape)
    offset = 0
    self.dtype = dtype
    node = nil
  }

  /// The device it lives on.
  public var device: Device { storage.device }
  /// The number of dimensions.
  public var rank: Int { shape.count }
  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// How often the block behind it was changed in place.
  public var version: Int { storage.version }
  /// Bytes of the block behind it.
  public var byteCount: Int { storage.size }
  /// Whether the elements lie in row-major order without gaps.
  public var isContiguous: Bool {
    var expected = 1
    for (length, stride) in zip(shape, strides).reversed() where length != 1 {
      if stride != expected { return false }
      expected *= length
    }
    return true
  }

  /// Row-major strides of a shape.
  static func rowMajor(_ shape: [Int]) -> [Int] {
    var strides = shape
    var next = 1
    for dimension in shape.indices.reversed() {
      strides[dimension] = next
      next *= max(1, shape[dimension])
    }
    return strides
  }

  /// The most rows of a shape without elements: kernels walk them, and nothing is charged for them.
  private static let maxEmptyRows = 1 << 24

  /// The number of elements of a shape, refusing negative lengths, ranks over 16 and sizes past memory.
  static func elementCount(of shape: [Int], operation: String) throws(TensorError) -> Int {
    guard shape.count <= 16 else {
      throw .badShape(operation: operation, shape: shape, expected: "at most 16 dimensions")
    }
    // Lengths of 0 count as 1, so that the products of any of the lengths fit too.
    var size = 1
    for length in shape {
      guard length >= 0 else {
        throw .badShape(operation: operation, shape: shape, expected: "lengths of 0 or more")
      }
      let (product, overflow) = size.multipliedReportingOverflow(by: max(1, length))
      guard !overflow, product < 1 << 40 else {
        throw .badShape(operation: operation, shape: shape, expected: "fewer than 2^40 elements")
      }
      size = product
    }
    guard shape.contains(0) else { return size }
    guard size <= maxEmptyRows else {
      throw .badShape(
        operation: operation, shape: shape, expected: "at most 2^24 rows without elements")
    }
    return 0
  }

  /// `dimension`, counted from 0, or from the end when negative, as a number from 0.
  func resolve(_ dimension: Int, _ operation: String) throws(TensorError) -> Int {
    let resolved = dimension < 0 ? dimension + max(rank, 1) : dimension
    guard resolved >= 0, resolved < max(rank, 1) else {
      throw .noSuchDimension(operation: operation, dimension: dimension, shape: shape)
    }
    return resolved
  }

  /// Throws unless the elements are float32.
  func requireFloat(_ operation: String) throws(TensorError) {
    guard dtype == .float32 else { throw .wrongType(operation: operation, expected: .float32, got: dtype) }
  }
}

// The only doors to the elements. Kernels call them; nothing outside Tensors sees a pointer.
extension Tensor {
  /// The first element, for kernels that checked type and layout.
  @inline(__always)
  func pointer<T>(_ type: T.Type) -> UnsafeMutablePointer<T> {
    storage.address.assumingMemoryBound(to: type) + offset
  }

  /// The first of the float32 elements.
  @inline(__always)
  var floats: UnsafeMutablePointer<Float> { pointer(Float.self) }
}

extension Tensor {
  /// The float32 elements, for worker threads.
  @inline(__always)
  var sharedFloats: Shared<Float> { Shared(floats) }
}
