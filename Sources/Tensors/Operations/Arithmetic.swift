/// Linear interpolation by a weight: `a + w·(b − a)`, of three float32 tensors a, b, w of one shape.
public struct Interpolation: Operation {
  public init() {}
  public var name: String { "lerp" }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let a = inputs[0]
    let b = inputs[1]
    let weight = inputs[2]
    for other in [b, weight] where other.shape != a.shape {
      throw TensorError.shapeMismatch(
        operation: name, left: a.shape, right: other.shape, hint: "all three must have one shape")
    }
    let contiguous = try inputs.map { try $0.contiguous(for: name) }
    let from = contiguous[0].sharedFloats
    let to = contiguous[1].sharedFloats
    let fraction = contiguous[2].sharedFloats
    let result = try Tensor(uninitialized: a.shape, .float32, on: a.device, operation: name)
    let values = result.sharedFloats
    a.device.parallel(a.count, by: Device.chunkElements) { range in
      for i in range { values[i] = from[i] + fraction[i] * (to[i] - from[i]) }
    }
    return Outcome(result, saving: contiguous)
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let a = step.saved[0]
    let b = step.saved[1]
    let weight = step.saved[2]
    let upstream = step.upstream
    let toB = try upstream.multiplied(by: weight)
    return [
      step.needs[0] ? try upstream.subtracting(toB) : nil, step.needs[1] ? toB : nil,
      step.needs[2] ? try upstream.multiplied(by: b.subtracting(a)) : nil,
    ]
  }
}

extension Interpolation: SynapticOperation {
  /// Two products: w·b and (1 − w)·a, which is 0 where w is 1.
  ///
  /// - Throws: nothing.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    [(1, .partners(inputs[2], offset: 0)), (0, .partners(inputs[2], offset: 1))]
  }
}

extension BinaryElementwise: SynapticOperation {
  /// Products of two tensors of one shape, such as a gate and its input.
  ///
  /// - Throws: nothing.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    guard formula is Multiplication, inputs[0].shape == inputs[1].shape else { return [] }
    return [(0, .partners(inputs[1], offset: 0))]
  }
}

extension Tensor {
  /// The sum with another tensor, broadcast, float32.
  ///
  /// - Throws: ``TensorError`` when shapes or types do not fit, or the memory budget is exceeded.
  public func adding(_ other: Tensor) throws -> Tensor { try BinaryElementwise(Addition())(self, other) }
  /// The difference from another tensor, broadcast, float32.
  ///
  /// - Throws: as ``adding(_:)``.
  public func subtracting(_ other: Tensor) throws -> Tensor {
    try BinaryElementwise(Subtraction())(self, other)
  }
  /// The elementwise product with another tensor, broadcast, float32.
  ///
  /// - Throws: as ``adding(_:)``.
  public func multiplied(by other: Tensor) throws -> Tensor {
    try BinaryElementwise(Multiplication())(self, other)
  }
  /// The elementwise quotient by another tensor, broadcast, float32.
  ///
  /// - Throws: as ``adding(_:)``.
  public func divided(by other: Tensor) throws -> Tensor { try BinaryElementwise(Division())(self, other) }
  /// The product with a number, float32.
  ///
  /// - Throws: ``TensorError`` for another type, or when the memory budget is exceeded.
  public func scaled(by factor: Float) throws -> Tensor { try Elementwise(Affine(scale: factor))(self) }
  /// The sum with a number, float32.
  ///
  /// - Throws: as ``scaled(by:)``.
  public func shifted(by amount: Float) throws -> Tensor { try Elementwise(Affine(shift: amount))(self) }

  /// The sum over the dimensions that were broadcast from `target`, of shape `target`.
  func summed(to target: [Int]) throws -> Tensor {
    if shape == target { return self }
    let lead = rank - target.count
    let dimensions = shape.indices.filter { $0 < lead || (target[$0 - lead] == 1 && shape[$0] != 1) }
    return try Reduction(.sum, over: dimensions, keepsDimensions: true)(self).reshaped(target)
  }

  /// Checks that this tensor may be changed in place: while recording, it must not require a gradient.
  ///
  /// - Throws: ``TensorError/noGradient(_:)`` otherwise, and ``TensorError/notRecordable(function:use:)`` while a
  ///   function is recorded.
  public func requireWritable(_ operation: String) throws {
    try Recorder.requireNone(.inPlace(operation: operation))
    if requiresGradient && Recording.isOn {
      throw TensorError.noGradient(.inPlaceUpdate(operation: operation))
    }
  }

  /// Copies `source`, broadcast and converted where that is exact, to the elements of this view, and so of the tensor
  /// that it is a view of. Not recorded: ``replace(_:with:operation:)-(_,Tensor,_)`` is.
  ///
  /// - Throws: ``TensorError`` when the shapes do not fit, a number is not exact, the view is expanded, or as
  ///   ``requireWritable(_:)``.
  public func assign(_ source: Tensor, operation: String = "assign") throws {
    try requireWritable(operation)
    guard try Self.broadcast(shape, source.shape, operation) == shape else {
      throw TensorError.shapeMismatch(
        operation: operation, left: shape, right: source.shape,
        hint: "the value must be broadcastable to the elements it replaces")
    }
    try requireOwnElements(operation)
    // Copied first if both can overlap.
    let value = try source.detached().exactly(as: dtype, operation)
    copyElements(from: try value.storage === storage ? value.cloned() : value)
    storage.noteChange()
  }

  /// Sets every element of this view to a number.
  ///
  /// - Throws: ``TensorError`` when the view is expanded, or as ``requireWritable(_:)``.
  public func assign(_ number: Double, operation: String = "fill_") throws {
    try requireWritable(operation)
    try requireOwnElements(operation)
    if dtype == .int32, Int32(exactly: number) == nil {
      throw TensorError.notInteger(operation: operation, value: number)
    }
    fill(number)
    storage.noteChange()
  }

  /// Replaces the elements of this view by the result of `change`: `x.update("add_") { try $0.adding(y) }`.
  ///
  /// - Throws: what `change` throws, and ``TensorError`` as ``assign(_:operation:)-(Tensor,_)``.
  public func update(_ operation: String, _ change: (Tensor) throws -> Tensor) throws {
    try requireWritable(operation)
    try assign(Recording.off { try change(detached()) }, operation: operation)
  }

  /// Throws ``TensorError/writeToExpanded(operation:shape:)`` for an expanded view, whose elements share memory.
  private func requireOwnElements(_ operation: String) throws {
    guard !zip(shape, strides).contains(where: { $0 > 1 && $1 == 0 }) else {
      throw TensorError.writeToExpanded(operation: operation, shape: shape)
    }
  }
}
