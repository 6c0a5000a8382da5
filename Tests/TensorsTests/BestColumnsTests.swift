import Tensors
import Testing

/// The best columns against a mask and a search for the largest element, at widths around those of registers.
@Suite struct BestColumnsTests {
  private let place = device()
  static let widths = [1, 2, 15, 16, 17, 31, 48, 200]

  private func counted(_ width: Int, _ pattern: Int) -> [Bool] {
    (0..<width).map { column in
      switch pattern {
      case 0: true
      case 1: column % 3 != 1
      case 2: column < (width + 1) / 2
      default: column == width - 1
      }
    }
  }

  @Test(arguments: widths, 0..<4) func areThoseOfASearch(width: Int, pattern: Int) throws {
    let counted = counted(width, pattern)
    // Few different numbers, so that many are equal.
    let scores = try Elementwise(Round())(Tensor.normal([300, width], on: place).scaled(by: 2))
    let best = try BestColumns(of: scores, among: counted)
    let mask = try Tensor(counted, shape: [width], on: place)
    let masked = try Where()(mask, scores, Tensor(-.infinity, on: place))
    let expected = try Extremum(maximum: true, dimension: 1).positions(in: masked).values(as: Int32.self)
    #expect(best.columns == expected.map { Int($0) } && best.areFinite)
    #expect(try BestColumns(of: scores.transposed(0, 1).cloned().transposed(0, 1), among: counted) == best)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [0, 7, 20]) func areFiniteOnlyWhereTheyCount(
    value: Float, column: Int
  ) throws {
    var values = [Float](repeating: 1, count: 21)
    values[column] = value
    let scores = try Tensor(values, shape: [1, 21], on: place)
    let others = (0..<21).map { $0 != column }
    let without = try BestColumns(of: scores, among: others)
    #expect(without.areFinite && without.columns == [column == 0 ? 1 : 0])
    #expect(try !BestColumns(of: scores, among: others.map { !$0 }).areFinite)
    // −∞ only rules one of the others out.
    #expect(try BestColumns(of: scores, among: others.map { _ in true }).areFinite == (value == -.infinity))
  }

  @Test func refusesOtherShapesAndTypes() throws {
    #expect(throws: TensorError.self) {
      try BestColumns(of: Tensor.zeros([2, 3], on: place), among: [true, true])
    }
    #expect(throws: TensorError.self) {
      try BestColumns(of: Tensor.zeros([2, 1], dtype: .int32, on: place), among: [true])
    }
    #expect(try BestColumns(of: Tensor.zeros([0, 2], on: place), among: [true, true]).columns.isEmpty)
  }
}
