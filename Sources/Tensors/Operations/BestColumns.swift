/// The best column of each row of scores, among the columns that count: a classification's predictions.
public struct BestColumns: Sendable, Equatable {
  /// The column of each row's highest score, from 0; the first of equal ones. Undefined for a row that has no finite
  /// highest score.
  public let columns: [Int]
  /// Whether the highest score of every row is a finite number; NaN is higher than all numbers.
  public let areFinite: Bool

  /// Looks at every row of `scores`, (rows, columns) of float32, once, without a copy of them. `counted` says whether
  /// each column counts; what is in the others does not matter.
  ///
  /// - Throws: ``TensorError/badShape(operation:shape:expected:hint:)`` for scores of another shape;
  ///   ``TensorError/wrongType(operation:expected:got:role:)`` for another type.
  public init(of scores: Tensor, among counted: [Bool]) throws {
    try scores.requireFloat("best columns")
    guard scores.rank == 2, scores.shape[1] == counted.count else {
      throw TensorError.badShape(
        operation: "best columns", shape: scores.shape, expected: "(rows, \(counted.count))")
    }
    let source = try scores.contiguous(for: "best columns")
    let from = source.sharedFloats
    let rows = scores.shape[0]
    let width = counted.count
    let runs = RowMaximum.runs(of: counted)
    // One byte for each row: no two tasks write to the same.
    var finite = [Bool](repeating: false, count: rows)
    columns = [Int](unsafeUninitializedCapacity: rows) { buffer, filled in
      buffer.initialize(repeating: 0)
      filled = rows
      guard let start = buffer.baseAddress else { return }
      let to = Shared(start)
      finite.withUnsafeMutableBufferPointer { finite in
        guard let start = finite.baseAddress else { return }
        let isFinite = Shared(start)
        scores.device.parallel(rows, by: max(1, Device.chunkElements / max(1, width))) { range in
          for row in range {
            let best = RowMaximum(of: from + row * width, in: runs)
            to[row] = best.index
            isFinite[row] = best.value.isFinite
          }
        }
      }
    }
    areFinite = finite.allSatisfy { $0 }
    withExtendedLifetime(source) {}
  }
}
