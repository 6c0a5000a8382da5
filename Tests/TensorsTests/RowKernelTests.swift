import Foundation
import Tensors
import Testing

/// Kernels over rows against plain loops in double precision, at lengths around the widths of registers and blocks.
@Suite struct RowKernelTests {
  private let place = device()
  static let lengths = [1, 2, 7, 15, 16, 17, 31, 33, 100, 4095, 4097, 9000]

  /// The lanes of a dimension of `(rows, length)` or `(length, rows)` as arrays of doubles.
  private func lanes(_ x: Tensor, dimension: Int) throws -> [[Double]] {
    try (dimension == 1 ? x : x.transposed(0, 1).cloned()).rows().map { $0.map(Double.init) }
  }

  @Test(arguments: lengths, [0, 1]) func softmaxIsThatOfTheFormula(length: Int, dimension: Int) throws {
    let shape = dimension == 1 ? [3, length] : [length, 70]
    let x = try Tensor.normal(shape, on: place).scaled(by: 5)
    let probabilities = try lanes(Softmax(dimension)(x), dimension: dimension)
    let logarithms = try lanes(Softmax(dimension, logarithm: true)(x), dimension: dimension)
    for (lane, row) in try lanes(x, dimension: dimension).enumerated() {
      let largest = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - largest) }
      expectClose(
        probabilities[lane].map(Float.init), row.map { Float(exp($0 - largest) / sum) }, within: 2e-6)
      expectClose(logarithms[lane].map(Float.init), row.map { Float($0 - largest - log(sum)) }, within: 2e-6)
    }
  }

  @Test(arguments: [1, 16, 33, 5000], [0, 1]) func softmaxHasTheGradientOfTheFormula(
    length: Int, dimension: Int
  ) throws {
    let shape = dimension == 1 ? [3, length] : [length, 3]
    let upstream = try Tensor.normal(shape, seed: 2, on: place)
    for isLogarithm in [false, true] {
      let x = try Tensor.normal(shape, on: place).leaf()
      let y = try Softmax(dimension, logarithm: isLogarithm)(x)
      try y.backward(upstream)
      let gradients = try lanes(#require(x.gradient), dimension: dimension)
      let ups = try lanes(upstream, dimension: dimension)
      for (lane, values) in try lanes(y.detached(), dimension: dimension).enumerated() {
        let up = ups[lane]
        let sum = isLogarithm ? up.reduce(0, +) : zip(up, values).reduce(0) { $0 + $1.0 * $1.1 }
        let expected = zip(up, values).map { isLogarithm ? $0 - exp($1) * sum : ($0 - sum) * $1 }
        expectClose(gradients[lane].map(Float.init), expected.map(Float.init), within: 2e-5)
      }
    }
  }

  @Test func softmaxOfInfinitiesAndNaN() throws {
    let inf = Float.infinity
    let x = try floats([-inf, 0, -inf, .nan, 1, 2, -inf, -inf, -inf], [3, 3], on: place)
    let y = try Softmax(1)(x).rows()
    #expect(y[0] == [0, 1, 0])
    #expect(y[1].allSatisfy(\.isNaN) && y[2].allSatisfy(\.isNaN))
  }

  @Test(arguments: lengths) func layerNormIsThatOfTheFormula(width: Int) throws {
    let x = try Tensor.normal([5, width], on: place).scaled(by: 3).shifted(by: 2).leaf()
    let weight = try Tensor.normal([width], seed: 2, on: place).leaf()
    let bias = try Tensor.normal([width], seed: 3, on: place).leaf()
    let upstream = try Tensor.normal([5, width], seed: 4, on: place)
    let y = try LayerNorm()(x, weight, bias)
    try y.backward(upstream)
    var ofWeight = [Double](repeating: 0, count: width)
    var ofBias = ofWeight
    let n = Double(width)
    for (number, row) in try x.detached().rows().enumerated() {
      let mean = row.reduce(0) { $0 + Double($1) } / n
      let variance = row.reduce(0) { $0 + pow(Double($1) - mean, 2) } / n
      let inverse = 1 / sqrt(variance + Double(Float(1e-5)))
      let normal = row.map { (Double($0) - mean) * inverse }
      let scale = try weight.detached().floatValues.map(Double.init)
      let shift = try bias.detached().floatValues.map(Double.init)
      let up = try upstream.row(number).map(Double.init)
      let tolerance: Float = width == 1 ? 1e-3 : 2e-5
      expectClose(
        try y.detached().row(number), (0..<width).map { Float(normal[$0] * scale[$0] + shift[$0]) },
        within: tolerance)
      let dn = (0..<width).map { up[$0] * scale[$0] }
      let a = dn.reduce(0, +) / n
      let b = zip(dn, normal).reduce(0) { $0 + $1.0 * $1.1 } / n
      let dx = (0..<width).map { Float((dn[$0] - a - normal[$0] * b) * inverse) }
      if width > 1 { expectClose(try #require(x.gradient).row(number), dx, within: 1e-4) }
      for i in 0..<width {
        ofWeight[i] += up[i] * normal[i]
        ofBias[i] += up[i]
      }
    }
    if width > 1 {
      expectClose(try #require(weight.gradient).floatValues, ofWeight.map(Float.init), within: 1e-4)
    }
    expectClose(try #require(bias.gradient).floatValues, ofBias.map(Float.init))
  }

  @Test(arguments: [1, 3, 4, 5, 9], [0, 1]) func runningSumsAreThoseOfALoop(rows: Int, dimension: Int) throws
  {
    let shape = dimension == 1 ? [rows, 100] : [100, rows]
    let x = try Tensor.normal(shape, on: place)
    for isReversed in [false, true] {
      let sums = try lanes(CumulativeSum(dimension, reversed: isReversed)(x), dimension: dimension)
      for (lane, row) in try lanes(x, dimension: dimension).enumerated() {
        var sum = 0.0
        let expected = (isReversed ? row.reversed() : row).map { value in
          sum += value
          return Float(sum)
        }
        #expect(sums[lane].map(Float.init) == (isReversed ? expected.reversed() : expected))
      }
    }
  }
}

/// Sorting and selecting against the standard library's stable sort, with NaN, both zeros and equal elements.
@Suite struct OrderingTests {
  private let place = device()

  private func elements(_ count: Int) throws -> [Float] {
    var x = try Tensor.normal([count], on: place).floatValues.map { ($0 * 8).rounded() / 4 }
    for i in stride(from: 3, to: count, by: 11) { x[i] = [.nan, -0.0, .infinity, -.infinity, -.nan][i % 5] }
    return x
  }

  /// The indices in order: a NaN is the largest, and equal elements keep their order.
  private func order(_ x: [Float], descending: Bool) -> [Int] {
    func isBefore(_ a: Float, _ b: Float) -> Bool { b.isNaN ? !a.isNaN : a < b }
    return x.indices.sorted { i, j in
      let (a, b) = descending ? (x[j], x[i]) : (x[i], x[j])
      return isBefore(a, b) || (!isBefore(b, a) && i < j)
    }
  }

  @Test(arguments: [1, 2, 31, 32, 33, 100, 1000, 5000], [false, true])
  func sortedIsStable(length: Int, descending: Bool) throws {
    let x = try elements(length)
    let expected = order(x, descending: descending).map(Int32.init)
    let rows = try floats(x + x.reversed(), [2, length], on: place)
    let indices = try rows.sorted(1, descending: descending).indices
    #expect(try indices.select(0, 0).values(as: Int32.self) == expected)
    #expect(
      try indices.select(0, 1).values(as: Int32.self)
        == order(x.reversed(), descending: descending).map(Int32.init))
    let columns = try rows.transposed(0, 1).sorted(0, descending: descending).indices
    #expect(try columns.select(1, 0).values(as: Int32.self) == expected)
  }

  @Test(arguments: [1, 2, 10, 32, 33, 500], [false, true]) func topkIsTheStartOfTheOrder(
    count: Int, largest: Bool
  ) throws {
    let x = try elements(500)
    let (values, indices) = try floats(x, on: place).topk(count, largest: largest)
    let expected = order(x, descending: largest).prefix(count)
    #expect(try indices.values(as: Int32.self) == expected.map(Int32.init))
    expectClose(try values.floatValues, expected.map { x[$0] }, within: 0)
  }

  @Test(arguments: [0, 1, 2]) func gatherAndItsAdjointAreThoseOfALoop(dimension: Int) throws {
    let x = try Tensor.normal([4, 5, 6], on: place).leaf()
    let shape = [3, 4, 5]
    let index = try Tensor.randint(0, [4, 5, 6][dimension], shape, on: place)
    let y = try Gather(dimension)(x, index)
    let upstream = try Tensor.normal(shape, seed: 3, on: place)
    try y.backward(upstream)
    let from = try x.detached().floatValues
    let chosen = try index.values(as: Int32.self)
    let up = try upstream.floatValues
    var expected: [Float] = []
    var gradient = [Float](repeating: 0, count: from.count)
    for element in chosen.indices {
      var at = [element / 20, element / 5 % 4, element % 5]
      at[dimension] = Int(chosen[element])
      let position = (at[0] * 5 + at[1]) * 6 + at[2]
      expected.append(from[position])
      gradient[position] += up[element]
    }
    #expect(try y.detached().floatValues == expected)
    expectClose(try #require(x.gradient).floatValues, gradient)
  }

  @Test func theFirstBadIndexIsNamed() throws {
    let x = try Tensor.zeros([3, 4], on: place)
    let index = try integers([0, 1, 4, 9], [2, 2], on: place)
    #expect(throws: TensorError.indexOutside(operation: "gather", index: 4, count: 4)) {
      try Gather(1)(x, index)
    }
    #expect(throws: TensorError.self) { try Gather(1)(x, integers([0, -1], [1, 2], on: place)) }
  }
}
