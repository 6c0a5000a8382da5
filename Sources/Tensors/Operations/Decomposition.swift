extension Tensor {
  /// The thin singular value decomposition of a matrix (rows, columns), A = U·diag(S)·Vᵀ, S falling: U
  /// (rows, k), S (k), Vᵀ (k, columns), with k the smaller length. Has no gradient.
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
      let info = Lapack.svd(
        scratch.floats, rows: rows, columns: columns, u: u.floats, s: s.floats, v: v.floats)
      guard info == 0 else { throw Self.unending("svd", shape) }
    }
    let guarded = WithoutGradient(name: "svd")
    return (try guarded(self, u), try guarded(self, s), try guarded(self, v))
  }

  /// The thin QR decomposition of a matrix (rows, columns), A = Q·R: Q (rows, k) with orthonormal columns, R
  /// (k, columns) upper triangular, k the smaller length. Has no gradient.
  public func qr() throws -> (q: Tensor, r: Tensor) {
    try requireDecomposable("qr")
    let rows = shape[0]
    let columns = shape[1]
    let k = min(rows, columns)
    // LAPACK's columns are our rows: it gets the transpose.
    let scratch = try detached().transposed(0, 1).cloned()
    let triangle = try Tensor.zeros([k, columns], on: device)
    if k > 0 {
      Lapack.qr(scratch.floats, rows: rows, columns: columns) {
        for row in 0..<k {
          for column in row..<columns {
            triangle.floats[row * columns + column] = scratch.floats[column * rows + row]
          }
        }
      }
    }
    let q = try Slice(0, from: 0, count: k)(scratch).transposed(0, 1).packed("qr")
    let guarded = WithoutGradient(name: "qr")
    return (try guarded(self, q), try guarded(self, triangle))
  }

  /// The eigenvalues of a symmetric matrix (n, n), rising, and the eigenvectors as columns: A =
  /// V·diag(λ)·Vᵀ. Read from its lower half. Has no gradient.
  public func eigh() throws -> (values: Tensor, vectors: Tensor) {
    let n = try requireSquare("eigh")
    try requireDecomposable("eigh")
    let values = try Tensor(uninitialized: [n], .float32, on: device, operation: "eigh")
    let rows = try detached().cloned()
    if n > 0 {
      guard Lapack.eigh(rows.floats, values: values.floats, n) == 0 else {
        throw Self.unending("eigh", shape)
      }
    }
    let vectors = try rows.transposed(0, 1).packed("eigh")
    let guarded = WithoutGradient(name: "eigh")
    return (try guarded(self, values), try guarded(self, vectors))
  }

  /// One matrix of finite numbers: LAPACK's iterations need not end on others.
  private func requireDecomposable(_ operation: String) throws {
    try requireMatrix(operation)
    guard try isFinite().all().item() == 1 else {
      throw TensorError.notSolvable(
        operation: operation, reason: "the matrix \(shape) has a NaN or an infinity")
    }
  }

  private static func unending(_ operation: String, _ shape: [Int]) -> TensorError {
    .notSolvable(operation: operation, reason: "the iteration over the matrix \(shape) did not converge")
  }
}

/// A value computed from the first input by an operation that has no gradient: backward says so, instead of
/// leaving the input out in silence.
private struct WithoutGradient: Operation {
  let name: String

  func forward(_ inputs: [Tensor]) throws -> Outcome { Outcome(inputs[1]) }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    throw TensorError.noGradient(
      reason: "\(name) has no gradient", hint: "detach() its input, or its results")
  }
}
