import Support

/// Reductions of the number of elements other than 0 along some dimensions, of any type and without a gradient.
private struct LogicalReduction {
  let dimensions: [Int]?
  let keepsDimensions: Bool
  let name: String

  /// The elements to count, as lanes, and the shape of the result.
  private func lanes(of x: Tensor) throws -> (lanes: Lanes, shape: [Int]) {
    let reduced = try x.reducedDimensions(dimensions, name)
    return (
      try Lanes(of: x.converted(to: .bool), reducing: reduced, name),
      x.shape(without: reduced, keeping: keepsDimensions)
    )
  }

  /// `value(count, length)` of every lane.
  func callAsFunction<T: Scalar>(_ x: Tensor, _ value: @escaping @Sendable (Int, Int) -> T) throws -> Tensor {
    // One lane of many elements is counted without a look at the clock.
    guard x.count >= Device.maxUncheckedElements else { return try reduced(x, value) }
    return try Device.interruptible(name) { try reduced(x, value) }
  }

  private func reduced<T: Scalar>(
    _ x: Tensor, _ value: @escaping @Sendable (Int, Int) -> T
  ) throws -> Tensor {
    let (lanes, shape) = try lanes(of: x)
    let result = try Tensor(uninitialized: shape, T.dtype, on: x.device, operation: name)
    let from = Shared(lanes.source.pointer(UInt8.self))
    let to = Shared(result.pointer(T.self))
    let length = lanes.length
    let inner = lanes.inner
    x.device.parallel(lanes.outer * inner, by: max(1, Device.chunkElements / max(1, length))) { range in
      for lane in range {
        let start = lanes.start(of: lane)
        var count = 0
        for i in 0..<length { count += Int(from[start + i * inner]) }
        to[lane] = value(count, length)
      }
    }
    return result
  }
}

extension Tensor {
  /// Whether any element along `dimensions` (nil: all) is other than 0; bool. False without elements.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func any(over dimensions: [Int]? = nil, keepsDimensions: Bool = false) throws -> Tensor {
    try LogicalReduction(dimensions: dimensions, keepsDimensions: keepsDimensions, name: "any")(self) {
      count, _ in
      count > 0
    }
  }

  /// Whether all elements along `dimensions` (nil: all) are other than 0; bool. True without elements.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func all(over dimensions: [Int]? = nil, keepsDimensions: Bool = false) throws -> Tensor {
    try LogicalReduction(dimensions: dimensions, keepsDimensions: keepsDimensions, name: "all")(self) {
      $0 == $1
    }
  }

  /// How many elements along `dimensions` (nil: all) are other than 0, NaN included; int32.
  ///
  /// - Throws: ``TensorError/noSuchDimension(operation:dimension:shape:)``.
  public func countNonzero(over dimensions: [Int]? = nil, keepsDimensions: Bool = false) throws -> Tensor {
    try LogicalReduction(dimensions: dimensions, keepsDimensions: keepsDimensions, name: "count_nonzero")(
      self
    ) {
      count, _ in
      Int32(clamping: count)
    }
  }

  /// For each element, whether it is 0 or false; bool.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func logicalNot() throws -> Tensor { try Comparison.eq(self, Tensor.zero(like: self)) }

  /// For each element, whether it is NaN; bool.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func isNaN() throws -> Tensor { try Comparison.ne(detached(), detached()) }

  /// For each element, whether it is neither infinite nor NaN; bool.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func isFinite() throws -> Tensor {
    guard dtype == .float32 else {
      return try .full(shape, 1, dtype: .bool, on: device, operation: "isfinite")
    }
    let size = try Elementwise(Absolute())(detached())
    return try Comparison.le(size, Tensor(.greatestFiniteMagnitude, on: device))
  }

  private static func zero(like other: Tensor) throws -> Tensor {
    try .full([], 0, dtype: other.dtype, on: other.device, operation: "logical_not")
  }

  /// Whether `|self − other| ≤ absolute + relative·|other|` for every element, broadcast, as in PyTorch's `allclose`.
  ///
  /// Equal infinities are close; NaNs are only with `equalNaN`.
  ///
  /// - Throws: ``TensorError/shapeMismatch(operation:left:right:hint:)``.
  public func isClose(
    to other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
  ) throws -> Bool {
    let shape = try Tensor.broadcast(shape, other.shape, "allclose")
    let left = try detached().expanded(to: shape).contiguous().reshaped([-1])
    let right = try other.detached().expanded(to: shape).contiguous().reshaped([-1])
    // In parts, which as Doubles take little memory beside the tensors.
    for start in stride(from: 0, to: left.count, by: Device.chunkElements) {
      try Interruption.check("allclose")
      let part = Slice(0, from: start, count: min(Device.chunkElements, left.count - start))
      let pairs = zip(try part(left).numbers, try part(right).numbers)
      let areClose = pairs.allSatisfy { a, b in
        a == b || (equalNaN && a.isNaN && b.isNaN)
          || (b.isFinite && abs(a - b) <= absolute + relative * abs(b))
      }
      if !areClose { return false }
    }
    return true
  }

  /// The coordinates, from 0, of all elements other than 0: int32 `[count, rank]`, in row-major order.
  ///
  /// - Throws: ``TensorError`` for 2³¹ elements and more, or when the memory budget is exceeded.
  public func nonzero() throws -> Tensor {
    guard count >= Device.maxUncheckedElements else { return try coordinatesOfNonzero() }
    let own = detached()
    return try Device.interruptible("nonzero") { try own.coordinatesOfNonzero() }
  }

  private func coordinatesOfNonzero() throws -> Tensor {
    let flat = try collectNonzeroPositions("nonzero")
    var coordinates: [Int32] = []
    coordinates.reserveCapacity(flat.count * rank)
    for position in flat {
      var rest = Int(position)
      for step in Tensor.rowMajor(shape) {
        coordinates.append(Int32(rest / step))
        rest %= step
      }
    }
    return try Tensor(coordinates, shape: [flat.count, rank], on: device)
  }

  /// The elements at which `mask`, broadcast with this tensor, is other than 0: `[count]`, in row-major order, with a
  /// gradient.
  ///
  /// - Throws: ``TensorError`` when the shapes do not fit, or the memory budget is exceeded.
  public func masked(by mask: Tensor) throws -> Tensor {
    let shape = try Tensor.broadcast(shape, mask.shape, "masked_select")
    let positions = try mask.detached().expanded(to: shape).nonzeroPositions("masked_select")
    let index = try Tensor(positions, shape: [positions.count], on: device)
    return try IndexSelect(0)(expanded(to: shape).reshaped([shape.reduce(1, *)]), index)
  }

  private func nonzeroPositions(_ operation: String) throws -> [Int32] {
    guard count >= Device.maxUncheckedElements else { return try collectNonzeroPositions(operation) }
    return try Device.interruptible(operation) { try collectNonzeroPositions(operation) }
  }

  private func collectNonzeroPositions(_ operation: String) throws -> [Int32] {
    guard count <= Int(Int32.max) else {
      throw TensorError.badShape(operation: operation, shape: shape, expected: "fewer than 2^31 elements")
    }
    return try converted(to: .bool).values(as: Bool.self).enumerated().compactMap { $1 ? Int32($0) : nil }
  }
}
