extension Tensor {
  /// Pieces weigh far more than their elements, and are not in the budget.
  private static let maxPieces = 1 << 16

  /// `count` elements of a dimension from `first` on: a view.
  public func narrow(_ dimension: Int, from first: Int, count: Int) throws -> Tensor {
    try Slice(dimension, from: first, count: count)(self)
  }

  /// Pieces of `size` along a dimension, the last one shorter when it does not divide the length: views.
  public func split(_ size: Int, _ dimension: Int = 0) throws -> [Tensor] {
    guard size > 0 else {
      throw TensorError.badArgument(operation: "split", reason: "pieces have 1 element or more, got \(size)")
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

  /// Pieces of given sizes along a dimension: views.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:)`` unless they add up to the dimension's length.
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

  /// At most `count` pieces of one size along a dimension, the last one possibly shorter: views.
  public func chunk(_ count: Int, _ dimension: Int = 0) throws -> [Tensor] {
    guard count > 0 else {
      throw TensorError.badArgument(operation: "chunk", reason: "needs 1 piece or more, got \(count)")
    }
    let length = try splitLength(dimension)
    let size = length / count + (length % count == 0 ? 0 : 1)
    return try split(max(1, size), dimension)
  }

  private func splitLength(_ dimension: Int) throws -> Int {
    let dimension = try resolve(dimension, "split")
    guard rank > 0 else {
      throw TensorError.badShape(operation: "split", shape: shape, expected: "a dimension to cut")
    }
    return shape[dimension]
  }
}
