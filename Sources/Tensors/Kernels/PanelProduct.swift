import VectorKernels

/// Products with a right matrix that is packed once and used many times: weights. For few rows, BLAS spends more time
/// on copying the right matrix than on multiplying.
///
/// Each element of a result adds its terms in the order of the inner index, so that it has the same bits however rows
/// and columns are split.
struct PanelProduct: Sendable {
  let inner: Int
  let columns: Int

  /// The elements of the packed matrix.
  var count: Int {
    let width = Int(NJ_PANEL_COLUMNS)
    return (columns + width - 1) / width * width * inner
  }

  /// Packs a matrix, inner × columns.
  func pack(_ right: LinearAlgebra.Matrix, into panels: UnsafeMutablePointer<Float>) {
    nj_pack_panels(right.pointer, right.stride, right.isTransposed ? 1 : 0, inner, columns, panels)
  }

  /// `result` (rows × columns) = `left` (rows × inner) · the packed matrix, added to what is there if `adds`; the
  /// result's rows are `stride` apart.
  @inline(__always)
  func multiply(
    _ left: LinearAlgebra.Matrix, _ panels: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
    stride: Int, rows: Int, adds: Bool = false
  ) {
    nj_multiply_panels(
      left.pointer, left.stride, left.isTransposed ? 1 : 0, panels, inner, result, stride, rows, columns,
      adds ? 1 : 0)
  }
}
