import Foundation

extension Tensor {
  /// The elements in row-major order.
  ///
  /// - Throws: ``TensorError/wrongType(operation:expected:got:role:)`` for another type, and
  ///   ``TensorError/notRecordable(function:use:)`` while a function is recorded.
  public func values<T: Scalar>(as type: T.Type = T.self) throws -> [T] {
    guard T.dtype == dtype else {
      throw TensorError.wrongType(operation: "values", expected: T.dtype, got: dtype)
    }
    try Recorder.requireNone(.values)
    let source = try contiguous()
    return Array(UnsafeBufferPointer(start: source.pointer(T.self), count: count))
  }

  /// The float32 elements in row-major order.
  ///
  /// - Throws: as ``values(as:)``.
  public var floatValues: [Float] { get throws { try values(as: Float.self) } }

  /// The elements of any type as numbers, in row-major order.
  ///
  /// - Throws: ``TensorError/notRecordable(function:use:)`` while a function is recorded.
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
  /// - Throws: ``TensorError/badShape(operation:shape:expected:hint:)`` unless there is exactly one;
  ///   ``TensorError/notRecordable(function:use:)`` while a function is recorded.
  public func item() throws -> Double {
    try Recorder.requireNone(.values)
    guard count == 1 else {
      throw TensorError.badShape(operation: "item", shape: shape, expected: "one element")
    }
    switch dtype {
    case .float32: return Double(floats[0])
    case .int32: return Double(pointer(Int32.self)[0])
    case .bool: return pointer(Bool.self)[0] ? 1 : 0
    }
  }

  /// The element at an index of a tensor of rank 1 as a number; nil where that needs more than reading it: for another
  /// rank, an index out of range, a gradient, or while a function is recorded.
  public func plainElement(_ index: Int) -> Double? {
    guard shape.count == 1, index >= 0, index < shape[0], node == nil, storage.assignment == 0,
      !Recording.isOfFunction, !Observation.isOn
    else { return nil }
    let position = index * strides[0]
    switch dtype {
    case .float32: return Double(floats[position])
    case .int32: return Double(pointer(Int32.self)[position])
    case .bool: return pointer(Bool.self)[position] ? 1 : 0
    }
  }

  /// The elements as little-endian bytes in row-major order.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)`` for a copy in that order.
  public var bytes: Data {
    get throws {
      let source = try contiguous()
      return Data(bytes: source.storage.address + source.offset * dtype.width, count: count * dtype.width)
    }
  }

  /// The float32 elements at `index` (from 0) of the first dimension, in row-major order.
  ///
  /// Safe to call from many threads, for different rows.
  ///
  /// - Throws: ``TensorError`` for another type, rank 0, or an index out of range.
  public func row(_ index: Int) throws -> [Float] {
    try requireFloat("row")
    return try detached().select(0, index).floatValues
  }

  /// The float32 elements of each index of the first dimension, in row-major order.
  ///
  /// - Throws: ``TensorError`` for another type or rank 0.
  public func rows() throws -> [[Float]] {
    guard rank > 0 else {
      throw TensorError.badShape(operation: "rows", shape: shape, expected: "1 dimension or more")
    }
    return try (0..<shape[0]).map(row)
  }

  /// Int32 indices plus `amount`, which converts between counting from 0 and from 1. Wraps around on overflow.
  ///
  /// - Throws: ``TensorError/wrongType(operation:expected:got:role:)`` unless they are int32.
  public func shiftedIndices(by amount: Int32) throws -> Tensor {
    guard dtype == .int32 else {
      throw TensorError.wrongType(operation: "indices", expected: .int32, got: dtype)
    }
    try Recorder.requireNone(.values)
    let source = try contiguous()
    let result = try Tensor(uninitialized: shape, .int32, on: device, operation: "indices")
    let from = Shared(source.pointer(Int32.self))
    let to = Shared(result.pointer(Int32.self))
    device.parallel(count, by: Device.chunkElements, isWhole: true) { range in
      for i in range { to[i] = from[i] &+ amount }
    }
    return result
  }
}
