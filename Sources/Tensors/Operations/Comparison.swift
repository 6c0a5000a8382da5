/// Elementwise comparisons and logic of two tensors of any type, broadcast; the result is bool and has no gradient.
public enum Comparison: String, CaseIterable, Operation {
  case eq, ne, lt, le, gt, ge
  case logicalAnd = "logical_and"
  case logicalOr = "logical_or"

  public var name: String { rawValue }
  public var isBatchwise: Bool { true }

  /// The comparison of all pairs. Integers are compared as integers: float32 would round those above 2²⁴.
  ///
  /// - Throws: ``TensorError/shapeMismatch(operation:left:right:hint:)``.
  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let left = inputs[0]
    let right = inputs[1]
    let shape = try Tensor.broadcast(left.shape, right.shape, rawValue)
    let result = try Tensor(uninitialized: shape, .bool, on: left.device, operation: rawValue)
    if try left.isBeyond(right) || right.isBeyond(left) {
      try compare(Double.self, left, right, result)
    } else if left.dtype == .float32 || right.dtype == .float32 {
      try compare(Float.self, left.converted(to: .float32), right.converted(to: .float32), result)
    } else if left.dtype == .int32 || right.dtype == .int32 {
      try compare(Int32.self, left.converted(to: .int32), right.converted(to: .int32), result)
    } else {
      compare(UInt8.self, left, right, result)
    }
    return Outcome(result)
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] { [nil, nil] }

  /// The comparison in double, which has every int32 and every float32.
  private func compare(_ type: Double.Type, _ a: Tensor, _ b: Tensor, _ result: Tensor) throws {
    let x = try a.expanded(to: result.shape).numbers
    let y = try b.expanded(to: result.shape).numbers
    let to = result.pointer(Bool.self)
    for i in 0..<result.count {
      to[i] =
        switch self {
        case .eq: x[i] == y[i]
        case .ne: x[i] != y[i]
        case .lt: x[i] < y[i]
        case .le: x[i] <= y[i]
        case .gt: x[i] > y[i]
        case .ge: x[i] >= y[i]
        case .logicalAnd: x[i] != 0 && y[i] != 0
        case .logicalOr: x[i] != 0 || y[i] != 0
        }
    }
  }

  /// One specialized loop for each comparison and type.
  private func compare<T: Comparable & Numeric & Sendable>(
    _ type: T.Type, _ a: Tensor, _ b: Tensor, _ result: Tensor
  ) {
    let pairs = Pairs<T>(a, b, result)
    switch self {
    case .eq: pairs.fill { $0 == $1 }
    case .ne: pairs.fill { $0 != $1 }
    case .lt: pairs.fill { $0 < $1 }
    case .le: pairs.fill { $0 <= $1 }
    case .gt: pairs.fill { $0 > $1 }
    case .ge: pairs.fill { $0 >= $1 }
    case .logicalAnd: pairs.fill { $0 != T.zero && $1 != T.zero }
    case .logicalOr: pairs.fill { $0 != T.zero || $1 != T.zero }
    }
  }
}

/// All pairs of two operands of one type, broadcast to the shape of a contiguous bool result.
private struct Pairs<T: Sendable> {
  private let result: Tensor
  private let left: Shared<T>
  private let right: Shared<T>
  private let loop: StridedLoop

  init(_ a: Tensor, _ b: Tensor, _ result: Tensor) {
    self.result = result
    left = Shared(a.pointer(T.self))
    right = Shared(b.pointer(T.self))
    loop = StridedLoop(
      shape: result.shape,
      operands: [
        result.strides, a.strides(broadcastTo: result.shape), b.strides(broadcastTo: result.shape),
      ])
  }

  @inline(__always)
  func fill(_ holds: @escaping @Sendable (T, T) -> Bool) {
    guard result.count > 0 else { return }
    let to = Shared(result.pointer(Bool.self))
    let left = left
    let right = right
    let loop = loop
    let length = loop.rowLength
    let s0 = loop.step(0)
    let s1 = loop.step(1)
    let s2 = loop.step(2)
    if loop.rows == 1 {
      result.device.parallel(length, by: Device.chunkElements) { range in
        let start = range.lowerBound
        Self.row(to + start * s0, s0, left + start * s1, s1, right + start * s2, s2, range.count, holds)
      }
    } else {
      result.device.parallel(loop.rows, by: max(1, Device.chunkElements / length)) { rows in
        loop.forEachRow(in: rows) { _, at in
          Self.row(to + at[0], s0, left + at[1], s1, right + at[2], s2, length, holds)
        }
      }
    }
  }

  @inline(__always)
  private static func row(
    _ to: UnsafeMutablePointer<Bool>, _ s0: Int, _ a: UnsafeMutablePointer<T>, _ s1: Int,
    _ b: UnsafeMutablePointer<T>, _ s2: Int, _ count: Int, _ holds: (T, T) -> Bool
  ) {
    if s0 == 1 && s1 == 1 && s2 == 1 {
      for i in 0..<count { to[i] = holds(a[i], b[i]) }
    } else if s0 == 1 && s1 == 1 && s2 == 0 {
      let fixed = b[0]
      for i in 0..<count { to[i] = holds(a[i], fixed) }
    } else {
      for i in 0..<count { to[i * s0] = holds(a[i * s1], b[i * s2]) }
    }
  }
}

extension Tensor {
  /// Whether it has integers that float32, the type of the other tensor, would round.
  fileprivate func isBeyond(_ other: Tensor) throws -> Bool {
    guard dtype == .int32, other.dtype == .float32 else { return false }
    let source = try contiguous(for: "compare")
    let elements = source.pointer(Int32.self)
    return (0..<count).contains { Float(exactly: elements[$0]) == nil }
  }
}
