import Foundation
import VectorKernels

/// The functions of one number without attributes.
public enum UnaryFunctions {
  /// In the order of the documentation.
  public static let all: [any UnaryFunction] = [
    Negate(), Absolute(), Exponential(), Logarithm(), Logarithm10(), Logarithm1p(), SquareRoot(),
    ReciprocalSquareRoot(), Square(), Reciprocal(), Tanh(), Sigmoid(), ReLU(), Sine(),
    Cosine(),
    ErrorFunction(), Floor(), Ceiling(), Round(), Sign(), SiLU(), Softplus(),
  ]
}

/// −x.
public struct Negate: UnaryFunction {
  public init() {}
  public var name: String { "neg" }
  public var derivativeNeeds: DerivativeNeeds { .nothing }
  public var onIntegers: (@Sendable (Int) -> Int)? { { -$0 } }
  public var tile: TileFunction? { TileFunction(NJ_TILE_NEGATE, NJ_TILE_SCALE, gradientP: -1) }
  public func value(_ x: Float) -> Float { -x }
  public func derivative(_ x: Float, _ y: Float) -> Float { -1 }
}

/// |x|; its derivative at 0 is 0.
public struct Absolute: UnaryFunction {
  public init() {}
  public var name: String { "abs" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public var onIntegers: (@Sendable (Int) -> Int)? { { abs($0) } }
  public var tile: TileFunction? { TileFunction(NJ_TILE_ABSOLUTE, NJ_TILE_ABSOLUTE_GRADIENT) }
  public func value(_ x: Float) -> Float { abs(x) }
  public func derivative(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
}

/// eˣ.
public struct Exponential: UnaryFunction {
  public init() {}
  public var name: String { "exp" }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public var tile: TileFunction? { TileFunction(NJ_TILE_EXP, NJ_TILE_PRODUCT_WITH_THIRD) }
  public func value(_ x: Float) -> Float { VectorFunction.exponential.value(x) }
  public func map(_ x: Tensor) throws -> Tensor { try VectorFunction.exponential.map(x, named: name) }
  public func derivative(_ x: Float, _ y: Float) -> Float { y }
}

/// The natural logarithm.
public struct Logarithm: UnaryFunction {
  public init() {}
  public var name: String { "log" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public var tile: TileFunction? { TileFunction(NJ_TILE_LOG, NJ_TILE_LOG_GRADIENT) }
  public func value(_ x: Float) -> Float { VectorFunction.logarithm.value(x) }
  public func map(_ x: Tensor) throws -> Tensor { try VectorFunction.logarithm.map(x, named: name) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 1 / x }
}

/// The logarithm to base 10.
public struct Logarithm10: UnaryFunction {
  public init() {}
  public var name: String { "log10" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public func value(_ x: Float) -> Float { log10(x) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 1 / (x * 2.302_585_1) }
}

/// log(1 + x), exact for small x.
public struct Logarithm1p: UnaryFunction {
  public init() {}
  public var name: String { "log1p" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public func value(_ x: Float) -> Float { log1p(x) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 1 / (1 + x) }
}

/// √x.
public struct SquareRoot: UnaryFunction {
  public init() {}
  public var name: String { "sqrt" }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public var tile: TileFunction? { TileFunction(NJ_TILE_SQUARE_ROOT, NJ_TILE_SQUARE_ROOT_GRADIENT) }
  public func value(_ x: Float) -> Float { x.squareRoot() }
  public func derivative(_ x: Float, _ y: Float) -> Float { 0.5 / y }
}

/// 1 / √x.
public struct ReciprocalSquareRoot: UnaryFunction {
  public init() {}
  public var name: String { "rsqrt" }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public var tile: TileFunction? { TileFunction(NJ_TILE_RECIPROCAL_ROOT, NJ_TILE_RECIPROCAL_ROOT_GRADIENT) }
  public func value(_ x: Float) -> Float { 1 / x.squareRoot() }
  public func derivative(_ x: Float, _ y: Float) -> Float { -0.5 * y * y * y }
}

/// x².
public struct Square: UnaryFunction {
  public init() {}
  public var name: String { "square" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public var onIntegers: (@Sendable (Int) -> Int)? { { $0 * $0 } }
  public var tile: TileFunction? { TileFunction(NJ_TILE_SQUARE, NJ_TILE_SQUARE_GRADIENT) }
  public func value(_ x: Float) -> Float { x * x }
  public func derivative(_ x: Float, _ y: Float) -> Float { 2 * x }
}

/// 1 / x.
public struct Reciprocal: UnaryFunction {
  public init() {}
  public var name: String { "reciprocal" }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public var tile: TileFunction? { TileFunction(NJ_TILE_RECIPROCAL, NJ_TILE_RECIPROCAL_GRADIENT) }
  public func value(_ x: Float) -> Float { 1 / x }
  public func derivative(_ x: Float, _ y: Float) -> Float { -y * y }
}

/// The hyperbolic tangent.
public struct Tanh: UnaryFunction {
  public init() {}
  public var name: String { "tanh" }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public var tile: TileFunction? { TileFunction(NJ_TILE_TANH, NJ_TILE_TANH_GRADIENT) }
  public func value(_ x: Float) -> Float { VectorFunction.tanh.value(x) }
  public func map(_ x: Tensor) throws -> Tensor { try VectorFunction.tanh.map(x, named: name) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

/// sin x, x in radians.
public struct Sine: UnaryFunction {
  public init() {}
  public var name: String { "sin" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public func value(_ x: Float) -> Float { sin(x) }
  public func derivative(_ x: Float, _ y: Float) -> Float { cos(x) }
}

/// cos x, x in radians.
public struct Cosine: UnaryFunction {
  public init() {}
  public var name: String { "cos" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public func value(_ x: Float) -> Float { cos(x) }
  public func derivative(_ x: Float, _ y: Float) -> Float { -sin(x) }
}

/// The error function, 2/√π · ∫₀ˣ e^(−t²) dt.
public struct ErrorFunction: UnaryFunction {
  public init() {}
  public var name: String { "erf" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public func value(_ x: Float) -> Float { VectorFunction.errorFunction.value(x) }
  public func map(_ x: Tensor) throws -> Tensor { try VectorFunction.errorFunction.map(x, named: name) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 1.128_379_2 * exp(-x * x) }
}

/// The largest integer that is at most x; its derivative is 0.
public struct Floor: UnaryFunction {
  public init() {}
  public var name: String { "floor" }
  public var derivativeNeeds: DerivativeNeeds { .nothing }
  public var onIntegers: (@Sendable (Int) -> Int)? { { $0 } }
  public func value(_ x: Float) -> Float { x.rounded(.down) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 0 }
}

/// The smallest integer that is at least x; its derivative is 0.
public struct Ceiling: UnaryFunction {
  public init() {}
  public var name: String { "ceil" }
  public var derivativeNeeds: DerivativeNeeds { .nothing }
  public var onIntegers: (@Sendable (Int) -> Int)? { { $0 } }
  public func value(_ x: Float) -> Float { x.rounded(.up) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 0 }
}

/// The nearest integer; halves round to even, as in PyTorch.
public struct Round: UnaryFunction {
  public init() {}
  public var name: String { "round" }
  public var derivativeNeeds: DerivativeNeeds { .nothing }
  public var onIntegers: (@Sendable (Int) -> Int)? { { $0 } }
  public func value(_ x: Float) -> Float { x.rounded(.toNearestOrEven) }
  public func derivative(_ x: Float, _ y: Float) -> Float { 0 }
}

/// −1, 0 or 1 by the sign of x, 0 for a NaN, as in PyTorch; its derivative is 0.
public struct Sign: UnaryFunction {
  public init() {}
  public var name: String { "sign" }
  public var derivativeNeeds: DerivativeNeeds { .nothing }
  public var onIntegers: (@Sendable (Int) -> Int)? { { $0.signum() } }
  public func value(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
  public func derivative(_ x: Float, _ y: Float) -> Float { 0 }
}

/// x limited to `low`…`high`; the gradient passes at the limits themselves. Where `low` exceeds `high` the result is
/// `high`, as in PyTorch; a NaN stays NaN.
public struct Clamp: UnaryFunction {
  public let low: Float
  public let high: Float
  public init(_ low: Float = -.infinity, _ high: Float = .infinity) {
    self.low = low
    self.high = high
  }
  public var name: String { "clamp" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public var tile: TileFunction? { TileFunction(NJ_TILE_CLAMP, NJ_TILE_CLAMP_GRADIENT, p: low, q: high) }
  public func value(_ x: Float) -> Float {
    let raised = x < low ? low : x
    return raised > high ? high : raised
  }
  public func derivative(_ x: Float, _ y: Float) -> Float { x >= low && x <= high ? 1 : 0 }
}

/// x·scale + shift: sums, differences and products with a number.
public struct Affine: UnaryFunction {
  public let scale: Float
  public let shift: Float
  public init(scale: Float = 1, shift: Float = 0) {
    self.scale = scale
    self.shift = shift
  }
  public var name: String { "affine" }
  public var derivativeNeeds: DerivativeNeeds { .nothing }
  public var tile: TileFunction? { TileFunction(NJ_TILE_AFFINE, NJ_TILE_SCALE, p: scale, q: shift) }
  public func value(_ x: Float) -> Float { x * scale + shift }
  public func derivative(_ x: Float, _ y: Float) -> Float { scale }
}

/// x^exponent for a number as exponent.
public struct Power: UnaryFunction {
  public let exponent: Float
  public init(_ exponent: Float) { self.exponent = exponent }
  public var name: String { "pow" }
  public var derivativeNeeds: DerivativeNeeds { .input }
  public var tile: TileFunction? {
    exponent == 2 ? TileFunction(NJ_TILE_SQUARE, NJ_TILE_SQUARE_GRADIENT) : nil
  }
  public func value(_ x: Float) -> Float { Self.power(x, exponent) }
  public func derivative(_ x: Float, _ y: Float) -> Float {
    exponent == 0 ? 0 : exponent * Self.power(x, exponent - 1)
  }

  /// By products up to the fourth power.
  @inline(__always)
  private static func power(_ x: Float, _ exponent: Float) -> Float {
    switch exponent {
    case 1: x
    case 2: x * x
    case 3: x * x * x
    case 4: (x * x) * (x * x)
    default: pow(x, exponent)
    }
  }
}

/// x / divisor, rounded once.
public struct DividedBy: UnaryFunction {
  public let divisor: Float
  public init(_ divisor: Float) { self.divisor = divisor }
  public var name: String { "div" }
  public var derivativeNeeds: DerivativeNeeds { .nothing }
  public var tile: TileFunction? {
    TileFunction(NJ_TILE_DIVIDE_BY, NJ_TILE_SCALE, p: divisor, gradientP: 1 / divisor)
  }
  public func value(_ x: Float) -> Float { x / divisor }
  public func derivative(_ x: Float, _ y: Float) -> Float { 1 / divisor }
}

/// dividend / x.
public struct DividedInto: UnaryFunction {
  public let dividend: Float
  public init(_ dividend: Float) { self.dividend = dividend }
  public var name: String { "div" }
  public var tile: TileFunction? {
    TileFunction(NJ_TILE_DIVIDE_INTO, NJ_TILE_DIVIDE_INTO_GRADIENT, p: dividend)
  }
  public func value(_ x: Float) -> Float { dividend / x }
  public func derivative(_ x: Float, _ y: Float) -> Float { -y / x }
}

/// base^x; where the base is 0 its derivative is 0 for x of at least 0, as in PyTorch.
public struct RaisedTo: UnaryFunction {
  public let base: Float
  public init(base: Float) { self.base = base }
  public var name: String { "pow" }
  public var derivativeNeeds: DerivativeNeeds { .output }
  public func value(_ x: Float) -> Float { pow(base, x) }
  public func derivative(_ x: Float, _ y: Float) -> Float {
    base == 0 && (y == 0 || y == 1) ? 0 : y * log(base)
  }
}
