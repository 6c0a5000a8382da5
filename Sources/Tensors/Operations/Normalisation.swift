/// Batch normalisation over all but the last dimension, with the batch's own statistics (Ioffe and Szegedy
/// 2015): x (…, channels), weight and bias (channels). The biased variance normalises.
public struct BatchNormTraining: Operation {
  public let epsilon: Float
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }
  public var name: String { "batch_norm" }

  /// The result, and the statistics of the batch that running ones follow: mean and biased variance
  /// (channels).
  public func applyWithStatistics(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor
  ) throws -> (output: Tensor, mean: Tensor, variance: Tensor) {
    let inputs = [x, weight, bias]
    let outcome = try forward(inputs.map { $0.detached() })
    return (recorded(outcome, inputs), outcome.saved[1], outcome.saved[2])
  }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = try ChannelRows(inputs[0], inputs[1], inputs[2], name)
    guard x.rows > 1 else {
      throw TensorError.badShape(
        operation: name, shape: inputs[0].shape, expected: "more than one value a channel in training")
    }
    let (mean, variance) = try statistics(of: inputs[0])
    let result = try Tensor(uninitialized: inputs[0].shape, .float32, on: x.device, operation: name)
    try x.normalise(mean, variance, inputs[1], inputs[2], epsilon, into: result)
    return Outcome(result, saving: [x.source, mean, variance, try inputs[1].packed(name)])
  }

  /// The mean and biased variance (channels) over all other dimensions.
  public func statistics(of x: Tensor) throws -> (mean: Tensor, variance: Tensor) {
    try ChannelRows(source: x.detached().packed(name)).moments()
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let mean = step.saved[1]
    let variance = step.saved[2]
    let weight = step.saved[3]
    let rows = ChannelRows(source: x)
    let inverse = try Elementwise(ReciprocalSquareRoot())(variance.shifted(by: epsilon))
    let (sums, products) = try rows.gradientSums(step.upstream, mean, inverse)
    guard step.needs[0] else { return [nil, products, sums] }
    // dx = weight·inverse·(dy − mean(dy) − x̂·mean(dy·x̂))
    let dx = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = x.sharedFloats
    let up = step.upstream.sharedFloats
    let to = dx.sharedFloats
    let m = mean.sharedFloats
    let r = inverse.sharedFloats
    let w = weight.sharedFloats
    let s = sums.sharedFloats
    let p = products.sharedFloats
    let share = 1 / Float(rows.rows)
    // dx = a·dy − b·x + c with three numbers a channel
    let coefficients = try Tensor(uninitialized: [3, rows.channels], .float32, on: x.device, operation: name)
    let channels = rows.channels
    let k = coefficients.sharedFloats
    for c in 0..<channels {
      let a = w[c] * r[c]
      let b = a * r[c] * p[c] * share
      k[c] = a
      k[channels + c] = b
      k[2 * channels + c] = b * m[c] - a * s[c] * share
    }
    rows.forEachChunk { range in
      for row in range {
        let source = from + row * channels
        let gradient = up + row * channels
        let target = to + row * channels
        let a = k + 0
        let b = k + channels
        let shift = k + 2 * channels
        for c in 0..<channels { target[c] = a[c] * gradient[c] - b[c] * source[c] + shift[c] }
      }
    }
    return [dx, products, sums]
  }
}

/// Batch normalisation with given statistics: y = (x − mean) / √(variance + ε) · weight + bias.
public struct BatchNormEvaluation: Operation {
  public let epsilon: Float
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }
  public var name: String { "batch_norm" }

  /// Inputs: x, weight, bias, running mean, running variance.
  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = try ChannelRows(inputs[0], inputs[1], inputs[2], name)
    for statistic in inputs[3...4] where statistic.shape != [x.channels] {
      throw TensorError.shapeMismatch(
        operation: "\(name) (running statistics)", left: inputs[0].shape, right: statistic.shape,
        hint: "one number a channel.")
    }
    let result = try Tensor(uninitialized: inputs[0].shape, .float32, on: x.device, operation: name)
    let mean = try inputs[3].packed(name)
    let variance = try inputs[4].packed(name)
    try x.normalise(mean, variance, inputs[1], inputs[2], epsilon, into: result)
    return Outcome(result, saving: [x.source, inputs[1], mean, variance])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let weight = step.saved[1]
    let mean = step.saved[2]
    let variance = step.saved[3]
    let inverse = try Elementwise(ReciprocalSquareRoot())(variance.shifted(by: epsilon))
    let (sums, products) = try ChannelRows(source: x).gradientSums(step.upstream, mean, inverse)
    let dx = step.needs[0] ? try step.upstream.multiplied(by: weight.multiplied(by: inverse)) : nil
    return [dx, products, sums, nil, nil]
  }
}

/// Layer normalisation over the last dimension (Ba et al. 2016): x (…, width), weight and bias (width).
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
        hint: "the last length of the input is the width.")
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
