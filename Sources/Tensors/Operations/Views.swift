/// The same elements with another shape; copies them first when they are not contiguous.
public struct Reshape: Operation {
  public let shape: [Int]
  public init(_ shape: [Int]) { self.shape = shape }
  public var name: String { "reshape" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = try inputs[0].contiguous(for: name)
    let target = try resolved(for: x.shape)
    return Outcome(x.viewed(as: target, strides: Tensor.rowMajor(target)))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    [step.upstream.viewed(as: step.shapes[0], strides: Tensor.rowMajor(step.shapes[0]))]
  }

  /// One length may be −1, which is inferred.
  private func resolved(for old: [Int]) throws -> [Int] {
    var target = shape
    guard shape.allSatisfy({ $0 >= -1 && $0 < 1 << 40 }), shape.count <= 16 else {
      throw TensorError.cannotReshape(from: old, to: shape)
    }
    let known = try Tensor.elementCount(of: shape.filter { $0 != -1 }, operation: name)
    let total = old.reduce(1, *)
    if let open = shape.firstIndex(of: -1), shape.filter({ $0 == -1 }).count == 1, known > 0 {
      target[open] = total / known
    }
    guard !target.contains(where: { $0 < 0 }), target.reduce(1, *) == total else {
      throw TensorError.cannotReshape(from: old, to: shape)
    }
    _ = try Tensor.elementCount(of: target, operation: name)
    return target
  }
}

/// The dimensions in another order: a view.
public struct Permute: Operation {
  public let order: [Int]
  public init(_ order: [Int]) { self.order = order }
  public var name: String { "permute" }
  public var takesStridedUpstream: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let order = try self.order.map { try x.resolve($0, name) }
    guard order.sorted() == Array(0..<x.rank) else {
      throw TensorError.notPermutation(operation: name, order: order, rank: x.rank)
    }
    return Outcome(x.viewed(as: order.map { x.shape[$0] }, strides: order.map { x.strides[$0] }))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let rank = order.count
    var inverse = [Int](repeating: 0, count: rank)
    for (i, from) in order.enumerated() { inverse[from < 0 ? from + rank : from] = i }
    return [try Permute(inverse)(step.upstream)]
  }
}

/// Dimensions of length 1 repeated, without a copy: a view.
public struct Expand: Operation {
  public let shape: [Int]
  public init(_ shape: [Int]) { self.shape = shape }
  public var name: String { "expand" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let lead = shape.count - x.rank
    // −1 keeps a length, as in PyTorch.
    let target = shape.enumerated().map { $1 == -1 && $0 >= lead && lead >= 0 ? x.shape[$0 - lead] : $1 }
    guard lead >= 0, target.allSatisfy({ $0 >= 0 }), try Tensor.broadcast(x.shape, target, name) == target
    else {
      throw TensorError.shapeMismatch(
        operation: name, left: x.shape, right: shape, hint: "only dimensions of length 1 can be expanded")
    }
    _ = try Tensor.elementCount(of: target, operation: name)
    return Outcome(x.viewed(as: target, strides: x.strides(broadcastTo: target)))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    [try step.upstream.summed(to: step.shapes[0])]
  }
}

/// Every `stride`-th element along a dimension, from index `first`: a view.
public struct Slice: PartOperation {
  public let dimension: Int
  public let first: Int
  public let count: Int
  public let stride: Int

  public init(_ dimension: Int, from first: Int, count: Int, stride: Int = 1) {
    self.dimension = dimension
    self.first = first
    self.count = count
    self.stride = stride
  }

  public var name: String { "slice" }
  public var isBatchwise: Bool { dimension > 0 }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let dimension = try x.resolve(self.dimension, name)
    guard x.rank > 0 else {
      throw TensorError.badShape(operation: name, shape: [], expected: "at least one dimension")
    }
    let length = x.shape[dimension]
    guard stride > 0, count >= 0, first >= 0, fits(length) else {
      let last = first &+ max(0, count - 1) &* max(1, stride)
      throw TensorError.indexOutside(operation: name, index: first < 0 ? first : last, count: length)
    }
    let part = view(of: x, dimension)
    if count == 0 { _ = try Tensor.elementCount(of: part.shape, operation: name) }
    return Outcome(part)
  }

  public func part(of whole: Tensor) -> Tensor {
    view(of: whole, dimension < 0 ? dimension + whole.rank : dimension)
  }

  /// Whether the last element is inside, without overflow.
  private func fits(_ length: Int) -> Bool {
    count == 0 || (first < length && count - 1 <= (length - 1 - first) / stride)
  }

  private func view(of x: Tensor, _ dimension: Int) -> Tensor {
    var shape = x.shape
    var strides = x.strides
    shape[dimension] = count
    if count > 1 { strides[dimension] *= stride }  // one element has no next, and the product could overflow
    return x.viewed(as: shape, strides: strides, movedBy: count == 0 ? 0 : first * x.strides[dimension])
  }
}

