/// A copy of the first tensor, float32 of any shape, with a part replaced by the second, broadcast to that part.
///
/// The gradient of the part goes to the second tensor, the rest to the first.
struct Assignment: Operation {
  let index: TensorIndex
  let name: String

  func forward(_ inputs: [Tensor]) throws -> Outcome {
    let result = try inputs[0].cloned()
    try index.assign(inputs[1], to: result, name)
    return Outcome(result)
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let zero = try Tensor(0, on: step.upstream.device)
    var rest: Tensor?
    if step.needs[0] {
      let whole = try step.upstream.cloned()
      try index.assign(zero, to: whole, name)
      rest = whole
    }
    let part = step.needs[1] ? try index(step.upstream).summed(to: step.shapes[1]) : nil
    return [rest, part]
  }
}

extension Tensor {
  /// Replaces a part of this tensor, in place, by `source`, broadcast and converted where that is exact. The gradient
  /// of `source` is kept: from now on this tensor depends on it.
  ///
  /// Views that were made before do not know of an assignment with a gradient, and refuse to be used.
  ///
  /// - Throws: ``TensorError`` when the shapes do not fit or a number is not exact;
  ///   ``TensorError/noGradient(_:)`` for a leaf that requires a gradient, and for a value with a gradient if this is a
  ///   view; ``TensorError/notRecordable(function:use:)`` while a function is recorded.
  public mutating func replace(
    _ index: TensorIndex, with source: Tensor, operation: String = "assign"
  ) throws {
    try requireReplaceable(operation)
    if storage.assignment != 0 { try requireCurrent(operation) }
    if source.storage.assignment != 0 { try source.requireCurrent(operation) }
    let isRecorded =
      dtype == .float32 && Recording.isOn && (requiresGradient || source.requiresGradient)
    guard isRecorded else { return try index.assign(source, to: self, operation) }
    guard !isView else { throw TensorError.noGradient(.assignmentToView(operation: operation)) }
    let entry = try Node(
      operation: Assignment(index: index, name: operation), inputs: [self, source], saved: [])
    try index.assign(source, to: self, operation)
    node = entry
    isDetached = false
    storage.noteAssignment(entry.number)
  }

  /// Replaces a part of this tensor, in place, by a number; as with a tensor, where it requires a gradient.
  ///
  /// - Throws: as ``replace(_:with:operation:)-(_,Tensor,_)``.
  public mutating func replace(_ index: TensorIndex, with number: Double, operation: String = "fill_") throws
  {
    try requireReplaceable(operation)
    if dtype == .float32, requiresGradient, Recording.isOn {
      let source = try Tensor.full([], number, on: device, operation: operation)
      return try replace(index, with: source, operation: operation)
    }
    if storage.assignment != 0 { try requireCurrent(operation) }
    try index.assign(number, to: self, operation)
  }

  /// Checks that parts of this tensor may be replaced: while recording, it must not be a leaf that requires a gradient.
  ///
  /// - Throws: ``TensorError/noGradient(_:)`` otherwise, and ``TensorError/notRecordable(function:use:)`` while a
  ///   function is recorded.
  public func requireReplaceable(_ operation: String) throws {
    if isLeaf { return try requireWritable(operation) }
    try Recorder.requireNone(.inPlace(operation: operation))
  }

  /// Checks that no value with a gradient was assigned to the memory of this tensor since it was made: its own tape
  /// entry would not lead to that value.
  ///
  /// - Throws: ``TensorError/noGradient(_:)``.
  func requireCurrent(_ operation: String) throws {
    guard Recording.isOn, !isDetached, (node?.number ?? 0) < storage.assignment else { return }
    throw TensorError.noGradient(.outdatedView(operation: operation))
  }

  /// The elements in another type, where none changes its value; float32 becomes bool by whether it is not 0.
  ///
  /// - Throws: ``TensorError/notInteger(operation:value:)`` for a number that is no int32,
  ///   ``TensorError/notExact(operation:value:)`` for an int32 that float32 does not have.
  public func exactly(as target: DType, _ operation: String) throws -> Tensor {
    guard dtype != target else { return self }
    switch (dtype, target) {
    case (.float32, .int32):
      let source = try detached().contiguous(for: operation)
      for i in 0..<count where Int32(exactly: source.floats[i]) == nil {
        throw TensorError.notInteger(operation: operation, value: Double(source.floats[i]))
      }
    case (.int32, .float32):
      let source = try detached().contiguous(for: operation)
      let elements = source.pointer(Int32.self)
      for i in 0..<count where Float(exactly: elements[i]) == nil {
        throw TensorError.notExact(operation: operation, value: Int(elements[i]))
      }
    default: break
    }
    return try converted(to: target)
  }
}
