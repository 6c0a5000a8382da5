import Support

/// The matrix product of float32 tensors `[…, rows, inner]` and `[…, inner, columns]`: `[…, rows, columns]`. Of two
/// int32 tensors it is int32, and exact.
///
/// Leading dimensions are batches, broadcast. A vector is a row on the left and a column on the right, and its
/// dimension is dropped from the result, as in PyTorch's `matmul`.
public struct MatrixProduct: Operation {
  public init() {}
  public var name: String { "matmul" }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    if inputs[0].dtype == .int32, inputs[1].dtype == .int32 { return Outcome(try integers(inputs)) }
    if inputs[0].rank > 2, inputs[1].rank == 2, inputs[0].isContiguous {
      // One right matrix for all batches: the batches are one long matrix.
      let rows = try Plan.asMatrix(inputs[0])
      let whole = try forward([rows, inputs[1]]).output
      return Outcome(try whole.reshaped(inputs[0].shape.dropLast() + [inputs[1].shape[1]]), saving: inputs)
    }
    if let product = try ZeroColumnsProduct(inputs[0], inputs[1]) {
      return Outcome(try product.result(name), saving: inputs)
    }
    let plan = try Plan(inputs[0], inputs[1])
    let result = try Tensor(
      uninitialized: plan.batch + [plan.rows, plan.columns], .float32,
      on: inputs[0].device, operation: name)
    plan.run(into: result)
    var shape = plan.batch
    if inputs[0].rank > 1 { shape.append(plan.rows) }
    if inputs[1].rank > 1 { shape.append(plan.columns) }
    return Outcome(try result.reshaped(shape), saving: inputs)
  }

  /// - Throws: ``TensorError/outOfInt32(operation:)``.
  private func integers(_ inputs: [Tensor]) throws -> Tensor {
    let plan = try Plan(inputs[0], inputs[1])
    let a = try Self.promoted(inputs[0], isLeft: true)
    let b = try Self.promoted(inputs[1], isLeft: false)
    let result = try Tensor(
      uninitialized: plan.batch + [plan.rows, plan.columns], .int32, on: a.device, operation: name)
    try IntegerElements.multiply(
      a.expanded(to: plan.batch + a.shape.suffix(2)).contiguous(for: name),
      b.expanded(to: plan.batch + b.shape.suffix(2)).contiguous(for: name), into: result, name)
    return try result.reshaped(
      plan.batch + (inputs[0].rank > 1 ? [plan.rows] : []) + (inputs[1].rank > 1 ? [plan.columns] : []))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let a = try Self.promoted(step.saved[0], isLeft: true)
    let b = try Self.promoted(step.saved[1], isLeft: false)
    let batch = try Tensor.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), name)
    let upstream = try step.upstream.reshaped(batch + [a.shape[a.rank - 2], b.shape[b.rank - 1]])
    let left = step.needs[0] ? try MatrixProduct()(upstream, b.transposed(-2, -1)) : nil
    let right = step.needs[1] ? try rightGradient(a, b, upstream) : nil
    return [
      try left?.summed(to: a.shape).reshaped(step.shapes[0]),
      try right?.summed(to: b.shape).reshaped(step.shapes[1]),
    ]
  }

  /// aᵀ·upstream; when all batches share one matrix b, they are one long matrix and no sum is needed.
  private func rightGradient(_ a: Tensor, _ b: Tensor, _ upstream: Tensor) throws -> Tensor {
    guard b.rank == 2, a.rank > 2 else { return try MatrixProduct()(a.transposed(-2, -1), upstream) }
    return try MatrixProduct()(Plan.asMatrix(a).transposed(0, 1), Plan.asMatrix(upstream))
  }

  private static func promoted(_ x: Tensor, isLeft: Bool) throws -> Tensor {
    x.rank == 1 ? try x.reshaped(isLeft ? [1, x.count] : [x.count, 1]) : x
  }

  /// Shapes and layouts of one product.
  private struct Plan {
    let batch: [Int]
    let rows: Int
    let columns: Int
    private let inner: Int
    private let left: Matrix
    private let right: Matrix

    init(_ first: Tensor, _ second: Tensor) throws {
      let isOfIntegers = first.dtype == .int32 && second.dtype == .int32
      if !isOfIntegers {
        try first.requireFloat("matmul")
        try second.requireFloat("matmul")
      }
      guard first.rank > 0, second.rank > 0 else {
        throw TensorError.shapeMismatch(
          operation: "matmul", left: first.shape, right: second.shape,
          hint: "both need at least one dimension; multiply by a number element by element")
      }
      let a = try promoted(first, isLeft: true)
      let b = try promoted(second, isLeft: false)
      rows = a.shape[a.rank - 2]
      inner = a.shape[a.rank - 1]
      columns = b.shape[b.rank - 1]
      guard b.shape[b.rank - 2] == inner else {
        throw TensorError.shapeMismatch(
          operation: "matmul", left: first.shape, right: second.shape,
          hint: "make the inner lengths equal, or transpose one")
      }
      batch = try Tensor.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), "matmul")
      left = try Matrix(a)
      right = try Matrix(b)
    }

    /// The rows of all batches as one matrix.
    static func asMatrix(_ x: Tensor) throws -> Tensor {
      try x.reshaped([x.shape.dropLast().reduce(1, *), x.shape[x.rank - 1]])
    }

    func run(into result: Tensor) {
      guard result.count > 0 else { return }
      let a = left.tensor.sharedFloats
      let b = right.tensor.sharedFloats
      let c = result.sharedFloats
      let size = rows * columns
      let width = LinearAlgebra.columnsPerChunk(columns)
      let chunk = LinearAlgebra.rowsPerChunk(rows, columns: width, inner: inner)
      let columnParts = (columns + width - 1) / width
      let parts = (rows + chunk - 1) / chunk * columnParts
      let batches = StridedLoop(
        shape: batch + [1],
        operands: [
          left.tensor.viewed(
            as: Array(left.tensor.shape.dropLast(2)), strides: Array(left.tensor.strides.dropLast(2))
          )
          .strides(broadcastTo: batch) + [0],
          right.tensor.viewed(
            as: Array(right.tensor.shape.dropLast(2)), strides: Array(right.tensor.strides.dropLast(2))
          )
          .strides(broadcastTo: batch) + [0],
        ])
      var offsets: [(Int, Int)] = []
      batches.forEachRow(in: 0..<batches.rows) { _, at in
        for i in 0..<batches.rowLength {
          offsets.append((at[0] + i * batches.step(0), at[1] + i * batches.step(1)))
        }
      }
      let starts = offsets
      let columns = columns
      let inner = inner
      let rows = rows
      let left = left
      let right = right
      let expiry = Interruption.expiry
      result.device.parallel(chunks: starts.count * parts) { task in
        let index = task / parts
        let first = task % parts / columnParts * chunk
        let column = task % columnParts * width
        // Once even for no terms, whose sums are 0.
        for depth in stride(from: 0, to: max(1, inner), by: LinearAlgebra.innerPerCall) {
          if depth > 0, Interruption.isDue(expiry) { return Interruption.noteCut() }
          LinearAlgebra.multiply(
            left.part(of: a + starts[index].0, row: first, column: depth),
            right.part(of: b + starts[index].1, row: depth, column: column),
            into: c + (index * size + first * columns + column), stride: columns,
            rows: min(chunk, rows - first), columns: min(width, columns - column),
            inner: min(LinearAlgebra.innerPerCall, inner - depth), beta: depth == 0 ? 0 : 1)
        }
      }
    }
  }

  /// A matrix in the layout of BLAS: rows or columns contiguous.
  private struct Matrix {
    let tensor: Tensor
    let isTransposed: Bool
    let stride: Int

    init(_ x: Tensor) throws {
      let row = x.strides[x.rank - 2]
      let column = x.strides[x.rank - 1]
      let rows = x.shape[x.rank - 2]
      let columns = x.shape[x.rank - 1]
      if column == 1 && (row >= columns || rows == 1) {
        tensor = x
        isTransposed = false
        stride = Swift.max(row, columns)
      } else if row == 1 && (column >= rows || columns == 1) {
        tensor = x
        isTransposed = true
        stride = Swift.max(column, rows)
      } else {
        tensor = try x.contiguous(for: "matmul")
        isTransposed = false
        stride = columns
      }
    }

    /// The matrix that begins at an element of one in memory.
    func part(of start: UnsafeMutablePointer<Float>, row: Int, column: Int) -> LinearAlgebra.Matrix {
      let distance = isTransposed ? row + column * stride : row * stride + column
      return .init(start + distance, stride: stride, transposed: isTransposed)
    }
  }
}

