import Support

/// Tensors of one type concatenated along a dimension; all other lengths are equal.
public struct Concatenation: Operation {
  public let dimension: Int
  public init(_ dimension: Int) { self.dimension = dimension }
  public var name: String { "cat" }
  public var isBatchwise: Bool { dimension > 0 }

  /// What one of many small inputs costs, in operations of arithmetic.
  fileprivate static let inputCost = 1 << 13

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    guard let first = inputs.first else {
      throw TensorError.badArgument(operation: name, reason: "the list of tensors is empty")
    }
    let dimension = try first.resolve(self.dimension, name)
    guard first.rank > 0 else {
      throw TensorError.badShape(operation: name, shape: [], expected: "at least one dimension")
    }
    var watch = Interruption.Watch()
    for other in inputs {
      try watch.count(Self.inputCost, name)
      var a = first.shape
      var b = other.shape
      if a.count == b.count {
        a[dimension] = 0
        b[dimension] = 0
      }
      guard a == b else {
        throw TensorError.shapeMismatch(
          operation: name, left: first.shape, right: other.shape,
          hint: "all lengths but the joined one must be equal")
      }
      guard other.dtype == first.dtype else {
        throw TensorError.wrongType(operation: name, expected: first.dtype, got: other.dtype)
      }
    }
    var shape = first.shape
    shape[dimension] = inputs.reduce(0) { $0 + $1.shape[dimension] }
    let result = try Tensor(uninitialized: shape, first.dtype, on: first.device, operation: name)
    var start = 0
    for input in inputs {
      try watch.count(Self.inputCost, name)
      let length = input.shape[dimension]
      try Slice(dimension, from: start, count: length).forward([result]).output.copyElements(from: input)
      start += length
    }
    return Outcome(result)
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let dimension = self.dimension < 0 ? self.dimension + step.upstream.rank : self.dimension
    var start = 0
    return try step.shapes.enumerated().map { index, shape in
      defer { start += shape[dimension] }
      return step.needs[index]
        ? try Slice(dimension, from: start, count: shape[dimension])(step.upstream) : nil
    }
  }
}

/// One dimension extended by `before` and `after` elements of a number.
public struct Pad: Operation {
  public let dimension: Int
  public let before: Int
  public let after: Int
  public let value: Double

  public init(_ dimension: Int, before: Int, after: Int, value: Double = 0) {
    self.dimension = dimension
    self.before = before
    self.after = after
    self.value = value
  }

  public var name: String { "pad" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let dimension = try x.resolve(self.dimension, name)
    guard x.rank > 0, 0..<(1 << 40) ~= before, 0..<(1 << 40) ~= after else {
      throw TensorError.badArgument(operation: name, reason: "needs a dimension, and paddings of 0 or more")
    }
    var shape = x.shape
    shape[dimension] += before + after
    let result = try Tensor.full(shape, value, dtype: x.dtype, on: x.device, operation: name)
    try Slice(dimension, from: before, count: x.shape[dimension]).forward([result]).output.copyElements(
      from: x)
    return Outcome(result)
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let dimension = self.dimension < 0 ? self.dimension + step.upstream.rank : self.dimension
    return [try Slice(dimension, from: before, count: step.shapes[0][dimension])(step.upstream)]
  }
}

/// The elements of a dimension in reverse order.
public struct Flip: Operation {
  public let dimension: Int
  public init(_ dimension: Int) { self.dimension = dimension }
  public var name: String { "flip" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let dimension = try x.resolve(self.dimension, name)
    guard x.rank > 0 else {
      throw TensorError.badShape(operation: name, shape: [], expected: "at least one dimension")
    }
    let length = x.shape[dimension]
    guard length <= Int(Int32.max) else {
      throw TensorError.badShape(operation: name, shape: x.shape, expected: "a length within int32")
    }
    let order = try Tensor.arange(Double(length - 1), count: length, step: -1, dtype: .int32, on: x.device)
    return Outcome(try IndexSelect(dimension)(x, order))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] { [try Flip(dimension)(step.upstream)] }
}

