/// An iteration over several operands of one shape, each with its own strides, by rows of the innermost dimension.
///
/// Adjacent dimensions that have one stride in every operand are merged, so that contiguous operands are one row.
struct StridedLoop: Sendable {
  /// The merged shape.
  let shape: [Int]
  /// For every operand, strides over the merged shape.
  let strides: [[Int]]

  /// An iteration over `shape`; `operands` has the strides of each operand over it, 0 where it is broadcast.
  init(shape: [Int], operands: [[Int]]) {
    var lengths: [Int] = []
    var merged = operands.map { _ in [Int]() }
    for dimension in shape.indices where shape[dimension] != 1 {
      let inner = operands.map { $0[dimension] }
      if let last = lengths.last,
        zip(merged, inner).allSatisfy({ ($0.last ?? 0) == $1 * shape[dimension] })
      {
        lengths[lengths.count - 1] = last * shape[dimension]
        for operand in operands.indices { merged[operand][lengths.count - 1] = inner[operand] }
      } else {
        lengths.append(shape[dimension])
        for operand in operands.indices { merged[operand].append(inner[operand]) }
      }
    }
    if lengths.isEmpty {
      lengths = [1]
      merged = operands.map { _ in [0] }
    }
    self.shape = lengths
    strides = merged
  }

  /// Elements of a row.
  var rowLength: Int { shape[shape.count - 1] }
  /// The number of rows.
  var rows: Int { shape.dropLast().reduce(1, *) }
  /// The stride of operand `index` along a row.
  func step(_ index: Int) -> Int { strides[index][shape.count - 1] }

  /// Calls `body(row, offsets)` for each of `range`; `offsets` holds the first element of every operand.
  func forEachRow(in range: Range<Int>, _ body: (Int, [Int]) -> Void) {
    guard !range.isEmpty else { return }
    let outer = shape.count - 1
    var index = [Int](repeating: 0, count: outer)
    var offsets = [Int](repeating: 0, count: strides.count)
    var rest = range.lowerBound
    for dimension in stride(from: outer - 1, through: 0, by: -1) {
      index[dimension] = rest % shape[dimension]
      rest /= shape[dimension]
      for operand in offsets.indices { offsets[operand] += index[dimension] * strides[operand][dimension] }
    }
    for row in range {
      body(row, offsets)
      for dimension in stride(from: outer - 1, through: 0, by: -1) {
        index[dimension] += 1
        for operand in offsets.indices { offsets[operand] += strides[operand][dimension] }
        if index[dimension] < shape[dimension] { break }
        for operand in offsets.indices {
          offsets[operand] -= shape[dimension] * strides[operand][dimension]
        }
        index[dimension] = 0
      }
    }
  }
}

extension Tensor {
  /// The strides of this tensor broadcast to `target`: 0 along the dimensions that it is broadcast over.
  func strides(broadcastTo target: [Int]) -> [Int] {
    let lead = target.count - rank
    return target.indices.map { $0 < lead || shape[$0 - lead] == 1 ? 0 : strides[$0 - lead] }
  }

  /// The shape that two operands are broadcast to (NumPy's rule).
  ///
  /// - Throws: ``TensorError/shapeMismatch(operation:left:right:hint:)``.
  static func broadcast(_ left: [Int], _ right: [Int], _ operation: String) throws(TensorError) -> [Int] {
    if left == right { return left }
    let rank = max(left.count, right.count)
    var shape = [Int](repeating: 1, count: rank)
    for i in 0..<rank {
      let a = i < left.count ? left[left.count - 1 - i] : 1
      let b = i < right.count ? right[right.count - 1 - i] : 1
      guard a == b || a == 1 || b == 1 else {
        throw .shapeMismatch(
          operation: operation, left: left, right: right,
          hint: "lengths must be equal or 1, counted from the last dimension")
      }
      shape[rank - 1 - i] = a == 1 ? b : a
    }
    return shape
  }
}
