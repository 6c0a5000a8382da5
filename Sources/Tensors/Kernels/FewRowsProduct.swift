import VectorKernels

/// The product of few rows and a weight, such as a time step of a batch and the weight of a recurrent layer. The weight
/// is packed once for all steps until it changes; BLAS would copy it for each of them.
struct FewRowsProduct {
  /// Rows above which the copy of BLAS costs less than its better kernel gains.
  private static let maxRows = 128
  /// Weights below so many elements are not worth a copy of their own.
  private static let minWeight = 1 << 14
  /// Terms of a sum above which a chunk would take long without looking at the clock.
  private static let maxInner = 1 << 14
  /// Columns of the result that one chunk computes: panels that a core's cache holds.
  private static let columnsPerChunk = 4 * Int(NJ_PANEL_COLUMNS)

  private let x: Tensor
  private let weight: Tensor

  /// `x` (rows × inner) times `weight` (inner × columns), both contiguous.
  ///
  /// - Returns: nil where BLAS is faster.
  init?(_ x: Tensor, _ weight: Tensor) {
    guard x.rank == 2, (1...Self.maxRows).contains(x.shape[0]), x.isContiguous, weight.isContiguous,
      weight.count >= Self.minWeight, weight.shape[0] <= Self.maxInner, x.dtype == .float32,
      weight.dtype == .float32
    else { return nil }
    self.x = x
    self.weight = weight
  }

  /// The product (rows × columns).
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded.
  func result(_ operation: String) throws -> Tensor {
    let rows = x.shape[0]
    let inner = weight.shape[0]
    let columns = weight.shape[1]
    let packed = try PackedWeight.of(weight, as: .panels) {
      let product = PanelProduct(inner: inner, columns: columns)
      let panels = try Tensor(
        uninitialized: [product.count], .float32, on: weight.device, operation: operation)
      product.pack(.init(weight.floats, stride: columns), into: panels.floats)
      return panels
    }
    let result = try Tensor(
      uninitialized: [rows, columns], .float32, on: x.device, operation: operation)
    let left = x.sharedFloats
    let panels = packed.sharedFloats
    let to = result.sharedFloats
    x.device.parallel(columns, by: Self.columnsPerChunk) { range in
      PanelProduct(inner: inner, columns: range.count).multiply(
        .init(left.pointer, stride: inner), panels + range.lowerBound * inner,
        into: to + range.lowerBound, stride: columns, rows: rows)
    }
    withExtendedLifetime(packed) {}
    return result
  }
}
