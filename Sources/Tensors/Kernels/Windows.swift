/// A matrix whose rows, `width` long, begin every `step` elements, and so overlap when the step is shorter.
///
/// BLAS refuses rows that overlap, but every n-th row, with n·step ≥ width, is a matrix it takes. A product
/// is n of them, each for every n-th row; nothing is copied.
struct Windows {
  private let start: UnsafeMutablePointer<Float>
  private let step: Int
  private let width: Int
  private let phases: Int

  init(_ start: UnsafeMutablePointer<Float>, step: Int, width: Int) {
    (self.start, self.step, self.width) = (start, step, width)
    phases = max(1, (width + step - 1) / max(1, step))
  }

  /// Calls `body` with the first row and the number of rows of every part of `rows` rows.
  private func forEachPhase(of rows: Int, _ body: (Int, Int) -> Void) {
    for phase in 0..<min(phases, rows) { body(phase, (rows - phase + phases - 1) / phases) }
  }

  /// C (rows × columns) = these rows · B (width × columns).
  func multiply(_ b: LinearAlgebra.Matrix, into c: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    forEachPhase(of: rows) { phase, count in
      LinearAlgebra.multiply(
        .init(start + phase * step, stride: max(width, phases * step)), b, into: c + phase * columns,
        stride: phases * columns, rows: count, columns: columns, inner: width)
    }
  }

  /// C (columns × width) = (or, adding, +=) Aᵀ · these rows; A is rows × columns, its rows `stride` apart.
  func multiplyTransposed(
    _ a: UnsafeMutablePointer<Float>, stride: Int, into c: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int,
    adding: Bool
  ) {
    forEachPhase(of: rows) { phase, count in
      LinearAlgebra.multiply(
        .init(a + phase * stride, stride: phases * stride, transposed: true),
        .init(start + phase * step, stride: max(width, phases * step)), into: c, stride: width, rows: columns,
        columns: width, inner: count, beta: adding || phase > 0 ? 1 : 0)
    }
  }
}
