/// The lower factor L of a symmetric positive definite matrix, A = L·Lᵀ; read from its lower half.
public struct Cholesky: Operation {
  public init() {}
  public var name: String { "cholesky" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let n = try inputs[0].requireSquare(name)
    let factor = try inputs[0].cloned()
    let row = n == 0 ? 0 : Lapack.cholesky(factor.floats, n)
    guard row == 0 else {
      throw TensorError.notSolvable(
        operation: name,
        reason: "the matrix \(factor.shape) is not positive definite: it fails at row \(row)",
        hint: "add a small number to the diagonal")
    }
    for i in 0..<n {
      for j in (i + 1)..<n { factor.floats[i * n + j] = 0 }
    }
    return Outcome(factor, saving: [factor])
  }

  /// dA = ½·L⁻ᵀ·(P + Pᵀ)·L⁻¹ with P the lower half of Lᵀ·dL, its diagonal halved (Murray 2016, arXiv
  /// 1602.07527).
  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let factor = step.saved[0]
    let n = factor.shape[0]
    let lower = try MatrixProduct()(factor.transposed(0, 1), step.upstream)
    for i in 0..<n {
      lower.floats[i * n + i] *= 0.5
      for j in (i + 1)..<n { lower.floats[i * n + j] = 0 }
    }
    let both = try lower.adding(lower.transposed(0, 1))
    let upper = try factor.transposed(0, 1)
    let left = try Solve()(upper, both)  // L⁻ᵀ·(P + Pᵀ)
    return [try Solve()(upper, left.transposed(0, 1)).scaled(by: 0.5)]
  }
}

/// The solution of A·x = b: A (n, n), b (n) or (n, columns) → as b.
public struct Solve: Operation {
  public init() {}
  public var name: String { "solve" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let a = inputs[0]
    let b = inputs[1]
    let n = try a.requireSquare(name)
    try b.requireFloat(name)
    guard b.rank == 1 || b.rank == 2, b.shape[0] == n else {
      throw TensorError.shapeMismatch(
        operation: name, left: a.shape, right: b.shape,
        hint: "the right-hand side is (\(n)) or (\(n), columns).")
    }
    let count = b.rank == 1 ? 1 : b.shape[1]
    let sides = try b.reshaped([n, count]).transposed(0, 1).cloned()
    if n > 0 && count > 0 {
      let row = Lapack.solve(
        transposed: try a.transposed(0, 1).cloned().floats, sides: sides.floats, n, count: count)
      guard row == 0 else {
        throw TensorError.notSolvable(
          operation: name,
          reason: "the matrix \(a.shape) is singular: nothing is left of row \(row) to divide by")
      }
    }
    let x = try sides.transposed(0, 1).packed(name).reshaped(b.shape)
    return Outcome(x, saving: [a, x])
  }

  /// db = A⁻ᵀ·dx, dA = −db·xᵀ.
  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let a = step.saved[0]
    let x = step.saved[1]
    let db = try Solve()(a.transposed(0, 1), step.upstream)
    guard step.needs[0] else { return [nil, db] }
    let columns = [a.shape[0], x.rank == 1 ? 1 : x.shape[1]]
    let da = try MatrixProduct()(db.reshaped(columns), x.reshaped(columns).transposed(0, 1)).scaled(by: -1)
    return [da, db]
  }
}

/// The inverse of a matrix (n, n).
public struct Inverse: Operation {
  public init() {}
  public var name: String { "inverse" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let n = try inputs[0].requireSquare(name)
    do {
      let inverse = try Solve()(inputs[0].detached(), Tensor.eye(n, on: inputs[0].device))
      return Outcome(inverse, saving: [inverse])
    } catch TensorError.notSolvable(_, let reason, let hint) {
      throw TensorError.notSolvable(operation: name, reason: reason, hint: hint)
    }
  }

  /// dA = −A⁻ᵀ·dY·A⁻ᵀ.
  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let turned = try step.saved[0].transposed(0, 1)
    return [try MatrixProduct()(MatrixProduct()(turned, step.upstream), turned).scaled(by: -1)]
  }
}

extension Tensor {
  /// The lower Cholesky factor.
  public func cholesky() throws -> Tensor { try Cholesky()(self) }
  /// The x with self·x = `side`.
  public func solve(_ side: Tensor) throws -> Tensor { try Solve()(self, side) }
  /// The inverse matrix.
  public func inverse() throws -> Tensor { try Inverse()(self) }

  /// The number of rows, or an error unless it is one square matrix of floats.
  func requireSquare(_ operation: String) throws -> Int {
    try requireMatrix(operation)
    guard shape[0] == shape[1] else {
      throw TensorError.badShape(operation: operation, shape: shape, expected: "as many rows as columns")
    }
    return shape[0]
  }

  /// Throws unless it is one matrix of floats.
  func requireMatrix(_ operation: String) throws {
    try requireFloat(operation)
    guard rank == 2 else {
      throw TensorError.badShape(
        operation: operation, shape: shape,
        expected: "one matrix (rows, columns)", hint: "one call for every matrix")
    }
    guard shape.allSatisfy({ $0 <= 1 << 15 }) else {
      throw TensorError.badShape(
        operation: operation, shape: shape, expected: "at most 32,768 rows and columns")
    }
  }
}
