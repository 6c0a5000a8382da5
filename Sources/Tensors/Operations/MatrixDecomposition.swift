/// The lower factor L, `[n, n]`, of a symmetric positive definite matrix `[n, n]`, A = L·Lᵀ. Reads the lower half of A.
public struct Cholesky: Operation {
  public init() {}
  public var name: String { "cholesky" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let n = try inputs[0].requireSquare(name)
    let factor = try inputs[0].cloned()
    let order = n == 0 ? 0 : try Tensor.lapack(name, n, n) { Lapack.cholesky(factor.floats, n) }
    guard order == 0 else {
      throw TensorError.notPositiveDefinite(operation: name, shape: factor.shape, row: order - 1)
    }
    for i in 0..<n {
      for j in (i + 1)..<n { factor.floats[i * n + j] = 0 }
    }
    return Outcome(factor, saving: [factor])
  }

  /// dA = ½·L⁻ᵀ·(P + Pᵀ)·L⁻¹ with P the lower half of Lᵀ·dL, its diagonal halved.
  /// Source: Murray 2016 (arXiv 1602.07527).
  ///
  /// - Throws: ``TensorError`` when the memory budget is exceeded.
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

/// The solution of A·x = b: A `[n, n]`, b `[n]` or `[n, columns]`; x has the shape of b.
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
        hint: "the right-hand side is (\(n)) or (\(n), columns)")
    }
    let count = b.rank == 1 ? 1 : b.shape[1]
    let sides = try b.reshaped([n, count]).transposed(0, 1).cloned()
    if n > 0 && count > 0 {
      let transposed = try a.transposed(0, 1).cloned()
      let pivot = try Tensor.lapack(name, n, n) {
        Lapack.solve(transposed: transposed.floats, sides: sides.floats, n, count: count)
      }
      guard pivot == 0 else {
        throw TensorError.singular(operation: name, shape: a.shape, row: pivot - 1)
      }
    }
    let x = try sides.transposed(0, 1).contiguous(for: name).reshaped(b.shape)
    return Outcome(x, saving: [a, x])
  }

  /// db = A⁻ᵀ·dx, dA = −db·xᵀ.
  ///
  /// - Throws: ``TensorError`` when the memory budget is exceeded.
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

/// The inverse, `[n, n]`, of a matrix `[n, n]`.
public struct Inverse: Operation {
  public init() {}
  public var name: String { "inverse" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let n = try inputs[0].requireSquare(name)
    do {
      let inverse = try Solve()(inputs[0].detached(), Tensor.eye(n, on: inputs[0].device))
      return Outcome(inverse, saving: [inverse])
    } catch TensorError.singular(_, let shape, let row) {
      throw TensorError.singular(operation: name, shape: shape, row: row)
    }
  }

  /// dA = −A⁻ᵀ·dY·A⁻ᵀ.
  ///
  /// - Throws: ``TensorError`` when the memory budget is exceeded.
  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let transposed = try step.saved[0].transposed(0, 1)
    return [try MatrixProduct()(MatrixProduct()(transposed, step.upstream), transposed).scaled(by: -1)]
  }
}

extension Tensor {
  /// The lower Cholesky factor, as ``Cholesky``.
  ///
  /// - Throws: ``TensorError/notPositiveDefinite(operation:shape:row:)``, or another ``TensorError`` unless it is
  ///   square.
  public func cholesky() throws -> Tensor { try Cholesky()(self) }
  /// The x with self·x = `side`, as ``Solve``.
  ///
  /// - Throws: ``TensorError/singular(operation:shape:row:)``, or another ``TensorError`` when the shapes do not fit.
  public func solve(_ side: Tensor) throws -> Tensor { try Solve()(self, side) }
  /// The inverse matrix, as ``Inverse``.
  ///
  /// - Throws: ``TensorError/singular(operation:shape:row:)``, or another ``TensorError`` unless it is square.
  public func inverse() throws -> Tensor { try Inverse()(self) }

