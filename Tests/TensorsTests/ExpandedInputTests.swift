import Tensors
import Testing

/// Every differentiable operation on inputs that repeat along a dimension, as `expand` makes them, and with a gradient
/// that does, as that of a sum: the values lie in one place, and nothing may be read beside it.
@Suite struct ExpandedInputTests {
  static let cases =
    GradientCases.elementwise + GradientCases.reductions + GradientCases.shapes + GradientCases.products
    + GradientCases.networks

  /// The dimensions along which inputs repeat.
  private static let repetitions: [@Sendable (_ dimension: Int, _ rank: Int) -> Bool] = [
    { dimension, _ in dimension == 0 },
    { dimension, rank in dimension == rank - 1 },
    { dimension, rank in dimension < rank - 1 },
    { _, _ in true },
  ]

  @Test(arguments: cases) func areTheSameAsACopy(_ c: GradientCase) throws {
    for repeats in Self.repetitions {
      let expanded = try results(c, repeats) { view in
        (view, { try Reduction(.sum)($0).backward() })
      }
      let copied = try results(c, repeats) { view in
        let copy = try view.contiguous()
        return (copy, { try $0.backward(.full($0.shape, 1, on: $0.device)) })
      }
      for (a, b) in zip(expanded, copied) { expectClose(a, b, within: 1e-4) }
    }
  }

  /// The output, and the gradients of the values that are repeated.
  private func results(
    _ c: GradientCase, _ repeats: (Int, Int) -> Bool,
    _ laid: (Tensor) throws -> (input: Tensor, backward: (Tensor) throws -> Void)
  ) throws -> [[Float]] {
    let device = device()
    var random = RandomStream(seed: 7, purpose: c.name)
    let leaves = try c.shapes.map { shape in
      let own = shape.indices.map { repeats($0, shape.count) ? min(1, shape[$0]) : shape[$0] }
      return try Tensor(c.kind.values(own.reduce(1, *), &random), shape: own, on: device).leaf()
    }
    let inputs = try zip(leaves, c.shapes).map { try laid($0.expanded(to: $1)) }
    let output = try c.run(inputs.map(\.input))
    try inputs.first?.backward(output)
    return try [output.floatValues] + leaves.map { try $0.gradient?.floatValues ?? [] }
  }
}
