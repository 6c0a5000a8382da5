/// Layer normalization over the last dimension: `y = (x − mean) / √(variance + ε) · weight + bias`.
///
/// Inputs: x `[…, width]`, weight and bias `[width]`, float32. Source: Ba et al. 2016 (arXiv 1607.06450).
public struct LayerNorm: Operation {
  public let epsilon: Float
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }
  public var name: String { "layer_norm" }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let weight = inputs[1]
    let bias = inputs[2]
    guard x.rank > 0, weight.shape == [x.shape[x.rank - 1]], bias.shape == weight.shape else {
      throw TensorError.shapeMismatch(
        operation: name, left: x.shape, right: weight.shape,
        hint: "the last length of the input is the width")
    }
    let centred = try x.subtracting(Reduction(.mean, over: [-1], keepsDimensions: true)(x))
    let variance = try Reduction(.mean, over: [-1], keepsDimensions: true)(Elementwise(Square())(centred))
    let inverse = try Elementwise(ReciprocalSquareRoot())(variance.shifted(by: epsilon))
    let normal = try centred.multiplied(by: inverse)
    return Outcome(try normal.multiplied(by: weight).adding(bias), saving: [normal, inverse, weight])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let normal = step.saved[0]
    let inverse = step.saved[1]
    let weight = step.saved[2]
    let mean = Reduction(.mean, over: [-1], keepsDimensions: true)
    let dn = try step.upstream.multiplied(by: weight)
    let dx = try dn.subtracting(mean(dn)).subtracting(normal.multiplied(by: mean(dn.multiplied(by: normal))))
      .multiplied(by: inverse)
    let rows = Array(0..<step.upstream.rank - 1)
    return [
      dx, try Reduction(.sum, over: rows)(step.upstream.multiplied(by: normal)),
      try Reduction(.sum, over: rows)(step.upstream),
    ]
  }
}
