extension Tensor {
  /// The elements in row-major order, not recorded; itself when they already are.
  func contiguous(for operation: String) throws(TensorError) -> Tensor {
    if isContiguous { return self }
    let result = try Tensor(uninitialized: shape, dtype, on: device, operation: operation)
    result.copyElements(from: self)
    return result
  }

  /// Writes `source`, broadcast to this shape and of the same type, over the elements of this view.
  func copyElements(from source: Tensor) {
    switch dtype {
    case .float32: copy(from: source, as: Float.self)
    case .int32: copy(from: source, as: Int32.self)
    case .bool: copy(from: source, as: Bool.self)
    }
  }

  /// Adds the elements of `source`, broadcast, to those of this float32 tensor, in place.
  func addElements(of source: Tensor) {
    forEachRow(with: source, as: Float.self) { target, step, from, sourceStep, count in
      if step == 1 && sourceStep == 1 {
        for i in 0..<count { target[i] += from[i] }
      } else {
        for i in 0..<count { target[i * step] += from[i * sourceStep] }
      }
    }
  }

  private func copy<T: Scalar>(from source: Tensor, as type: T.Type) {
    forEachRow(with: source, as: type, copyRow)
  }

  /// Calls `body` for rows of elements, in parallel: where the elements and those of `source` begin, how far they are
  /// apart, and how many they are.
  @inline(__always)
  private func forEachRow<T: Scalar>(
    with source: Tensor, as type: T.Type,
    _ body: @Sendable (UnsafeMutablePointer<T>, Int, UnsafeMutablePointer<T>, Int, Int) -> Void
  ) {
    let loop = StridedLoop(shape: shape, operands: [strides, source.strides(broadcastTo: shape)])
    let target = Shared(pointer(T.self))
    let from = Shared(source.pointer(T.self))
    let length = loop.rowLength
    let step = loop.step(0)
    let sourceStep = loop.step(1)
    guard count > 0 else { return }
    if loop.rows == 1 {
      device.parallel(length, by: Device.chunkElements) { range in
        body(
          target + range.lowerBound * step, step, from + range.lowerBound * sourceStep, sourceStep,
          range.count)
      }
      return
    }
    device.parallel(loop.rows, by: max(1, Device.chunkElements / length)) { rows in
      loop.forEachRow(in: rows) { _, offsets in
        body(target + offsets[0], step, from + offsets[1], sourceStep, length)
      }
    }
  }

  /// Sets every element of this view.
  func fill(_ value: Double) {
    switch dtype {
    case .float32: fill(Float(value))
    case .int32: fill(Int32(nearest: value))
    case .bool: fill(value != 0)
    }
  }

  private func fill<T: Scalar>(_ value: T) {
    let loop = StridedLoop(shape: shape, operands: [strides])
    let target = Shared(pointer(T.self))
    let length = loop.rowLength
    let step = loop.step(0)
    guard count > 0 else { return }
    if loop.rows == 1 && step == 1 {
      device.parallel(length, by: Device.chunkElements) { range in
        (target + range.lowerBound).update(repeating: value, count: range.count)
      }
      return
    }
    loop.forEachRow(in: 0..<loop.rows) { _, offsets in
      for i in 0..<length { target[offsets[0] + i * step] = value }
    }
  }
}

@inline(__always)
private func copyRow<T>(
  _ target: UnsafeMutablePointer<T>, _ step: Int, _ source: UnsafeMutablePointer<T>, _ sourceStep: Int,
  _ count: Int
) {
  if step == 1 && sourceStep == 1 {
    target.update(from: source, count: count)
  } else {
    for i in 0..<count { target[i * step] = source[i * sourceStep] }
  }
}

extension Int32 {
  /// The integer part of a number, limited to the range of int32; a NaN is 0.
  init(nearest value: Double) {
    self = value >= 2_147_483_647 ? .max : value <= -2_147_483_648 ? .min : value == value ? Int32(value) : 0
  }
}

/// A copy in row-major order.
struct Copy: Operation {
  var name: String { "clone" }
  var isBatchwise: Bool { true }

  func forward(_ inputs: [Tensor]) throws -> Outcome {
    let result = try Tensor(
      uninitialized: inputs[0].shape, inputs[0].dtype, on: inputs[0].device, operation: name)
    result.copyElements(from: inputs[0])
    return Outcome(result)
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] { [step.upstream] }
}

extension Tensor {
  /// The elements in another type: int32 truncates towards 0, bool is whether an element is not 0 (a NaN is not).
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` when a number does not fit an int32.
  public func converted(to target: DType) throws -> Tensor {
    dtype == target ? self : try Conversion(target: target)(self)
  }
}

/// The elements in another type; has no gradient.
private struct Conversion: Operation {
  let target: DType
  var name: String { "to" }
  var isBatchwise: Bool { true }

  func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let source = try x.contiguous(for: name)
    let result = try Tensor(uninitialized: x.shape, target, on: x.device, operation: name)
    switch (x.dtype, target) {
    case (.float32, .int32):
      try source.requireInt32Range()
      source.convert(to: result) { (x: Float) in Int32(x) }
    case (.float32, .bool): source.convert(to: result) { (x: Float) in x != 0 }
    case (.int32, .float32): source.convert(to: result) { (x: Int32) in Float(x) }
    case (.int32, .bool): source.convert(to: result) { (x: Int32) in x != 0 }
    case (.bool, .float32): source.convert(to: result) { (x: Bool) in Float(x ? 1 : 0) }
    case (.bool, .int32): source.convert(to: result) { (x: Bool) in Int32(x ? 1 : 0) }
    case (.float32, .float32), (.int32, .int32), (.bool, .bool): return Outcome(x)
    }
    return Outcome(result)
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] { [nil] }
}

extension Tensor {
  /// `change` of every element; both are contiguous.
  @inline(__always)
  fileprivate func convert<From: Scalar, To: Scalar>(
    to result: Tensor, _ change: @escaping @Sendable (From) -> To
  ) {
    let from = Shared(pointer(From.self))
    let to = Shared(result.pointer(To.self))
    device.parallel(count, by: Device.chunkElements) { range in
      for i in range { to[i] = change(from[i]) }
    }
  }

  fileprivate func requireInt32Range() throws {
    var fits = true
    let from = floats
    for i in 0..<count { fits = fits && from[i] >= -2_147_483_648 && from[i] < 2_147_483_648 }
    guard fits else {
      throw TensorError.badArgument(operation: "to", reason: "a value does not fit an int32")
    }
  }
}
