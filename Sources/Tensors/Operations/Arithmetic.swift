/// a + w·(b − a), of three tensors of one shape: what a gate lets through of the new and of the old.
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
        operation: name, left: a.shape, right: other.shape, hint: "all three have one shape.")
    }
    let packed = try inputs.map { try $0.contiguous(for: name) }
    let from = packed[0].sharedFloats
    let to = packed[1].sharedFloats
    let share = packed[2].sharedFloats
    let result = try Tensor(uninitialized: a.shape, .float32, on: a.device, operation: name)
    let values = result.sharedFloats
    a.device.parallel(a.count, by: Device.chunkElements) { range in
      for i in range { values[i] = from[i] + share[i] * (to[i] - from[i]) }
    }
    return Outcome(result, saving: packed)
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
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    [(1, .partners(inputs[2], offset: 0)), (0, .partners(inputs[2], offset: 1))]
  }
}

extension BinaryElementwise: SynapticOperation {
  /// Products of two tensors of one shape, as of a gate and what it lets through.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    guard formula is Multiplication, inputs[0].shape == inputs[1].shape else { return [] }
    return [(0, .partners(inputs[1], offset: 0))]
  }
}

extension Tensor {
  /// The sum with another tensor, broadcast.
  public func adding(_ other: Tensor) throws -> Tensor { try BinaryElementwise(Addition())(self, other) }
  /// The difference from another tensor, broadcast.
  public func subtracting(_ other: Tensor) throws -> Tensor {
    try BinaryElementwise(Subtraction())(self, other)
  }
  /// The product with another tensor, element by element, broadcast.
  public func multiplied(by other: Tensor) throws -> Tensor {
    try BinaryElementwise(Multiplication())(self, other)
  }
  /// The quotient by another tensor, element by element, broadcast.
  public func divided(by other: Tensor) throws -> Tensor { try BinaryElementwise(Division())(self, other) }
  /// The product with a number.
  public func scaled(by factor: Float) throws -> Tensor { try Elementwise(Affine(scale: factor))(self) }
  /// The sum with a number.
  public func shifted(by amount: Float) throws -> Tensor { try Elementwise(Affine(shift: amount))(self) }

  /// The sum over the dimensions that were broadcast from `target`, of shape `target`.
  func summed(to target: [Int]) throws -> Tensor {
    if shape == target { return self }
    let lead = rank - target.count
    let dimensions = shape.indices.filter { $0 < lead || (target[$0 - lead] == 1 && shape[$0] != 1) }
    return try Reduction(.sum, over: dimensions, keepsDimensions: true)(self).reshaped(target)
  }

  /// Throws unless this tensor may be changed in place: not a leaf that wants a gradient while recording,
  /// not a recorded result.
  public func requireWritable(_ operation: String) throws {
    try Recorder.requireNone(.inPlace(operation: operation))
    if requiresGradient && Recording.isOn {
      throw TensorError.noGradient(.inPlaceUpdate(operation: operation))
    }
  }

  /// Writes `source`, broadcast, over this view's elements, and so over those of the tensor it is a view of.
  public func assign(_ source: Tensor, operation: String = "assign") throws {
    try requireWritable(operation)
    guard try Self.broadcast(shape, source.shape, operation) == shape else {
      throw TensorError.shapeMismatch(
        operation: operation, left: shape, right: source.shape,
        hint: "the value must be broadcastable to the elements it replaces.")
    }
    try requireOwnElements(operation)
    // A copy first, should both overlap.
    let value = try source.converted(to: dtype)
    copyElements(from: try value.storage === storage ? value.detached().cloned() : value)
    storage.noteChange()
  }

  /// Sets every element of this view to a number.
  public func assign(_ number: Double, operation: String = "fill_") throws {
    try requireWritable(operation)
    try requireOwnElements(operation)
    fill(number)
    storage.noteChange()
  }

  /// Replaces this view's elements by `change` of them: the forms with `_` (`x.update("add_") { try
  /// $0.adding(y) }`).
  ///
  /// - Throws: ``TensorError/noGradient(reason:)`` while recording, for a tensor whose gradient is wanted.
  public func update(_ operation: String, _ change: (Tensor) throws -> Tensor) throws {
    try requireWritable(operation)
    try assign(Recording.off { try change(detached()) }, operation: operation)
  }

  /// Throws for an expanded view: one place in memory would be written several times.
  private func requireOwnElements(_ operation: String) throws {
    guard !zip(shape, strides).contains(where: { $0 > 1 && $1 == 0 }) else {
      throw TensorError.writeToExpanded(operation: operation, shape: shape)
    }
  }
}
