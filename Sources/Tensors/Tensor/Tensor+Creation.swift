import Foundation
import Support
import Synchronization

extension Tensor {
  /// A tensor of `shape` with the given elements, in row-major order.
  ///
  /// - Throws: ``TensorError/cannotReshape(from:to:)`` unless `shape` has as many elements; ``TensorError`` for a shape
  ///   that is not valid or does not fit the memory budget.
  public init<T: Scalar>(_ elements: [T], shape: [Int], on device: Device) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: "tensor")
    guard elements.count == count else { throw .cannotReshape(from: [elements.count], to: shape) }
    try self.init(uninitialized: shape, T.dtype, on: device, operation: "tensor")
    elements.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      let target = Shared(pointer(T.self))
      let source = Shared(UnsafeMutablePointer(mutating: first))
      device.parallel(count, by: Device.chunkElements) { range in
        (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
      }
    }
    Recorder.current?.noteConstant(self)
  }

  /// A tensor of rank 0.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public init(_ value: Float, on device: Device) throws(TensorError) {
    try self.init([value], shape: [], on: device)
  }

  /// A tensor of `shape` whose elements are all `value` (for bool: whether it is not 0).
  ///
  /// - Throws: ``TensorError`` for a shape that is not valid, when the memory budget is exceeded, or for an int32
  ///   tensor of a number that is no int32.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, on device: Device, operation: String = "full"
  ) throws(TensorError) -> Tensor {
    if dtype == .int32, Int32(exactly: value) == nil {
      throw .notInteger(operation: operation, value: value)
    }
    let tensor = try Tensor(uninitialized: shape, dtype, on: device, operation: operation)
    tensor.fill(value)
    Recorder.current?.noteConstant(tensor)
    return tensor
  }

  /// A tensor of `shape` whose elements are all 0.
  ///
  /// - Throws: as ``full(_:_:dtype:on:operation:)``.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, on device: Device
  ) throws(TensorError) -> Tensor {
    try full(shape, 0, dtype: dtype, on: device, operation: "zeros")
  }

  /// `start`, `start + step`, …: a tensor `[count]`.
  ///
  /// - Throws: as ``full(_:_:dtype:on:operation:)``.
  public static func arange(
    _ start: Double, count: Int, step: Double, dtype: DType = .float32, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: [max(0, count)], dtype, on: device, operation: "arange")
    let value = { @Sendable (i: Int) in start + Double(i) * step }
    switch dtype {
    case .float32: fill(tensor.sharedFloats, tensor.count, device) { Float(value($0)) }
    case .bool: fill(Shared(tensor.pointer(Bool.self)), tensor.count, device) { value($0) != 0 }
    case .int32:
      // With integers for start and step all numbers are integers, and the largest is at an end.
      let numbers = tensor.count > 1 ? [start, step, value(tensor.count - 1)] : [start]
      if tensor.count > 0, let bad = numbers.first(where: { Int32(exactly: $0) == nil }) {
        throw .notInteger(operation: "arange", value: bad)
      }
      fill(Shared(tensor.pointer(Int32.self)), tensor.count, device) { Int32(value($0)) }
    }
    Recorder.current?.noteConstant(tensor)
    return tensor
  }

  /// Evenly spaced numbers from `first` to `last`, both included: a float32 tensor `[count]`.
  ///
  /// - Throws: as ``full(_:_:dtype:on:operation:)``.
  public static func linspace(
    _ first: Double, _ last: Double, count: Int, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: [count], .float32, on: device, operation: "linspace")
    fill(tensor.sharedFloats, count, device) { i in
      // Computed from both ends, so that the last one is exact.
      let fraction = count > 1 ? Double(i) / Double(count - 1) : 0
      return Float(2 * i < count ? first + (last - first) * fraction : last - (last - first) * (1 - fraction))
    }
    Recorder.current?.noteConstant(tensor)
    return tensor
  }

  /// Sets each element to a value that follows from its index, in parallel.
  private static func fill<Element: Sendable>(
    _ target: Shared<Element>, _ count: Int, _ device: Device, _ value: @Sendable (Int) -> Element
  ) {
    device.parallel(count, by: Device.chunkElements) { range in
      for i in range { target[i] = value(i) }
    }
  }

  /// A tensor whose elements are all `value`, with the shape, device and by default the type of another tensor.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public static func full(
    like other: Tensor, _ value: Double, dtype: DType? = nil, operation: String = "full_like"
  ) throws(TensorError) -> Tensor {
    try full(other.shape, value, dtype: dtype ?? other.dtype, on: other.device, operation: operation)
  }

  /// The identity matrix, float32 `[size, size]`.
  ///
  /// - Throws: as ``full(_:_:dtype:on:operation:)``.
  public static func eye(_ size: Int, on device: Device) throws(TensorError) -> Tensor {
    let tensor = try full([size, size], 0, on: device, operation: "eye")
    for i in 0..<size { tensor.floats[i * (size + 1)] = 1 }
    return tensor
  }

  /// A tensor of `shape` from its elements as little-endian bytes in row-major order.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` unless `shape` has as many bytes; ``TensorError``
  ///   for a shape that is not valid or does not fit the memory budget.
  public init(bytes: Data, shape: [Int], dtype: DType, on device: Device) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: "load")
    guard bytes.count == count * dtype.width else {
      throw .badArgument(
        operation: "load", reason: "\(bytes.count) bytes cannot fill \(shape) of \(dtype.rawValue)")
    }
    try self.init(uninitialized: shape, dtype, on: device, operation: "load")
    bytes.copyBytes(to: UnsafeMutableRawBufferPointer(start: storage.address, count: bytes.count))
  }

  /// A float32 tensor of shape `[count] + rowShape`, made row by row on all threads of the device.
  ///
  /// `make` returns the elements of the row of an index from 0; they depend on the index alone, so the result does not
  /// depend on the number of threads.
  /// - Throws: what `make` throws for the first row that fails; later rows may not be made.
  ///   ``TensorError/cannotReshape(from:to:)`` when a row does not have the elements of `rowShape`; as
  ///   `Interruption.check`, after which rows that are being made go on by themselves.
  public init(
    rowsInParallel count: Int, rowShape: [Int], on device: Device, operation: String = "rows",
    _ make: @escaping @Sendable (Int) throws -> [Float]
  ) throws {
    let tensor = try Tensor(
      uninitialized: [count] + rowShape, .float32, on: device, operation: operation)
    try Device.interruptible(operation) { try tensor.fillRows(rowShape.reduce(1, *), operation, make) }
    self = tensor
  }

  /// Sets the rows of `size` elements to what `make` returns for their indices, in parallel.
  private func fillRows(
    _ size: Int, _ operation: String, _ make: @Sendable (Int) throws -> [Float]
  ) throws {
    let target = sharedFloats
    let failed = Atomic<Int>(Int.max)
    let failures = RowFailures()
    let expiry = Interruption.expiry
    device.parallel(chunks: shape[0], isWhole: true) { row in
      // Rows are begun in order, so every row before one that failed is still made.
      guard row < failed.load(ordering: .relaxed) else { return }
      do {
        let elements = try Interruption.withExpiry(expiry) {
          try Interruption.check(operation)
          return try make(row)
        }
        guard elements.count == size else {
          throw TensorError.cannotReshape(from: [elements.count], to: Array(shape.dropFirst()))
        }
        for i in 0..<size { target[row * size + i] = elements[i] }
      } catch {
        failed.min(row, ordering: .relaxed)
        failures.add(error, of: row)
      }
    }
    if let first = failures.first { throw first }
  }
}

/// Errors of rows that are made in parallel.
private final class RowFailures: Sendable {
  private let errors = Mutex<[Int: any Error]>([:])

  /// The error of the first row that failed.
  var first: (any Error)? { errors.withLock { $0.min { $0.key < $1.key }?.value } }

  /// Not inlined, so that a thread sanitizer, which does not see Swift's locks, can be told its name
  /// (Tests/Fuzzer/thread.supp).
  @inline(never)
  func add(_ error: any Error, of row: Int) { errors.withLock { $0[row] = error } }
}
