/// Comparisons and logic: results are bool, nothing has a gradient. Operands of any type, broadcast.
public enum Comparison: String, CaseIterable, Sendable {
  case eq, ne, lt, le, gt, ge
  case logicalAnd = "logical_and"
  case logicalOr = "logical_or"

  /// Whether the comparison holds.
  @inline(__always)
  func holds(_ a: Float, _ b: Float) -> Bool {
    switch self {
    case .eq: a == b
    case .ne: a != b
    case .lt: a < b
    case .le: a <= b
    case .gt: a > b
    case .ge: a >= b
    case .logicalAnd: a != 0 && b != 0
    case .logicalOr: a != 0 || b != 0
    }
  }

  /// The comparison of all pairs.
  public func callAsFunction(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    if left.dtype == .int32 && right.dtype == .int32 { return try compareWhole(left, right) }
    let (a, b) = (try left.converted(to: .float32), try right.converted(to: .float32))
    let shape = try Tensor.broadcast(a.shape, b.shape, rawValue)
    let result = try Tensor(uninitialized: shape, .bool, on: a.device, operation: rawValue)
    let loop = StridedLoop(
      shape: shape, operands: [result.strides, a.strides(broadcastTo: shape), b.strides(broadcastTo: shape)])
    let (x, y, to) = (a.floats, b.floats, result.pointer(Bool.self))
    guard result.count > 0 else { return result }
    loop.forEachRow(in: 0..<loop.rows) { _, at in
      for i in 0..<loop.rowLength {
        to[at[0] + i * loop.step(0)] = holds(x[at[1] + i * loop.step(1)], y[at[2] + i * loop.step(2)])
      }
    }
    return result
  }

  /// Whole numbers are compared by their difference: float32 would round those above 2^24.
  private func compareWhole(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    let shape = try Tensor.broadcast(left.shape, right.shape, rawValue)
    let a = try left.expanded(to: shape).values(as: Int32.self)
    let b = try right.expanded(to: shape).values(as: Int32.self)
    let logical = self == .logicalAnd || self == .logicalOr
    let results = zip(a, b).map { x, y in
      logical ? holds(Float(x), Float(y)) : holds(Float((Int(x) - Int(y)).signum()), 0)
    }
    return try Tensor(results, shape: shape, on: left.device)
  }
}