  /// The number of rows of a square float32 matrix.
  ///
  /// - Throws: ``TensorError`` for anything else.
  func requireSquare(_ operation: String) throws -> Int {
    try requireMatrix(operation)
    guard shape[0] == shape[1] else {
      throw TensorError.badShape(operation: operation, shape: shape, expected: "as many rows as columns")
    }
    return shape[0]
  }

  /// Checks that it is one float32 matrix.
  ///
  /// - Throws: ``TensorError`` for anything else.
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

extension Tensor {
  /// The thin singular value decomposition of a matrix `[rows, columns]`, A = U·diag(S)·Vᵀ: U `[rows, k]`, S `[k]` in
  /// descending order, Vᵀ `[k, columns]`, with k the smaller length. Has no gradient.
  ///
  /// - Throws: ``TensorError/notSolvable(operation:reason:)`` for elements that are not finite, or when the iteration
  ///   does not converge; another ``TensorError`` unless it is a float32 matrix.
  public func svd() throws -> (u: Tensor, s: Tensor, vTransposed: Tensor) {
    try requireDecomposable("svd")
    let rows = shape[0]
    let columns = shape[1]
    let k = min(rows, columns)
    let u = try Tensor(uninitialized: [rows, k], .float32, on: device, operation: "svd")
    let s = try Tensor(uninitialized: [k], .float32, on: device, operation: "svd")
    let v = try Tensor(uninitialized: [k, columns], .float32, on: device, operation: "svd")
    if k > 0 {
      let scratch = try detached().cloned()
      let info = try Self.lapack("svd", rows, columns) {
        Lapack.svd(scratch.floats, rows: rows, columns: columns, u: u.floats, s: s.floats, v: v.floats)
      }
      guard info == 0 else { throw Self.notConverged("svd", shape) }
    }
    let guarded = WithoutGradient(name: "svd")
    return (try guarded(self, u), try guarded(self, s), try guarded(self, v))
  }

  /// The thin QR decomposition of a matrix `[rows, columns]`, A = Q·R: Q `[rows, k]` with orthonormal columns, R
  /// `[k, columns]` upper triangular, with k the smaller length. Has no gradient.
  ///
  /// - Throws: ``TensorError`` unless it is a float32 matrix of finite elements.
  public func qr() throws -> (q: Tensor, r: Tensor) {
    try requireDecomposable("qr")
    let rows = shape[0]
    let columns = shape[1]
    let k = min(rows, columns)
    // LAPACK's columns are our rows: it gets the transpose.
    let scratch = try detached().transposed(0, 1).cloned()
    let triangle = try Tensor.zeros([k, columns], on: device)
    if k > 0 {
      try Self.lapack("qr", rows, columns) {
        Lapack.qr(scratch.floats, rows: rows, columns: columns) {
          for row in 0..<k {
            for column in row..<columns {
              triangle.floats[row * columns + column] = scratch.floats[column * rows + row]
            }
          }
        }
      }
    }
    let q = try Slice(0, from: 0, count: k)(scratch).transposed(0, 1).contiguous(for: "qr")
    let guarded = WithoutGradient(name: "qr")
    return (try guarded(self, q), try guarded(self, triangle))
  }

  /// The eigenvalues `[n]` of a symmetric matrix `[n, n]` in ascending order, and its eigenvectors as the columns of
  /// `[n, n]`: A = V·diag(λ)·Vᵀ. Reads the lower half of A. Has no gradient.
  ///
  /// - Throws: as ``svd()``.
  public func eigh() throws -> (values: Tensor, vectors: Tensor) {
    let n = try requireSquare("eigh")
    try requireDecomposable("eigh")
    let values = try Tensor(uninitialized: [n], .float32, on: device, operation: "eigh")
    let rows = try detached().cloned()
    if n > 0 {
      let info = try Self.lapack("eigh", n, n) { Lapack.eigh(rows.floats, values: values.floats, n) }
      guard info == 0 else {
        throw Self.notConverged("eigh", shape)
      }
    }
    let vectors = try rows.transposed(0, 1).contiguous(for: "eigh")
    let guarded = WithoutGradient(name: "eigh")
    return (try guarded(self, values), try guarded(self, vectors))
  }

