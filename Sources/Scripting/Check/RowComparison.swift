import FewShot
import Tensors

/// Comparisons of what a function returns for samples, one row each.
enum RowComparison {
  struct Difference {
    /// From 0.
    let column: Int
    let first: Float
    let second: Float
  }

  /// Where a function returns something else for the same samples when it is called again.
  ///
  /// - Throws: what `function` throws.
  static func change(of first: Tensor, _ again: () throws -> Tensor) throws -> Difference? {
    let second = try again()
    guard let rows = first.shape.first, second.shape == first.shape else { return nil }
    return try (0..<rows).lazy.compactMap { try difference(first, second, row: $0) }.first
  }

  /// Where a function returns something else for a sample when the others of its batch are replaced by copies of it.
  ///
  /// The sample keeps its position, and the batch its size, so that even rounding is the same: a spike, or a vote, that
  /// rounding decides is no dependence.
  ///
  /// - Throws: what `function` throws.
  static func dependence(
    of first: Tensor, on samples: Tensor, _ function: (Tensor) throws -> Tensor
  ) throws -> Difference? {
    let count = samples.shape[0]
    for row in Set([0, count / 2, count - 1]).sorted() {
      let copies = try LabelledFeatures(features: samples, labels: []).select(
        [Int](repeating: row, count: count))
      let second = try function(copies)
      if second.shape == first.shape, let found = try difference(first, second, row: row) { return found }
    }
    return nil
  }

  /// A number of a row that differs by more than rounding: 1/1,000 of the range of the row.
  private static func difference(_ first: Tensor, _ second: Tensor, row: Int) throws -> Difference? {
    let a = try first.contiguous().floatValues
    let b = try second.contiguous().floatValues
    let width = a.count / max(1, first.shape[0])
    let own = a[row * width..<(row + 1) * width]
    let finite = own.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return nil }
    let slack = 1e-3 * (high - low) + 1e-4 * max(abs(low), abs(high)) + 1e-7
    for (column, x) in own.enumerated() {
      let y = b[row * width + column]
      if x.isFinite != y.isFinite || x.isFinite && abs(x - y) > slack {
        return Difference(column: column, first: x, second: y)
      }
    }
    return nil
  }
}
