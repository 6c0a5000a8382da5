import Foundation

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

  /// Uniform in [0, 1), drawn from `random`.
  public static func rand(
    _ shape: [Int], from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: shape, .float32, on: device, operation: "rand")
    RandomKernels.uniform(tensor.sharedFloats, tensor.count, from: &random, device)
    return tensor
  }

  /// Standard normal, drawn from `random`.
  public static func randn(
    _ shape: [Int], from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: shape, .float32, on: device, operation: "randn")
    RandomKernels.normal(tensor.sharedFloats, tensor.count, from: &random, device)
    return tensor
  }

  /// Whole numbers from `low` up to, but without, `high`, drawn from `random`; int32.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:)`` unless low < high, both within int32.
  public static func randint(
    _ low: Int, _ high: Int, _ shape: [Int], from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    guard low >= Int(Int32.min), high <= Int(Int32.max) + 1, low < high else {
      throw .badArgument(operation: "randint", reason: "nothing to draw from \(low) up to \(high)")
    }
    let tensor = try Tensor(uninitialized: shape, .int32, on: device, operation: "randint")
    RandomKernels.whole(Shared(tensor.pointer(Int32.self)), tensor.count, low..<high, from: &random, device)
    return tensor
  }

  /// The numbers from 0 up to, but without, `count` in random order; int32.
  public static func randperm(
    _ count: Int, from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    guard count <= Int(Int32.max) else {
      throw .badArgument(operation: "randperm", reason: "\(count) is more than int32 can number")
    }
    let tensor = try Tensor(uninitialized: [count], .int32, on: device, operation: "randperm")
    // As RandomStream.permutation, in place: a list beside the tensor would not be in the budget.
    let order = UnsafeMutableBufferPointer(start: tensor.pointer(Int32.self), count: tensor.count)
    for i in order.indices { order[i] = Int32(i) }
    for i in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(i, random.below(i + 1)) }
    return tensor
  }

  /// The elements in row-major order.
  public func values<T: Scalar>(as type: T.Type = T.self) throws -> [T] {
    guard T.dtype == dtype else {
      throw TensorError.wrongType(operation: "values", expected: T.dtype.rawValue, got: dtype)
    }
    try Recorder.requireNone("the values of a tensor")
    let packed = try contiguous()
    return Array(UnsafeBufferPointer(start: packed.pointer(T.self), count: count))
  }

  /// The float32 elements in row-major order.
  public var floatValues: [Float] { get throws { try values(as: Float.self) } }

  /// The elements as numbers, whatever their type, in row-major order.
  public var numbers: [Double] {
    get throws {
      switch dtype {
      case .float32: try values(as: Float.self).map(Double.init)
      case .int32: try values(as: Int32.self).map(Double.init)
      case .bool: try values(as: Bool.self).map { $0 ? 1 : 0 }
      }
    }
  }

  /// The only element as a number.
  ///
  /// - Throws: ``TensorError/badShape(operation:shape:expected:)`` unless there is exactly one.
  public func item() throws -> Double {
    try Recorder.requireNone("the values of a tensor")
    guard count == 1 else {
      throw TensorError.badShape(operation: "item", shape: shape, expected: "one element")
    }
    switch dtype {
    case .float32: return Double(floats[0])
    case .int32: return Double(pointer(Int32.self)[0])
    case .bool: return pointer(Bool.self)[0] ? 1 : 0
    }
  }

  /// The elements as little-endian bytes in row-major order, as files keep them.
  public var bytes: Data {
    get throws {
      let packed = try contiguous()
      return Data(bytes: packed.storage.address + packed.offset * dtype.width, count: count * dtype.width)
    }
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
}
