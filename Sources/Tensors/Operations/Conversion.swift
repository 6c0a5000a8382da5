extension Tensor {
  /// The elements in another type: to int32 by cutting off, to bool by being other than 0 (a NaN is).
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:)`` when a number does not fit an int32.
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
    let source = try x.packed(name)
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
