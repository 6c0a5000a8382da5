import Foundation
import Support
import Synchronization

extension Tensor {
  /// A tensor of given elements, in row-major order.
  ///
  /// - Throws: ``TensorError/cannotReshape(from:to:)`` unless there are as many as `shape` says.
  public init<T: Scalar>(_ elements: [T], shape: [Int], on device: Device) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: "tensor")
    guard elements.count == count else { throw .cannotReshape(from: [elements.count], to: shape) }
    try self.init(uninitialized: shape, T.dtype, on: device, operation: "tensor")
    elements.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { pointer(T.self).update(from: first, count: count) }
    }
    Recorder.current?.noteConstant(self)
  }

  /// A single number, of rank 0.
  public init(_ value: Float, on device: Device) throws(TensorError) {
    try self.init([value], shape: [], on: device)
  }

  /// All elements `value` (for bool: whether it is not 0).
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, on device: Device, operation: String = "full"
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: shape, dtype, on: device, operation: operation)
    tensor.fill(value)
    Recorder.current?.noteConstant(tensor)
    return tensor
  }

  /// All zeros.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, on device: Device
  ) throws(TensorError) -> Tensor {
    try full(shape, 0, dtype: dtype, on: device, operation: "zeros")
  }

  /// `count` numbers from `start`, `step` apart.
  public static func arange(
    _ start: Double, count: Int, step: Double, dtype: DType = .float32, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: [max(0, count)], dtype, on: device, operation: "arange")
    for i in 0..<tensor.count {
      let value = start + Double(i) * step
      switch dtype {
      case .float32: tensor.floats[i] = Float(value)
      case .int32: tensor.pointer(Int32.self)[i] = Int32(nearest: value)
      case .bool: tensor.pointer(Bool.self)[i] = value != 0
      }
    }
    Recorder.current?.noteConstant(tensor)
    return tensor
  }

  /// `count` numbers from `first` to `last`, both included, evenly spaced.
  public static func linspace(
    _ first: Double, _ last: Double, count: Int, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: [count], .float32, on: device, operation: "linspace")
    for i in 0..<count {
      // From both ends, so that the last one is exact.
      let share = count > 1 ? Double(i) / Double(count - 1) : 0
      tensor.floats[i] = Float(
        2 * i < count ? first + (last - first) * share : last - (last - first) * (1 - share))
    }
    Recorder.current?.noteConstant(tensor)
    return tensor
  }

  /// All elements `value`, with the shape, type (unless another is given) and device of another tensor.
  public static func full(
    like other: Tensor, _ value: Double, dtype: DType? = nil, operation: String = "full_like"
  ) throws(TensorError) -> Tensor {
    try full(other.shape, value, dtype: dtype ?? other.dtype, on: other.device, operation: operation)
  }

  /// The identity matrix of `size` rows.
  public static func eye(_ size: Int, on device: Device) throws(TensorError) -> Tensor {
    let tensor = try full([size, size], 0, on: device, operation: "eye")
    for i in 0..<size { tensor.floats[i * (size + 1)] = 1 }
    return tensor
  }

  /// A tensor read from little-endian bytes in row-major order.
  public init(bytes: Data, shape: [Int], dtype: DType, on device: Device) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: "load")
    guard bytes.count == count * dtype.width else {
      throw .badArgument(
        operation: "load", reason: "\(bytes.count) bytes cannot fill \(shape) of \(dtype.rawValue)")
    }
    try self.init(uninitialized: shape, dtype, on: device, operation: "load")
    bytes.copyBytes(to: UnsafeMutableRawBufferPointer(start: storage.address, count: bytes.count))
  }

  /// A float32 tensor of shape (`count`, `rowShape`…), made row by row on all threads of the device.
  ///
  /// `make` gives the elements of one row; it depends on the row's number alone, so the result does not
  /// depend on the number of threads.
  /// - Throws: what `make` throws for the lowest row that fails; rows after it may not be made.
  ///   ``TensorError/cannotReshape(from:to:)`` when a row has another size than `rowShape` says.
  public init(
    rowsInParallel count: Int, rowShape: [Int], on device: Device, operation: String = "rows",
    _ make: @Sendable (Int) throws -> [Float]
  ) throws {
    try self.init(uninitialized: [count] + rowShape, .float32, on: device, operation: operation)
    let target = sharedFloats
    let size = rowShape.reduce(1, *)
    let failed = Atomic<Int>(Int.max)
    let failures = Mutex<[Int: any Error]>([:])
    let expiry = Interruption.expiry
    device.parallel(chunks: count) { row in
      // Rows are handed out in order, so every row before one that failed is still made.
      guard row < failed.load(ordering: .relaxed) else { return }
      do {
        let elements = try Interruption.withExpiry(expiry) { try make(row) }
        guard elements.count == size else {
          throw TensorError.cannotReshape(from: [elements.count], to: rowShape)
        }
        for i in 0..<size { target[row * size + i] = elements[i] }
      } catch {
        failed.min(row, ordering: .relaxed)
        failures.withLock { $0[row] = error }
      }
    }
    let first = failures.withLock { $0.min { $0.key < $1.key }?.value }
    if let first { throw first }
  }
}