extension Tensor {
  /// Tensors of one shape and type stacked along a new dimension.
  ///
  /// - Throws: ``TensorError`` for an empty list, shapes or types that differ, or a dimension out of range.
  public static func stack(_ tensors: [Tensor], _ dimension: Int) throws -> Tensor {
    let rank = (tensors.first?.rank ?? 0) + 1
    let resolved = dimension < 0 ? dimension + rank : dimension
    guard resolved >= 0, resolved < rank else {
      throw TensorError.noSuchDimension(
        operation: "stack", dimension: dimension, shape: (tensors.first?.shape ?? []) + [tensors.count])
    }
    var watch = Interruption.Watch()
    let rows = try tensors.map { tensor in
      try watch.count(Concatenation.inputCost, "stack")
      return try tensor.unsqueezed(resolved)
    }
    return try Concatenation(resolved).apply(rows)
  }
}

extension Tensor {
  /// The memory of the tensors themselves is not in the budget.
  private static let maxPieces = 1 << 16

  /// `count` elements of a dimension from index `first` on, which counts from the end when negative: a view.
  ///
  /// - Throws: ``TensorError/indexOutside(operation:index:count:)``, or
  ///   ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func narrow(_ dimension: Int, from first: Int, count: Int) throws -> Tensor {
    let resolved = try resolve(dimension, "narrow")
    let length = rank > 0 ? shape[resolved] : 0
    let start = first < 0 ? first + length : first
    // No elements can begin behind the last one, and no later.
    guard start >= 0 else {
      throw TensorError.indexBeforeStart(operation: "narrow", index: first, count: length)
    }
    guard start <= length else {
      throw TensorError.indexOutside(operation: "narrow", index: first, count: length)
    }
    return try Slice(resolved, from: start, count: count)(self)
  }

  /// Views of `size` elements along a dimension, the last one shorter when `size` does not divide the length.
  ///
  /// - Throws: ``TensorError`` for a size below 1, more than 2¹⁶ pieces, or a dimension out of range.
  public func split(_ size: Int, _ dimension: Int = 0) throws -> [Tensor] {
    guard size > 0 else {
      throw TensorError.badArgument(operation: "split", reason: "the size is 1 or more, got \(size)")
    }
    let length = try splitLength(dimension)
    guard length > 0 else { return [self] }
    guard length / size <= Self.maxPieces else {
      throw TensorError.badArgument(
        operation: "split",
        reason: "a length of \(length) in pieces of \(size) makes more than \(Self.maxPieces) tensors")
    }
    return try stride(from: 0, to: length, by: min(size, length)).map { start in
      try narrow(dimension, from: start, count: min(size, length - start))
    }
  }

  /// Views of the given sizes along a dimension.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` unless they add up to the dimension's length.
  public func split(sizes: [Int], _ dimension: Int = 0) throws -> [Tensor] {
    let length = try splitLength(dimension)
    var start = 0
    for size in sizes where size >= 0 && start <= length { start += min(size, length + 1) }
    guard start == length, sizes.allSatisfy({ $0 >= 0 }) else {
      throw TensorError.badArgument(
        operation: "split", reason: "sizes \(sizes) do not add up to the length \(length) of \(shape)")
    }
    start = 0
    return try sizes.map { size in
      defer { start += size }
      return try narrow(dimension, from: start, count: size)
    }
  }

  /// At most `count` views of one size along a dimension, the last one possibly shorter.
  ///
  /// - Throws: ``TensorError`` for a count below 1, or a dimension out of range.
  public func chunk(_ count: Int, _ dimension: Int = 0) throws -> [Tensor] {
    guard count > 0 else {
      throw TensorError.badArgument(operation: "chunk", reason: "needs 1 piece or more, got \(count)")
    }
    let length = try splitLength(dimension)
    if length == 0 { return Array(repeating: self, count: min(count, Self.maxPieces)) }
    let size = length / count + (length % count == 0 ? 0 : 1)
    return try split(max(1, size), dimension)
  }

  private func splitLength(_ dimension: Int) throws -> Int {
    let dimension = try resolve(dimension, "split")
    guard rank > 0 else {
      throw TensorError.badShape(operation: "split", shape: shape, expected: "at least one dimension")
    }
    return shape[dimension]
  }
}
