import Foundation

/// The p-norm (Σ |x|ᵖ)^(1/p) over some dimensions; p = ∞ and −∞ are the largest and smallest |x|, p = 0 is the number
/// of elements other than 0.
///
/// Where the norm is 0 the gradient is 0, as in PyTorch.
public struct Norm: Operation {
  public let power: Float
  public let dimensions: [Int]?
  public let keepsDimensions: Bool

  public init(_ power: Float = 2, over dimensions: [Int]? = nil, keepsDimensions: Bool = false) {
    self.power = power
    self.dimensions = dimensions
    self.keepsDimensions = keepsDimensions
  }

  public var name: String { "norm" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    try x.requireFloat(name)
    let sum = Reduction(.sum, over: dimensions, keepsDimensions: keepsDimensions)
    let output: Tensor
    switch power {
    case 0: output = try sum(Comparison.ne(x, Tensor(0, on: x.device)).converted(to: .float32))
    case 1: output = try sum(Elementwise(Absolute())(x))
    case 2: output = try Elementwise(SquareRoot())(sum(Elementwise(Square())(x)))
    case .infinity, -.infinity:
      let extremum = SharedExtremum(maximum: power > 0, over: dimensions, keepsDimensions: keepsDimensions)
      output = try extremum(Elementwise(Absolute())(x))
    default:
      let powers = try Elementwise(Power(power))(Elementwise(Absolute())(x))
      output = try Elementwise(Power(1 / power))(sum(powers))
    }
    return Outcome(output, saving: [x, output])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let shape = step.shapes[0]
    let up = try step.upstream.restoringDimensions(dimensions, of: shape, name)
    let norm = try step.saved[1].restoringDimensions(dimensions, of: shape, name)
    let sign = try Elementwise(Sign())(x)
    switch power {
    case 0: return [try .full(shape, 0, on: x.device, operation: name)]
    case 1: return [try sign.multiplied(by: up)]
    case .infinity, -.infinity:
      let chosen = try Comparison.eq(Elementwise(Absolute())(x), norm).converted(to: .float32)
      let ties = try Reduction(.sum, over: dimensions, keepsDimensions: true)(chosen)
      return [try chosen.multiplied(by: sign).multiplied(by: up.divided(by: ties))]
    default:  // dx = sign x · (|x| / norm)^(p − 1) · dy
      let isZero = try Comparison.eq(norm, Tensor(0, on: x.device))
      let one = try Tensor(1, on: x.device)
      let ratio = try Elementwise(Absolute())(x).divided(by: Where()(isZero, one, norm))
      let ratioPower = power == 2 ? ratio : try Elementwise(Power(power - 1))(ratio)
      let atZero = try Comparison.eq(x, Tensor(0, on: x.device))
      let whole = try sign.multiplied(by: ratioPower).multiplied(by: up)
      return [try Where()(atZero, Tensor(0, on: x.device), whole)]
    }
  }
}

/// The variance over some dimensions: Σ(x − mean)² / (n − correction). Input: float32 of any shape.
public struct Variance: Operation {
  public let dimensions: [Int]?
  public let keepsDimensions: Bool
  /// 1 for the unbiased estimate (PyTorch's default), 0 for the biased one.
  public let correction: Int

  public init(over dimensions: [Int]? = nil, keepsDimensions: Bool = false, correction: Int = 1) {
    self.dimensions = dimensions
    self.keepsDimensions = keepsDimensions
    self.correction = correction
  }

  public var name: String { "var" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = inputs[0]
    let mean = try Reduction(.mean, over: dimensions, keepsDimensions: true)(x)
    let centred = try x.subtracting(mean)
    let sum = try Reduction(.sum, over: dimensions, keepsDimensions: keepsDimensions)(
      Elementwise(Square())(centred))
    return Outcome(try sum.scaled(by: 1 / divisor(x.shape)), saving: [centred])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let kept = try step.upstream.restoringDimensions(dimensions, of: step.shapes[0], name)
    return [try step.saved[0].multiplied(by: kept).scaled(by: 2 / divisor(step.shapes[0]))]
  }

  private func divisor(_ shape: [Int]) -> Float {
    let rank = shape.count
    // A number of rank 0 has a dimension 0 in name only.
    let reduced = rank == 0 ? [] : dimensions?.map { shape[$0 < 0 ? $0 + rank : $0] } ?? shape
    return Float(max(0, reduced.reduce(1, *) - correction))
  }
}

/// The square root of the variance over some dimensions; where it is 0, so is the gradient.
public struct StandardDeviation: Operation {
  public let variance: Variance

  /// `correction`: 1 for the unbiased estimate (PyTorch's default), 0 for the biased one.
  public init(over dimensions: [Int]? = nil, keepsDimensions: Bool = false, correction: Int = 1) {
    variance = Variance(over: dimensions, keepsDimensions: keepsDimensions, correction: correction)
  }

  public var name: String { "std" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let inner = try variance.forward(inputs)
    let output = try Elementwise(SquareRoot())(inner.output)
    return Outcome(output, saving: inner.saved + [output])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let deviation = step.saved[step.saved.count - 1]
    let zero = try Tensor(0, on: deviation.device)
    let half = try step.upstream.divided(by: deviation).scaled(by: 0.5)
    let upstream = try Where()(Comparison.eq(deviation, zero), zero, half)
    return try variance.gradient(
      BackwardStep(
        upstream: upstream, saved: Array(step.saved.dropLast()), shapes: step.shapes, needs: step.needs))
  }
}

extension Tensor {
  /// The p-norm over some dimensions (nil: all), as ``Norm``.
  ///
  /// - Throws: ``TensorError`` unless it is float32 and has the dimensions.
  public func norm(
    _ power: Float = 2, over dimensions: [Int]? = nil, keepsDimensions: Bool = false
  ) throws -> Tensor {
    try Norm(power, over: dimensions, keepsDimensions: keepsDimensions)(self)
  }
}
