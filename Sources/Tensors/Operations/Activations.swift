import Foundation
import VectorKernels

/// 1 / (1 + e⁻ˣ).
public struct Sigmoid: UnaryFunction {
  public init() {}
  public var name: String { "sigmoid" }
  public var isActivation: Bool { true }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public var tile: TileFunction? { TileFunction(NJ_TILE_SIGMOID, NJ_TILE_SIGMOID_GRADIENT) }
  public func value(_ x: Float) -> Float { VectorFunction.sigmoid.value(x) }
  public func map(_ x: Tensor) throws -> Tensor { try VectorFunction.sigmoid.map(x, named: name) }
  public func derivative(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

/// max(x, 0); a NaN stays NaN, and the gradient passes there.
public struct ReLU: UnaryFunction {
  public init() {}
  public var name: String { "relu" }
  public var isActivation: Bool { true }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public var onIntegers: (@Sendable (Int) -> Int)? { { max($0, 0) } }
  public var tile: TileFunction? { TileFunction(NJ_TILE_RELU, NJ_TILE_RELU_GRADIENT) }
  public func value(_ x: Float) -> Float { x <= 0 ? 0 : x }
  public func derivative(_ x: Float, _ y: Float) -> Float { y <= 0 ? 0 : 1 }
}

/// x · sigmoid(x), also known as swish. Source: Hendrycks and Gimpel 2016 (arXiv 1606.08415).
public struct SiLU: UnaryFunction {
  public init() {}
  public var name: String { "silu" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public func value(_ x: Float) -> Float { x / (1 + exp(-x)) }
  public func derivative(_ x: Float, _ y: Float) -> Float {
    let s = 1 / (1 + exp(-x))
    return s * (1 + x * (1 - s))
  }
}

/// log(1 + eˣ), linear above 20 as in PyTorch.
public struct Softplus: UnaryFunction {
  public init() {}
  public var name: String { "softplus" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public func value(_ x: Float) -> Float { x > 20 ? x : log1p(exp(x)) }
  public func derivative(_ x: Float, _ y: Float) -> Float { x > 20 ? 1 : 1 / (1 + exp(-x)) }
}

/// x·Φ(x) with the normal distribution function Φ: exact, by the error function, or by its tanh approximation.
///
/// Source: Hendrycks and Gimpel 2016 (arXiv 1606.08415).
public struct GELU: UnaryFunction {
  public let approximate: Bool
  public init(approximate: Bool = false) { self.approximate = approximate }
  public var name: String { "gelu" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  private func inner(_ x: Float) -> Float { 0.797_884_56 * (x + 0.044_715 * x * x * x) }
  public func value(_ x: Float) -> Float {
    approximate ? 0.5 * x * (1 + tanh(inner(x))) : VectorFunction.gelu.value(x)
  }
  public func map(_ x: Tensor) throws -> Tensor {
    try approximate ? mapEach(x) : VectorFunction.gelu.map(x, named: name)
  }
  public func mapDerivative(_ x: Tensor, _ y: Tensor, _ upstream: Tensor) throws -> Tensor {
    try approximate
      ? mapEachDerivative(x, y, upstream) : VectorFunction.geluSlope.map(x, times: upstream, named: name)
  }
  public func derivative(_ x: Float, _ y: Float) -> Float {
    guard approximate else { return VectorFunction.geluSlope.value(x) }
    let t = tanh(inner(x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.797_884_56 * (1 + 3 * 0.044_715 * x * x)
  }
}

/// x above 0, alpha·(eˣ − 1) below. Source: Clevert et al. 2015 (arXiv 1511.07289).
public struct ELU: UnaryFunction {
  public let alpha: Float
  public init(alpha: Float = 1) { self.alpha = alpha }
  public var name: String { "elu" }
  public var derivativeNeeds: DerivativeNeeds { .both }
  public func value(_ x: Float) -> Float { x > 0 ? x : alpha * expm1(x) }
  public func derivative(_ x: Float, _ y: Float) -> Float { x <= 0 ? y + alpha : 1 }
}

/// x above 0, `negativeSlope`·x below. Source: Maas et al. 2013.
public struct LeakyReLU: UnaryFunction {
  public let negativeSlope: Float
  public init(negativeSlope: Float = 0.01) { self.negativeSlope = negativeSlope }
  public var name: String { "leaky_relu" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public var tile: TileFunction? {
    TileFunction(NJ_TILE_LEAKY_RELU, NJ_TILE_LEAKY_RELU_GRADIENT, p: negativeSlope)
  }
  public func value(_ x: Float) -> Float { x > 0 ? x : negativeSlope * x }
  public func derivative(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : negativeSlope }
}

/// Surrogate derivatives of the step function, 1 above 0 and else 0, whose true derivative is 0 everywhere.
///
/// Source: Neftci et al. 2019 (arXiv 1901.09948).
public enum Surrogate: String, CaseIterable, Sendable {
  case boxcar, arctan, sigmoid, triangle
  case fastSigmoid = "fast_sigmoid"

  /// The scale by default: that of Kaiser et al. 2020 for the boxcar, snnTorch's for the others.
  public var defaultScale: Float {
    switch self {
    case .boxcar: 0.5
    case .arctan: 2
    case .sigmoid, .fastSigmoid: 25
    case .triangle: 1
    }
  }

  /// The step function with this derivative.
  ///
  /// - Parameter scale: half the width of the boxcar, α of the arctan, the steepness of the sigmoids, or the height of
  ///   the triangle; nil for ``defaultScale``.
  public func formula(scale: Float? = nil) -> any UnaryFunction {
    let scale = scale ?? defaultScale
    return switch self {
    case .boxcar: BoxcarSpike(halfWidth: scale)
    case .arctan: ArctanSpike(alpha: scale)
    case .sigmoid: SigmoidSpike(steepness: scale)
    case .fastSigmoid: FastSigmoidSpike(steepness: scale)
    case .triangle: TriangleSpike(height: scale)
    }
  }
}

/// The step function; conforming types differ in their derivatives.
private protocol StepFunction: UnaryFunction {}

extension StepFunction {
  var name: String { "spike" }
  var isActivation: Bool { true }
  var derivativeNeeds: DerivativeNeeds { .input }
  func value(_ x: Float) -> Float { x > 0 ? 1 : 0 }
}

/// Derivative 1 for −w < x ≤ w. Source: Kaiser et al. 2020, and NeuroBench's spiking network with w = ½.
private struct BoxcarSpike: StepFunction {
  let halfWidth: Float
  var tile: TileFunction? { TileFunction(NJ_TILE_STEP, NJ_TILE_BOXCAR_GRADIENT, p: halfWidth) }
  func derivative(_ x: Float, _ y: Float) -> Float { x > -halfWidth && x <= halfWidth ? 1 : 0 }
}

/// Derivative α/2 / (1 + (πxα/2)²) (Fang et al. 2021, as in snnTorch).
private struct ArctanSpike: StepFunction {
  let alpha: Float
  var tile: TileFunction? {
    TileFunction(NJ_TILE_STEP, NJ_TILE_ARCTAN_GRADIENT, p: alpha, q: .pi / 2 * alpha)
  }
  func derivative(_ x: Float, _ y: Float) -> Float {
    let scaled = Float.pi / 2 * alpha * x
    return alpha / 2 / (1 + scaled * scaled)
  }
}

/// Derivative k·e^(−kx) / (1 + e^(−kx))² (as in snnTorch).
private struct SigmoidSpike: StepFunction {
  let steepness: Float
  func derivative(_ x: Float, _ y: Float) -> Float {
    let decay = exp(-steepness * abs(x))
    return steepness * decay / ((1 + decay) * (1 + decay))
  }
}

/// Derivative 1 / (1 + k|x|)² (Zenke and Ganguli 2018, as in snnTorch).
private struct FastSigmoidSpike: StepFunction {
  let steepness: Float
  var tile: TileFunction? { TileFunction(NJ_TILE_STEP, NJ_TILE_FAST_SIGMOID_GRADIENT, p: steepness) }
  func derivative(_ x: Float, _ y: Float) -> Float {
    let scaled = 1 + steepness * abs(x)
    return 1 / (scaled * scaled)
  }
}

/// Derivative h·max(0, 1 − |x|) (Bellec et al. 2018).
private struct TriangleSpike: StepFunction {
  let height: Float
  var tile: TileFunction? { TileFunction(NJ_TILE_STEP, NJ_TILE_TRIANGLE_GRADIENT, p: height) }
  func derivative(_ x: Float, _ y: Float) -> Float { height * max(0, 1 - abs(x)) }
}
