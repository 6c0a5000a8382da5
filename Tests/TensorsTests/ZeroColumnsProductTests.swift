import Tensors
import Testing

/// Products with weights of which many rows are zeros, such as those of classes that have not been learned, against
/// sums in double precision.
@Suite struct ZeroColumnsProductTests {
  private let place = device()

  /// A weight (classes × inner) with zeros for these classes.
  private func weight(_ classes: Int, _ inner: Int, unlearned: [Int]) throws -> Tensor {
    let weight = try Tensor.normal([classes, inner], seed: 2, on: place)
    for label in unlearned { try weight.select(0, label).assign(Tensor(0, on: place)) }
    return weight
  }

  private func expected(_ x: Tensor, _ weight: Tensor) throws -> [Float] {
    let rows = try weight.rows()
    return try x.rows().flatMap { x in
      rows.map { row in Float(zip(x, row).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }) }
    }
  }

  @Test(arguments: [
    [], [0, 1, 2, 3], [17, 18], [19], Array(0..<20), Array(4..<20), [0, 3, 4, 5, 9, 10, 19],
  ])
  func isTheDenseProduct(unlearned: [Int]) throws {
    let weight = try weight(20, 70, unlearned: unlearned)
    for rows in [64, 300, 600] {
      let x = try Tensor.normal([rows, 70], seed: 3, on: place)
      let product = try MatrixProduct()(x, weight.transposed(0, 1))
      #expect(product.shape == [rows, 20])
      expectClose(try product.floatValues, try expected(x, weight), within: 2e-5)
      for label in unlearned { #expect(try product.select(1, label).floatValues.allSatisfy { $0 == 0 }) }
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func zerosTimesWhatIsNotFiniteAreNaN(value: Float) throws {
    let weight = try weight(20, 70, unlearned: Array(4..<20))
    let x = try Tensor.normal([100, 70], seed: 3, on: place)
    try x.select(0, 7).select(0, 69).assign(Tensor(value, on: place))
    let rows = try MatrixProduct()(x, weight.transposed(0, 1)).rows()
    for (row, values) in rows.enumerated() {
      #expect(values[4...].allSatisfy { row == 7 ? $0.isNaN : $0 == 0 })
    }
  }

  @Test func gradientsReachTheZeros() throws {
    let x = try Tensor.normal([100, 70], seed: 3, on: place).leaf()
    let weight = try weight(20, 70, unlearned: Array(4..<20)).leaf()
    let upstream = try Tensor.normal([100, 20], seed: 4, on: place)
    try MatrixProduct()(x, weight.transposed(0, 1)).backward(upstream)
    expectClose(
      try #require(weight.gradient).floatValues,
      try expected(upstream.transposed(0, 1), x.detached().transposed(0, 1)), within: 2e-5)
    expectClose(
      try #require(x.gradient).floatValues, try expected(upstream, weight.detached().transposed(0, 1)),
      within: 2e-5)
  }

  @Test func threadsDoNotChangeBits() throws {
    let weight = try weight(40, 128, unlearned: Array(5..<25))
    let x = try Tensor.normal([1000, 128], seed: 3, on: place)
    let all = try MatrixProduct()(x, weight.transposed(0, 1)).floatValues
    let one = try Device.withThreads(1) { try MatrixProduct()(x, weight.transposed(0, 1)).floatValues }
    #expect(all == one)
  }
}