/// x·weightᵀ + bias: x `[…, in]`, weight `[out, in]`, and optionally bias `[out]`; the result is `[…, out]`.
///
/// Of rows that are spikes, few ones among zeros, the weights are added (`SpikeProduct`).
public struct Linear: Operation {
  public init() {}
  public var name: String { "linear" }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let weight = inputs[1]
    guard weight.rank == 2, x.rank > 0, x.shape.last == weight.shape[1] else {
      throw TensorError.shapeMismatch(
        operation: name, left: x.shape, right: weight.shape,
        hint: "the input's last length must be the weight's second (out, in)")
    }
    let sparse = try SpikeProduct(x, weight, name)
    var output =
      sparse?.hasDenseRows == false
      ? try Tensor(
        uninitialized: x.shape.dropLast() + [weight.shape[0]], .float32, on: x.device, operation: name)
      : try MatrixProduct()(x, weight.transposed(0, 1))
    try sparse?.write(to: output, name)
    if inputs.count > 2 {
      guard inputs[2].shape == [weight.shape[0]] else {
        throw TensorError.badShape(
          operation: "\(name) (bias)", shape: inputs[2].shape, expected: "[\(weight.shape[0])]")
      }
      output = try output.adding(inputs[2])
    }
    return Outcome(output, saving: [x, weight])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let weight = step.saved[1]
    let count = x.shape.dropLast().reduce(1, *)
    let upstream = try step.upstream.reshaped([count, weight.shape[0]])
    let rows = try x.reshaped([count, weight.shape[1]])
    let ofInput =
      step.needs[0]
      ? try FewRowsProduct(upstream, weight)?.result(name) ?? MatrixProduct()(upstream, weight) : nil
    return [
      try ofInput?.reshaped(step.shapes[0]),
      step.needs[1] ? try MatrixProduct()(upstream.transposed(0, 1), rows) : nil,
      step.needs.count > 2 && step.needs[2] ? try Reduction(.sum, over: [0])(upstream) : nil,
    ].prefix(step.needs.count).map { $0 }
  }
}