extension Tensor {
  /// The same memory with another shape and strides, detached.
  func viewed(as shape: [Int], strides: [Int], movedBy distance: Int = 0) -> Tensor {
    var view = Tensor(
      storage: storage, shape: shape, strides: strides, offset: offset + distance, dtype: dtype)
    view.isDetached = isDetached
    return view
  }

  /// The elements in row-major order; itself when they already are.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func contiguous() throws -> Tensor { isContiguous ? self : try Copy()(self) }

  /// A contiguous copy.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func cloned() throws -> Tensor { try Copy()(self) }

  /// The same elements with another shape, of which one length may be −1; a view where it can be.
  ///
  /// - Throws: ``TensorError/cannotReshape(from:to:)``.
  public func reshaped(_ shape: [Int]) throws -> Tensor { try Reshape(shape)(self) }

  /// Two dimensions swapped: a view.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func transposed(_ first: Int, _ second: Int) throws -> Tensor {
    var order = Array(0..<rank)
    try order.swapAt(resolve(first, "transpose"), resolve(second, "transpose"))
    return try Permute(order)(self)
  }

  /// Dimensions of length 1 repeated to `shape`: a view. A length of −1 stays as it is.
  ///
  /// - Throws: ``TensorError/shapeMismatch(operation:left:right:hint:)``.
  public func expanded(to shape: [Int]) throws -> Tensor {
    shape == self.shape ? self : try Expand(shape)(self)
  }

  /// The slice at `index` of a dimension, without that dimension: a view. A negative index counts from the end.
  ///
  /// - Throws: ``TensorError/indexOutside(operation:index:count:)``, or
  ///   ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func select(_ dimension: Int, _ index: Int) throws -> Tensor {
    let dimension = try resolve(dimension, "select")
    guard rank > 0 else {
      throw TensorError.badShape(operation: "select", shape: shape, expected: "at least one dimension")
    }
    let resolved = index < 0 ? index + shape[dimension] : index
    guard resolved >= 0 else {
      throw TensorError.indexBeforeStart(operation: "select", index: index, count: shape[dimension])
    }
    guard resolved < shape[dimension] else {
      throw TensorError.indexOutside(operation: "select", index: index, count: shape[dimension])
    }
    return try Slice(dimension, from: resolved, count: 1)(self).squeezed(dimension)
  }

  /// A new dimension of length 1 before `dimension`: a view.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func unsqueezed(_ dimension: Int) throws -> Tensor {
    let position = dimension < 0 ? dimension + rank + 1 : dimension
    guard position >= 0, position <= rank else {
      throw TensorError.noSuchDimension(operation: "unsqueeze", dimension: dimension, shape: shape)
    }
    return try Unsqueeze(dimension: position)(self)
  }

  /// Without `dimension`, or without all dimensions of length 1: a view. A longer dimension stays, as in PyTorch.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func squeezed(_ dimension: Int? = nil) throws -> Tensor {
    if let dimension {
      let resolved = try resolve(dimension, "squeeze")
      return rank > 0 && shape[resolved] == 1 ? try Squeeze(dimension: resolved)(self) : self
    }
    var result = self
    for dimension in shape.indices.reversed() where shape[dimension] == 1 {
      result = try Squeeze(dimension: dimension)(result)
    }
    return result
  }

  /// Dimensions `first` to `last` merged into one; a view where it can be.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``, or
  ///   ``TensorError/badRange(operation:first:last:shape:)`` when `last` comes before `first`.
  public func flattened(_ first: Int = 0, _ last: Int = -1) throws -> Tensor {
    let from = try resolve(first, "flatten")
    let to = try resolve(last, "flatten")
    guard from <= to else {
      throw TensorError.badRange(operation: "flatten", first: from, last: to, shape: shape)
    }
    guard rank > 0 else { return try reshaped([count]) }
    return try reshaped(
      Array(shape[..<from]) + [shape[from...to].reduce(1, *)] + Array(shape[(to + 1)...]))
  }
}

/// A new dimension of length 1 before `dimension`: always a view, so that writing to it writes to the tensor.
private struct Unsqueeze: Operation {
  let dimension: Int
  var name: String { "unsqueeze" }

  func forward(_ inputs: [Tensor]) throws -> Outcome {
    var shape = inputs[0].shape
    var strides = inputs[0].strides
    guard shape.count < Tensor.maxRank else {
      throw TensorError.badShape(
        operation: name, shape: shape, expected: "at most \(Tensor.maxRank - 1) dimensions")
    }
    shape.insert(1, at: dimension)
    strides.insert(0, at: dimension)
    return Outcome(inputs[0].viewed(as: shape, strides: strides))
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    [try step.upstream.reshaped(step.shapes[0])]
  }
}

/// The elements without `dimension`, whose length is 1: always a view, as with ``Unsqueeze``.
private struct Squeeze: Operation {
  let dimension: Int
  var name: String { "squeeze" }

  func forward(_ inputs: [Tensor]) throws -> Outcome {
    var shape = inputs[0].shape
    var strides = inputs[0].strides
    shape.remove(at: dimension)
    strides.remove(at: dimension)
    return Outcome(inputs[0].viewed(as: shape, strides: strides))
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    [try step.upstream.reshaped(step.shapes[0])]
  }
}
