/// A multi-dimensional array: a view (shape, strides, offset) of a block of memory.
///
/// Row-major; copies of the value share the elements, as in PyTorch. `node` refers to the operation that made it, if
/// that was recorded for gradients.
public struct Tensor: Sendable {
  var storage: Storage
  /// The length of every dimension; empty for a single number.
  public let shape: [Int]
  /// The distance of neighbours along every dimension, in elements; 0 where it is expanded.
  let strides: [Int]
  /// The position of the first element in the block, in elements.
  public let offset: Int
  /// The type of the elements.
  public let dtype: DType
  /// The recorded operation that made it, or its leaf; nil when it requires no gradient.
  public internal(set) var node: Node?
  /// Whether an operation made it as a view of one of its inputs.
  var isView = false
  /// Whether it was detached: later assignments to its memory give it no gradient.
  var isDetached = false

  init(storage: Storage, shape: [Int], strides: [Int], offset: Int, dtype: DType, node: Node? = nil) {
    self.storage = storage
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.dtype = dtype
    self.node = node
  }

  /// A tensor whose memory is not yet written; every kernel fills the one it makes.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``, or
  ///   ``TensorError/badShape(operation:shape:expected:hint:)``.
  init(uninitialized shape: [Int], _ dtype: DType, on device: Device, operation: String) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: operation)
    storage = try Storage(bytes: count * dtype.width, on: device, operation: operation, shape: shape)
    self.shape = shape
    strides = Self.rowMajor(shape)
    offset = 0
    self.dtype = dtype
    node = nil
  }

  /// Its device.
  public var device: Device { storage.device }
  /// The number of dimensions.
  public var rank: Int { shape.count }
  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// How often its block of memory was changed in place.
  public var version: Int { storage.version }
  /// The size of its block of memory in bytes.
  public var byteCount: Int { storage.size }
  /// Whether the elements are in row-major order without gaps.
  public var isContiguous: Bool {
    var expected = 1
    for dimension in shape.indices.reversed() where shape[dimension] != 1 {
      // Without elements every order is row-major.
      if strides[dimension] != expected { return shape.contains(0) }
      expected *= shape[dimension]
    }
    return true
  }

  private static let unitStrides = [1]

  /// Row-major strides of a shape.
  static func rowMajor(_ shape: [Int]) -> [Int] {
    // The most frequent ones share an array.
    if shape.count == 1 { return unitStrides }
    var strides = shape
    var next = 1
    for dimension in shape.indices.reversed() {
      strides[dimension] = next
      next *= max(1, shape[dimension])
    }
    return strides
  }

  /// The maximum number of rows of a shape without elements: kernels iterate over them, and no memory is charged.
  private static let maxEmptyRows = 1 << 24

  /// The maximum number of dimensions.
  static let maxRank = 16

  /// The number of elements of a shape.
  ///
  /// - Throws: ``TensorError/badShape(operation:shape:expected:hint:)`` for a negative length, a rank over 16, or 2⁴⁰
  ///   elements and more.
  static func elementCount(of shape: [Int], operation: String) throws(TensorError) -> Int {
    guard shape.count <= maxRank else {
      throw .badShape(operation: operation, shape: shape, expected: "at most \(maxRank) dimensions")
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

  /// `dimension`, which counts from the end when negative, as an index from 0.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  func resolve(_ dimension: Int, _ operation: String) throws(TensorError) -> Int {
    let resolved = dimension < 0 ? dimension + max(rank, 1) : dimension
    guard resolved >= 0, resolved < max(rank, 1) else {
      throw .noSuchDimension(operation: operation, dimension: dimension, shape: shape)
    }
    return resolved
  }

  /// Checks that the elements are float32.
  ///
  /// - Throws: ``TensorError/wrongType(operation:expected:got:role:)``.
  func requireFloat(_ operation: String) throws(TensorError) {
    guard dtype == .float32 else { throw .wrongType(operation: operation, expected: .float32, got: dtype) }
  }
}

// The only access to the elements. Kernels use it; nothing outside Tensors sees a pointer.
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
