import Tensors
import Testing

/// Attention, against its formula step by step.
@Suite struct AttentionTests {
  private let device = Device(threads: 2)

  /// softmax(q·kᵀ · scale)·v, with −∞ for the keys that a causal query does not see.
  private func formula(_ q: Tensor, _ k: Tensor, _ v: Tensor, scale: Float, causal: Bool) throws -> Tensor {
    var scores = try MatrixProduct()(q, k.transposed(-2, -1)).scaled(by: scale)
    if causal {
      let mask = (0..<q.shape[2]).flatMap { row in (0..<k.shape[2]).map { $0 > row ? -Float.infinity : 0 } }
      scores = try scores.adding(Tensor(mask, shape: [q.shape[2], k.shape[2]], on: device))
    }
    return try MatrixProduct()(Softmax(-1)(scores), v)
  }

  /// The result, and the gradients of queries, keys and values that are `[batch, time, heads, width]` in memory.
  private func computed(
    queries: Int, keys: Int, by run: ([Tensor]) throws -> Tensor
  ) throws -> [[Float]] {
    let shapes = [[2, queries, 3, 20], [2, keys, 3, 20], [2, keys, 3, 33]]
    let leaves = try shapes.enumerated().map { try Tensor.normal($1, seed: UInt64($0), on: device).leaf() }
    let output = try run(leaves.map { try $0.transposed(1, 2) })
    try output.backward(.normal(output.shape, seed: 9, on: device))
    return try [output.floatValues] + leaves.map { try #require($0.gradient).floatValues }
  }

  /// Fewer and more positions than a block of queries has, and than a panel of columns has.
  @Test(arguments: [(1, 1), (5, 7), (48, 32), (49, 33), (130, 61), (7, 200)], [false, true])
  func isTheFormula(_ sizes: (queries: Int, keys: Int), _ causal: Bool) throws {
    for scale: Float in [0.3, 0, -0.3] {
      let fused = try computed(queries: sizes.queries, keys: sizes.keys) {
        try ScaledDotProductAttention(scale: scale, causal: causal).apply($0)
      }
      let composed = try computed(queries: sizes.queries, keys: sizes.keys) {
        try formula($0[0], $0[1], $0[2], scale: scale, causal: causal)
      }
      for (a, b) in zip(fused, composed) { expectClose(a, b, within: 1e-5) }
    }
  }

  /// One row, or one number, for all positions: its rows lie in one place, and so does a gradient of a sum.
  @Test(arguments: [(7, 5, 4, 6), (3, 20, 1, 1), (50, 33, 17, 1), (1, 9, 3, 20)])
  func takesExpandedInputs(_ sizes: (queries: Int, keys: Int, width: Int, columns: Int)) throws {
    let shapes = [[sizes.queries, sizes.width], [sizes.keys, sizes.width], [sizes.keys, sizes.columns]]
    func results(_ run: ([Tensor]) throws -> Tensor) throws -> [[Float]] {
      let rows = try shapes.enumerated().map { number, shape in
        try Tensor.normal([1, 1, 1, shape[1]], seed: UInt64(number), on: device).leaf()
      }
      let output = try run(zip(rows, shapes).map { try $0.expanded(to: [2, 3] + $1) })
      try Reduction(.sum)(output).backward()
      return try [output.floatValues] + rows.map { try #require($0.gradient).floatValues }
    }
    let fused = try results { try ScaledDotProductAttention(scale: 0.3).apply($0) }
    let composed = try results { try formula($0[0], $0[1], $0[2], scale: 0.3, causal: false) }
    for (a, b) in zip(fused, composed) { expectClose(a, b, within: 1e-4) }
  }

  /// Half of the width's root, computed by hand: weights 1 / (1 + e^−1) and its rest.
  @Test func scalesByTheRootOfTheWidth() throws {
    let q = try floats([1, 1, 1, 1], [1, 4], on: device)
    let k = try floats([1, 1, 0, 0, 0, 0, 0, 0], [2, 4], on: device)
    let v = try floats([1, 0], [2, 1], on: device)
    expectClose(try ScaledDotProductAttention()(q, k, v).floatValues, [0.731_058_6])
  }

  /// Scores of some hundred, whose powers of e no float holds.
  @Test func largeScoresAreTakenFromTheLargest() throws {
    let x = try Tensor.normal([1, 1, 60, 20], on: device).scaled(by: 20)
    let fused = try ScaledDotProductAttention(scale: 1)(x, x, x).floatValues
    let composed = try formula(x, x, x, scale: 1, causal: false).floatValues
    expectClose(fused, composed, within: 1e-4)
  }

  @Test func withoutKeysTheResultIsZero() throws {
    let q = try Tensor.normal([2, 3, 4], on: device).leaf()
    let k = try Tensor.normal([2, 0, 4], on: device).leaf()
    let output = try ScaledDotProductAttention()(q, k, k)
    try Reduction(.sum)(output).backward()
    #expect(try output.floatValues == [Float](repeating: 0, count: 24))
    let ofQueries = try #require(q.gradient)
    let ofKeys = try #require(k.gradient)
    #expect(try ofQueries.floatValues == output.floatValues)
    #expect(ofKeys.shape == [2, 0, 4])
  }

  /// Heads taken out of rows go back into them as a view.
  @Test func theResultLiesInMemoryAsTheQueriesDo() throws {
    let x = try Tensor.normal([2, 5, 3, 4], on: device).transposed(1, 2)
    let y = try ScaledDotProductAttention()(x, x, x)
    #expect(!y.isContiguous)
    #expect(try y.transposed(1, 2).isContiguous)
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let fitting = [[2, 3, 4], [2, 5, 4], [2, 5, 6]]
    for (changed, shape) in [
      (0, [3, 3, 4]), (0, [2, 3, 5]), (1, [2, 6, 4]), (1, [5, 4]), (2, [2, 4, 6]), (0, [4]),
    ] {
      var shapes = fitting
      shapes[changed] = shape
      #expect(throws: TensorError.self, "\(shapes)") {
        try ScaledDotProductAttention().apply(shapes.map { try .zeros($0, on: device) })
      }
    }
  }
}
