import Foundation

/// The functions of one number, without attributes, in the order they are documented.
public enum UnaryFunctions {
  public static let all: [any UnaryFunction] = [
    Negate(), Absolute(), Exponential(), Logarithm(), Logarithm10(), Logarithm1p(), SquareRoot(),
    ReciprocalSquareRoot(), Square(), Reciprocal(), Tanh(), Sigmoid(), ReLU(), Sine(),
    Cosine(),
    ErrorFunction(), Floor(), Ceiling(), Round(), Sign(), SiLU(), Softplus(),
  ]
}

public struct Negate: UnaryFunction {
  public init() {}
  public var name: String { "neg" }
  public var slopeNeeds: SlopeNeeds { .nothing }
  public func value(_ x: Float) -> Float { -x }
  public func slope(_ x: Float, _ y: Float) -> Float { -1 }
}

public struct Absolute: UnaryFunction {
  public init() {}
  public var name: String { "abs" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { abs(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
}

public struct Exponential: UnaryFunction {
  public init() {}
  public var name: String { "exp" }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { exp(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { y }
}

public struct Logarithm: UnaryFunction {
  public init() {}
  public var name: String { "log" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { log(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { 1 / x }
}

public struct Logarithm10: UnaryFunction {
  public init() {}
  public var name: String { "log10" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { log10(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { 1 / (x * 2.302_585_1) }
}

public struct Logarithm1p: UnaryFunction {
  public init() {}
  public var name: String { "log1p" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { log1p(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { 1 / (1 + x) }
}

public struct SquareRoot: UnaryFunction {
  public init() {}
  public var name: String { "sqrt" }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { x.squareRoot() }
  public func slope(_ x: Float, _ y: Float) -> Float { 0.5 / y }
}

public struct ReciprocalSquareRoot: UnaryFunction {
  public init() {}
  public var name: String { "rsqrt" }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { 1 / x.squareRoot() }
  public func slope(_ x: Float, _ y: Float) -> Float { -0.5 * y * y * y }
}

public struct Square: UnaryFunction {
  public init() {}
  public var name: String { "square" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { x * x }
  public func slope(_ x: Float, _ y: Float) -> Float { 2 * x }
}

public struct Reciprocal: UnaryFunction {
  public init() {}
  public var name: String { "reciprocal" }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { 1 / x }
  public func slope(_ x: Float, _ y: Float) -> Float { -y * y }
}

public struct Tanh: UnaryFunction {
  public init() {}
  public var name: String { "tanh" }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { tanh(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

public struct Sigmoid: UnaryFunction {
  public init() {}
  public var name: String { "sigmoid" }
  public var isActivation: Bool { true }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
  public func slope(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

/// max(x, 0); a NaN stays NaN.
public struct ReLU: UnaryFunction {
  public init() {}
  public var name: String { "relu" }
  public var isActivation: Bool { true }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { x <= 0 ? 0 : x }
  public func slope(_ x: Float, _ y: Float) -> Float { y > 0 ? 1 : 0 }
}

public struct Sine: UnaryFunction {
  public init() {}
  public var name: String { "sin" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { sin(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { cos(x) }
}

public struct Cosine: UnaryFunction {
  public init() {}
  public var name: String { "cos" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { cos(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { -sin(x) }
}

public struct ErrorFunction: UnaryFunction {
  public init() {}
  public var name: String { "erf" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { erf(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { 1.128_379_2 * exp(-x * x) }
}

public struct Floor: UnaryFunction {
  public init() {}
  public var name: String { "floor" }
  public var slopeNeeds: SlopeNeeds { .nothing }
  public func value(_ x: Float) -> Float { x.rounded(.down) }
  public func slope(_ x: Float, _ y: Float) -> Float { 0 }
}

public struct Ceiling: UnaryFunction {
  public init() {}
  public var name: String { "ceil" }
  public var slopeNeeds: SlopeNeeds { .nothing }
  public func value(_ x: Float) -> Float { x.rounded(.up) }
  public func slope(_ x: Float, _ y: Float) -> Float { 0 }
}

/// To the nearest whole number, halves to the even one, as PyTorch does.
public struct Round: UnaryFunction {
  public init() {}
  public var name: String { "round" }
  public var slopeNeeds: SlopeNeeds { .nothing }
  public func value(_ x: Float) -> Float { x.rounded(.toNearestOrEven) }
  public func slope(_ x: Float, _ y: Float) -> Float { 0 }
}

public struct Sign: UnaryFunction {
  public init() {}
  public var name: String { "sign" }
  public var slopeNeeds: SlopeNeeds { .nothing }
  public func value(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : x }
  public func slope(_ x: Float, _ y: Float) -> Float { 0 }
}

/// x · sigmoid(x) (Hendrycks and Gimpel 2016; also "swish").
public struct SiLU: UnaryFunction {
  public init() {}
  public var name: String { "silu" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { x / (1 + exp(-x)) }
  public func slope(_ x: Float, _ y: Float) -> Float {
    let s = 1 / (1 + exp(-x))
    return s * (1 + x * (1 - s))
  }
}

/// log(1 + eˣ), linear above 20 as in PyTorch.
public struct Softplus: UnaryFunction {
  public init() {}
  public var name: String { "softplus" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { x > 20 ? x : log1p(exp(x)) }
  public func slope(_ x: Float, _ y: Float) -> Float { x > 20 ? 1 : 1 / (1 + exp(-x)) }
}

/// x·Φ(x) (Hendrycks and Gimpel 2016): exact, by the error function, or by its tanh approximation.
public struct GELU: UnaryFunction {
  public let approximate: Bool
  public init(approximate: Bool = false) { self.approximate = approximate }
  public var name: String { "gelu" }
  public var slopeNeeds: SlopeNeeds { .input }
  private func inner(_ x: Float) -> Float { 0.797_884_56 * (x + 0.044_715 * x * x * x) }
  public func value(_ x: Float) -> Float {
    approximate ? 0.5 * x * (1 + tanh(inner(x))) : 0.5 * x * (1 + erf(x * 0.707_106_77))
  }
  public func slope(_ x: Float, _ y: Float) -> Float {
    guard approximate else {
      return 0.5 * (1 + erf(x * 0.707_106_77)) + x * 0.398_942_28 * exp(-0.5 * x * x)
    }
    let t = tanh(inner(x))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.797_884_56 * (1 + 3 * 0.044_715 * x * x)
  }
}

/// x above 0, alpha·(eˣ − 1) below (Clevert et al. 2015).
public struct ELU: UnaryFunction {
  public let alpha: Float
  public init(alpha: Float = 1) { self.alpha = alpha }
  public var name: String { "elu" }
  public var slopeNeeds: SlopeNeeds { .both }
  public func value(_ x: Float) -> Float { x > 0 ? x : alpha * expm1(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : y + alpha }
}

/// x above 0, slope·x below (Maas et al. 2013).
public struct LeakyReLU: UnaryFunction {
  public let negativeSlope: Float
  public init(negativeSlope: Float = 0.01) { self.negativeSlope = negativeSlope }
  public var name: String { "leaky_relu" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { x > 0 ? x : negativeSlope * x }
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : negativeSlope }
}

/// x, kept between two limits; the gradient passes at the limits themselves. Where they cross, the upper one
/// wins, as in PyTorch; a NaN stays NaN.
public struct Clamp: UnaryFunction {
  public let low: Float
  public let high: Float
  public init(_ low: Float = -.infinity, _ high: Float = .infinity) { (self.low, self.high) = (low, high) }
  public var name: String { "clamp" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float {
    let raised = x < low ? low : x
    return raised > high ? high : raised
  }
  public func slope(_ x: Float, _ y: Float) -> Float { x >= low && x <= high ? 1 : 0 }
}

/// x·scale + shift: every sum, difference, product and quotient with a number on the right.
public struct Affine: UnaryFunction {
  public let scale: Float
  public let shift: Float
  public init(scale: Float = 1, shift: Float = 0) { (self.scale, self.shift) = (scale, shift) }
  public var name: String { "affine" }
  public var slopeNeeds: SlopeNeeds { .nothing }
  public func value(_ x: Float) -> Float { x * scale + shift }
  public func slope(_ x: Float, _ y: Float) -> Float { scale }
}

/// x^exponent for a number as exponent.
public struct Power: UnaryFunction {
  public let exponent: Float
  public init(_ exponent: Float) { self.exponent = exponent }
  public var name: String { "pow" }
  public var slopeNeeds: SlopeNeeds { .input }
  public func value(_ x: Float) -> Float { exponent == 2 ? x * x : pow(x, exponent) }
  public func slope(_ x: Float, _ y: Float) -> Float {
    exponent == 2 ? 2 * x : exponent == 0 ? 0 : exponent * pow(x, exponent - 1)
  }
}

/// x / divisor, rounded once.
public struct DividedBy: UnaryFunction {
  public let divisor: Float
  public init(_ divisor: Float) { self.divisor = divisor }
  public var name: String { "div" }
  public var slopeNeeds: SlopeNeeds { .nothing }
  public func value(_ x: Float) -> Float { x / divisor }
  public func slope(_ x: Float, _ y: Float) -> Float { 1 / divisor }
}

/// dividend / x.
public struct DividedInto: UnaryFunction {
  public let dividend: Float
  public init(_ dividend: Float) { self.dividend = dividend }
  public var name: String { "div" }
  public func value(_ x: Float) -> Float { dividend / x }
  public func slope(_ x: Float, _ y: Float) -> Float { -y / x }
}

/// base^x.
public struct RaisedTo: UnaryFunction {
  public let base: Float
  public init(base: Float) { self.base = base }
  public var name: String { "pow" }
  public var slopeNeeds: SlopeNeeds { .output }
  public func value(_ x: Float) -> Float { pow(base, x) }
  public func slope(_ x: Float, _ y: Float) -> Float { y * log(base) }
}
