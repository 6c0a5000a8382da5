/// The product of a tall matrix and one with many columns of zeros, such as the weights of classes that a learner has
/// not learned yet: only one of these columns is multiplied, for all of them.
///
/// The product with a column of zeros is not always 0: it is NaN for a row that has an infinity or a NaN. Therefore one
/// of them is multiplied.
struct ZeroColumnsProduct {
  /// Products of fewer rows, or of shorter ones, gain nothing.
  private static let minLength = 64
  /// The columns of zeros that are worth a copy of the others, as a fraction of all.
  private static let worthwhile = 16
  /// Rows whose part of the product stays in a core's cache until it is copied to its place.
  private static let rowsPerChunk = 256

  /// Columns of the result that lie side by side in the smaller product as well, or are all of zeros.
  private struct Run {
    let columns: Range<Int>
    /// The first of them in the smaller product; nil for columns of zeros.
    let source: Int?
  }

  private let left: Tensor
  /// (columns that are multiplied, inner): those that are not of zeros, and one that is.
  private let packed: Tensor
  private let runs: [Run]
  private let columns: Int

  /// `left` (rows × inner) times `right` (inner × columns), whose columns are contiguous.
  ///
  /// - Returns: nil where nothing is gained.
  /// - Throws: `TensorError` when the memory budget is exceeded.
  init?(_ left: Tensor, _ right: Tensor) throws {
    guard left.rank == 2, right.rank == 2, left.dtype == .float32, right.dtype == .float32,
      left.isContiguous, left.shape[0] >= Self.minLength, left.shape[1] >= Self.minLength,
      (1...LinearAlgebra.innerPerCall).contains(right.shape[0]), right.strides[0] == 1,
      left.shape[1] == right.shape[0]
    else { return nil }
    columns = right.shape[1]
    let isZero = Self.zeroColumns(of: right)
    let zeros = isZero.count { $0 }
    guard zeros > 1, zeros * Self.worthwhile >= columns else { return nil }
    let kept = isZero.indices.filter { !isZero[$0] }
    let first = isZero.firstIndex(of: true) ?? 0
    let rows = (kept + [first]).map { Int32($0) }
    packed = try IndexSelect(0)(right.transposed(0, 1), Tensor(rows, shape: [rows.count], on: right.device))
    runs = Self.runs(isZero)
    self.left = left
  }

  /// Whether each column is of zeros; of most others, the first elements tell.
  private static func zeroColumns(of right: Tensor) -> [Bool] {
    let values = right.floats
    return (0..<right.shape[1]).map { column in
      let start = values + column * right.strides[1]
      return (0..<right.shape[0]).allSatisfy { start[$0] == 0 }
    }
  }

  private static func runs(_ isZero: [Bool]) -> [Run] {
    var runs: [Run] = []
    var source = 0
    var start = 0
    while start < isZero.count {
      let end = isZero[start...].firstIndex { $0 != isZero[start] } ?? isZero.count
      runs.append(Run(columns: start..<end, source: isZero[start] ? nil : source))
      if !isZero[start] { source += end - start }
      start = end
    }
    return runs
  }

  /// The product (rows × columns).
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded.
  func result(_ operation: String) throws -> Tensor {
    let rows = left.shape[0]
    let inner = left.shape[1]
    let columns = columns
    let width = packed.shape[0]
    let runs = runs
    let result = try Tensor(uninitialized: [rows, columns], .float32, on: left.device, operation: operation)
    let from = left.sharedFloats
    let weight = packed.sharedFloats
    let to = result.sharedFloats
    let scratch = min(rows, Self.rowsPerChunk) * width
    try left.device.parallel(rows, by: Self.rowsPerChunk, scratch: scratch, operation: operation) {
      range, product in
      LinearAlgebra.multiply(
        .init(from.pointer + range.lowerBound * inner, stride: inner),
        .init(weight.pointer, stride: inner, transposed: true), into: product, stride: width,
        rows: range.count, columns: width, inner: inner)
      for row in range {
        let own = product + (row - range.lowerBound) * width
        let place = to + row * columns
        for run in runs {
          let target = place + run.columns.lowerBound
          if let source = run.source {
            target.update(from: own + source, count: run.columns.count)
          } else {
            target.update(repeating: own[width - 1], count: run.columns.count)
          }
        }
      }
    }
    withExtendedLifetime(packed) {}
    return result
  }
}
