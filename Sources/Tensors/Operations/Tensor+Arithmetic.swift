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
    try Recorder.requireNone(operation)
    if requiresGradient && Recording.isOn {
      throw TensorError.noGradient(
        reason: "\(operation) would change in place a tensor whose gradient is wanted",
        hint: "nj.no_grad(function() … end) for an update, or the form without _")
    }
  }

  /// Writes `source`, broadcast, over this view's elements, and so over those of the tensor it is a view of.
  public func assign(_ source: Tensor, operation: String = "assign") throws {
    try requireWritable(operation)
    guard try Self.broadcast(shape, source.shape, operation) == shape else {
      throw TensorError.shapeMismatch(
        operation: operation, left: shape, right: source.shape,
        hint: "the value must fit the place it goes to.")
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
      throw TensorError.badArgument(
        operation: operation, reason: "an expanded tensor \(shape) cannot be written",
        hint: "clone() it first")
    }
  }
}
