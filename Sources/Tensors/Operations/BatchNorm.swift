/// Batch normalization over all but the last dimension, with the statistics of the batch.
///
/// `y = (x − mean) / √(variance + ε) · weight + bias` with the biased variance. Inputs: x `[…, channels]`, weight and
/// bias `[channels]`, float32. Source: Ioffe and Szegedy 2015 (arXiv 1502.03167), algorithm 1.
public struct BatchNormTraining: Operation {
  public let epsilon: Float
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }
  public var name: String { "batch_norm" }

  /// The result, and the statistics of the batch: mean and biased variance, `[channels]`.
  ///
  /// - Throws: ``TensorError`` when shapes or types do not fit, or there is only one value per channel.
  public func applyWithStatistics(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor
  ) throws -> (output: Tensor, mean: Tensor, variance: Tensor) {
    let inputs = [x, weight, bias]
    let outcome = try interruptibleForward(inputs.map { $0.detached() })
    return (try recorded(outcome, inputs), outcome.saved[1], outcome.saved[2])
  }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = try ChannelRows(inputs[0], inputs[1], inputs[2], name)
    guard x.rows > 1 else {
      throw TensorError.badShape(
        operation: name, shape: inputs[0].shape, expected: "more than one value per channel in training")
    }
    let (mean, variance) = try statistics(of: inputs[0])
    let result = try Tensor(uninitialized: inputs[0].shape, .float32, on: x.device, operation: name)
    try x.normalize(mean, variance, inputs[1], inputs[2], epsilon, into: result)
    return Outcome(result, saving: [x.source, mean, variance, try inputs[1].contiguous(for: name)])
  }

  /// The mean and biased variance, `[channels]`, over all other dimensions.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func statistics(of x: Tensor) throws -> (mean: Tensor, variance: Tensor) {
    try ChannelRows(source: x.detached().contiguous(for: name)).moments()
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
    let scale = 1 / Float(rows.rows)
    // dx = a·dy − b·x + c with three coefficients per channel
    let coefficients = try Tensor(uninitialized: [3, rows.channels], .float32, on: x.device, operation: name)
    let channels = rows.channels
    let k = coefficients.sharedFloats
    for c in 0..<channels {
      let a = w[c] * r[c]
      let b = a * r[c] * p[c] * scale
      k[c] = a
      k[channels + c] = b
      k[2 * channels + c] = b * m[c] - a * s[c] * scale
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

/// Batch normalization with given statistics: `y = (x − mean) / √(variance + ε) · weight + bias`.
///
/// Source: Ioffe and Szegedy 2015 (arXiv 1502.03167), algorithm 2.
public struct BatchNormEvaluation: Operation {
  public let epsilon: Float
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }
  public var name: String { "batch_norm" }

  /// Inputs: x `[…, channels]`; weight, bias, running mean and running variance `[channels]`.
  ///
  /// - Throws: ``TensorError`` when shapes or types do not fit.
  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = try ChannelRows(inputs[0], inputs[1], inputs[2], name)
    for statistic in inputs[3...4] where statistic.shape != [x.channels] {
      throw TensorError.shapeMismatch(
        operation: "\(name) (running statistics)", left: inputs[0].shape, right: statistic.shape,
        hint: "one number per channel")
    }
    let result = try Tensor(uninitialized: inputs[0].shape, .float32, on: x.device, operation: name)
    let mean = try inputs[3].contiguous(for: name)
    let variance = try inputs[4].contiguous(for: name)
    try x.normalize(mean, variance, inputs[1], inputs[2], epsilon, into: result)
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

/// A tensor (…, channels) as rows of channels, for statistics over everything but the channels.
struct ChannelRows {
  let source: Tensor
  let rows: Int
  let channels: Int
  var device: Device { source.device }

  init(source: Tensor) {
    self.source = source
    channels = source.shape.last ?? 1
    rows = source.count / max(1, channels)
  }

  init(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ operation: String) throws {
    try x.requireFloat(operation)
    guard x.rank > 1, weight.shape == [x.shape[x.rank - 1]], bias.shape == weight.shape else {
      throw TensorError.shapeMismatch(
        operation: operation, left: x.shape, right: weight.shape,
        hint: "the last length of the input is the number of channels")
    }
    self.init(source: try x.detached().contiguous(for: operation))
  }

  /// Few enough for a chunk to stay in a core's cache for a second pass, and for exact sums in float32.
  private var rowsPerChunk: Int { min(2048, max(1, Device.chunkElements / max(1, channels))) }
  private var chunks: Int { (rows + rowsPerChunk - 1) / rowsPerChunk }

  func forEachChunk(_ body: @Sendable (Range<Int>) -> Void) {
    device.parallel(rows, by: rowsPerChunk, body)
  }

  /// The mean and biased variance of every channel.
  ///
  /// Every chunk has its own mean and sum of squares around it; they are combined in order, in double.
  /// Source: Chan et al. 1979.
  func moments() throws -> (mean: Tensor, variance: Tensor) {
    let partials = try zeros([chunks, 2, channels])
    let from = source.sharedFloats
    let to = partials.sharedFloats
    let channels = channels
    let perChunk = rowsPerChunk
    forEachChunk { range in
      let mean = to + range.lowerBound / perChunk * 2 * channels
      let squares = mean + channels
      let first = from + range.lowerBound * channels
      Sums.addRows(first, rows: range.count, columns: channels, stride: channels, to: mean)
      let scale = 1 / Float(range.count)
      for c in 0..<channels { mean[c] *= scale }
      for row in 0..<range.count {
        let values = first + row * channels
        for c in 0..<channels {
          let d = values[c] - mean[c]
          squares[c] += d * d
        }
      }
    }
    let mean = try zeros([channels])
    let variance = try zeros([channels])
    let means = mean.floats
    let variances = variance.floats
    for c in 0..<channels {
      var centre = 0.0
      var squares = 0.0
      for chunk in 0..<chunks { centre += Double(to[chunk * 2 * channels + c]) * Double(length(chunk)) }
      centre /= Double(max(1, rows))
      for chunk in 0..<chunks {
        let offset = Double(to[chunk * 2 * channels + c]) - centre
        squares += Double(to[(chunk * 2 + 1) * channels + c]) + Double(length(chunk)) * offset * offset
      }
      means[c] = Float(centre)
      variances[c] = Float(squares / Double(max(1, rows)))
    }
    return (mean, variance)
  }

  /// Σ dy and Σ dy·x̂ of every channel, with x̂ = (x − mean) · inverse.
  func gradientSums(_ upstream: Tensor, _ mean: Tensor, _ inverse: Tensor) throws -> (Tensor, Tensor) {
    let partials = try zeros([chunks, 2, channels])
    let from = source.sharedFloats
    let up = upstream.sharedFloats
    let centre = mean.sharedFloats
    let to = partials.sharedFloats
    let channels = channels
    let perChunk = rowsPerChunk
    forEachChunk { range in
      let sums = to + range.lowerBound / perChunk * 2 * channels
      let products = sums + channels
      let centre = centre + 0
      for row in range {
        let values = from + row * channels
        let gradient = up + row * channels
        for c in 0..<channels {
          sums[c] += gradient[c]
          products[c] += gradient[c] * (values[c] - centre[c])
        }
      }
    }
    let sums = try zeros([channels])
    let products = try zeros([channels])
    let first = sums.floats
    let second = products.floats
    let scale = inverse.floats
    for c in 0..<channels {
      var sum = 0.0
      var product = 0.0
      for chunk in 0..<chunks {
        sum += Double(to[chunk * 2 * channels + c])
        product += Double(to[(chunk * 2 + 1) * channels + c])
      }
      first[c] = Float(sum)
      second[c] = Float(product * Double(scale[c]))
    }
    return (sums, products)
  }

  /// (x − mean)·weight/√(variance + ε) + bias, as one factor and one shift per channel.
  func normalize(
    _ mean: Tensor, _ variance: Tensor, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float,
    into result: Tensor
  ) throws {
    let (scale, shift) = try Self.factors(mean, variance, weight, bias, epsilon)
    let from = source.sharedFloats
    let to = result.sharedFloats
    let a = scale.sharedFloats
    let b = shift.sharedFloats
    forEachChunk { range in
      for row in range {
        let x = from + row * channels
        let y = to + row * channels
        let factor = a + 0
        let offset = b + 0
        for c in 0..<channels { y[c] = x[c] * factor[c] + offset[c] }
      }
    }
  }

  /// The factor and the shift of every channel that ``normalize(_:_:_:_:_:into:)`` applies.
  static func factors(
    _ mean: Tensor, _ variance: Tensor, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float
  ) throws -> (scale: Tensor, shift: Tensor) {
    let scale = try weight.detached().multiplied(
      by: Elementwise(ReciprocalSquareRoot())(variance.shifted(by: epsilon)))
    return (scale, try bias.detached().subtracting(mean.multiplied(by: scale)))
  }

  private func length(_ chunk: Int) -> Int { min(rowsPerChunk, rows - chunk * rowsPerChunk) }

  private func zeros(_ shape: [Int]) throws -> Tensor {
    try Tensor.full(shape, 0, on: device, operation: "batch_norm")
  }
}