  /// The multiplications of a call of LAPACK that takes about ten milliseconds, in units of rows · columns · the
  /// smaller.
  private static let shortCall = 1 << 24
  /// Those of the longest call: some minutes of one core, which nothing could end.
  private static let longestCall = 1 << 42

  /// Calls LAPACK for a matrix of this size; a long call does not delay an interruption.
  ///
  /// - Throws: as ``requireShortCall(_:_:_:)`` and `Interruption.check`.
  static func lapack<Result: Sendable>(
    _ operation: String, _ rows: Int, _ columns: Int, _ body: @escaping @Sendable () -> Result
  ) throws -> Result {
    guard rows * columns * min(rows, columns) > shortCall else { return body() }
    try requireShortCall(operation, rows, columns)
    return try Device.interruptible(operation, body)
  }

  /// Checks that LAPACK takes minutes at most.
  ///
  /// - Throws: ``TensorError/badShape(operation:shape:expected:hint:)``.
  private static func requireShortCall(_ operation: String, _ rows: Int, _ columns: Int) throws {
    // An iteration over a matrix takes about ten times as long as an elimination.
    let isIteration = ["svd", "eigh", "ridge"].contains(operation)
    guard rows * columns * min(rows, columns) <= longestCall / (isIteration ? 16 : 1) else {
      let length = isIteration ? "6,500" : "16,384"
      throw TensorError.badShape(
        operation: operation, shape: [rows, columns],
        expected: "a matrix that takes minutes at most: \(length) rows and columns, or fewer of one")
    }
  }

  /// Checks for one matrix of finite numbers: on others LAPACK's iterations may not end.
  func requireDecomposable(_ operation: String) throws {
    try requireMatrix(operation)
    try Self.requireShortCall(operation, shape[0], shape[1])
    guard try isFinite().all().item() == 1 else {
      throw TensorError.notSolvable(
        operation: operation, reason: "the matrix \(shape) has a NaN or an infinity")
    }
  }

  static func notConverged(_ operation: String, _ shape: [Int]) -> TensorError {
    .notSolvable(operation: operation, reason: "the iteration over the matrix \(shape) did not converge")
  }
}

/// A value computed from the first input by an operation that has no gradient, so that a backward pass fails instead of
/// leaving the input out in silence.
struct WithoutGradient: Operation {
  let name: String

  func forward(_ inputs: [Tensor]) throws -> Outcome { Outcome(inputs[1]) }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    throw TensorError.noGradient(.undefined(operation: name))
  }
}

/// The diagonal of a matrix `[rows, columns]` of any type: a view `[min(rows, columns)]`.
public struct Diagonal: Operation {
  public init() {}
  public var name: String { "diagonal" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    guard inputs[0].rank == 2 else {
      throw TensorError.badShape(
        operation: name, shape: inputs[0].shape, expected: "one matrix (rows, columns)",
        hint: "one call for every matrix")
    }
    return Outcome(view(of: inputs[0]))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let whole = try Tensor.zeros(step.shapes[0], on: step.upstream.device)
    view(of: whole).copyElements(from: step.upstream)
    return [whole]
  }

  private func view(of x: Tensor) -> Tensor {
    x.viewed(as: [min(x.shape[0], x.shape[1])], strides: [x.strides[0] + x.strides[1]])
  }
}

extension Tensor {
  /// The diagonal of a matrix `[rows, columns]`: a view `[min(rows, columns)]`.
  ///
  /// - Throws: ``TensorError`` unless it is a matrix.
  public func diagonal() throws -> Tensor { try Diagonal()(self) }
}
