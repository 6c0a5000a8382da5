import Tensors
import Testing

/// Linear layers on spikes against sums in double precision.
@Suite struct SpikeProductTests {
  private let place = device()

  private func spikes(_ rows: Int, _ inner: Int, above threshold: Float, seed: UInt64 = 1) throws -> Tensor {
    try Comparison.gt(.normal([rows, inner], seed: seed, on: place), Tensor(threshold, on: place))
      .converted(to: .float32)
  }

  private func expected(_ x: Tensor, _ weight: Tensor) throws -> [Float] {
    let rows = try weight.rows()
    return try x.rows().flatMap { x in
      rows.map { row in Float(zip(x, row).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }) }
    }
  }

  @Test(arguments: [0.5, 1.2, 2.5, 9], [[64, 64], [200, 100], [130, 257], [63, 300]])
  func isTheSumOfTheWeights(threshold: Float, sizes: [Int]) throws {
    let weight = try Tensor.normal(sizes, seed: 2, on: place)
    let bias = try Tensor.normal([sizes[0]], seed: 3, on: place)
    let x = try spikes(45, sizes[1], above: threshold)
    let exact = try expected(x, weight)
    expectClose(try Linear()(x, weight).floatValues, exact, within: 2e-5)
    let withBias = try Tensor(exact, shape: [45, sizes[0]], on: place).adding(bias).floatValues
    expectClose(try Linear()(x, weight, bias).floatValues, withBias, within: 2e-5)
  }

  @Test func aRowHasTheSameBitsInAnyBatch() throws {
    let weight = try Tensor.normal([150, 200], seed: 2, on: place)
    let sparse = try spikes(20, 200, above: 1.5)
    let dense = try Tensor.normal([3, 200], seed: 5, on: place)
    let alone = try Linear()(sparse, weight).rows()
    let mixed = try Linear()(Concatenation(0).apply([dense, sparse, spikes(2, 200, above: 0)]), weight).rows()
    #expect(Array(mixed[3..<23]) == alone)
    for row in [0, 7] {
      #expect(try Linear()(sparse.narrow(0, from: row, count: 1), weight).row(0) == alone[row])
    }
    #expect(try Linear()(dense.select(0, 1), weight).floatValues.count == 150)
  }

  @Test func aChangedWeightIsReadAgain() throws {
    let weight = try Tensor.normal([100, 100], seed: 2, on: place)
    let x = try spikes(10, 100, above: 1.5)
    _ = try Linear()(x, weight)
    try weight.assign(.normal([100, 100], seed: 8, on: place))
    expectClose(try Linear()(x, weight).floatValues, try expected(x, weight), within: 2e-5)
    // Two weights in one block.
    let both = try Tensor.normal([200, 100], seed: 9, on: place)
    for start in [0, 100] {
      let part = try both.narrow(0, from: start, count: 100)
      expectClose(try Linear()(x, part).floatValues, try expected(x, part), within: 2e-5)
    }
  }

  @Test func gradientsAreThoseOfTheDenseProduct() throws {
    let x = try spikes(30, 100, above: 1.5)
    let upstream = try Tensor.normal([30, 80], seed: 4, on: place)
    let inputs = [try x.leaf(), try Tensor.normal([80, 100], seed: 2, on: place).leaf()]
    try Linear().apply(inputs).backward(upstream)
    let plain = [try x.leaf(), try Tensor.normal([80, 100], seed: 2, on: place).leaf()]
    try MatrixProduct()(plain[0], plain[1].transposed(0, 1)).backward(upstream)
    for (one, other) in zip(inputs, plain) {
      expectClose(try #require(one.gradient).floatValues, try #require(other.gradient).floatValues)
    }
  }

  @Test func theMemoryOfAPackedWeightEndsWithIt() throws {
    let start = place.pool.usage.live
    do {
      let weight = try Tensor.normal([128, 128], on: place)
      for step in 0..<5 {
        try weight.assign(.normal([128, 128], seed: UInt64(step), on: place))
        _ = try Linear()(spikes(4, 128, above: 1.5), weight)
        #expect(place.pool.usage.live - start == 2 * 128 * 128 * 4)
      }
    }
    #expect(place.pool.usage.live == start)
  }
}
