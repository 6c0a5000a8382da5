import Foundation

/// 1 above 0, else 0, with a slope that stands in for the true one, which is 0 everywhere (surrogate gradient;
/// Neftci et al. 2019, arXiv 1901.09948).
public enum Surrogate: String, CaseIterable, Sendable {
  case boxcar, arctan, sigmoid, triangle
  case fastSigmoid = "fast_sigmoid"

  /// The usual scale: that of Kaiser et al. 2020 for the boxcar, snnTorch's for the others.
  public var usualScale: Float {
    switch self {
    case .boxcar: 0.5
    case .arctan: 2
    case .sigmoid, .fastSigmoid: 25
    case .triangle: 1
    }
  }

  /// The step with this slope.
  public func formula(scale: Float? = nil) -> any UnaryFunction {
    let scale = scale ?? usualScale
    return switch self {
    case .boxcar: BoxcarSpike(halfWidth: scale)
    case .arctan: ArctanSpike(alpha: scale)
    case .sigmoid: SigmoidSpike(steepness: scale)
    case .fastSigmoid: FastSigmoidSpike(steepness: scale)
    case .triangle: TriangleSpike(height: scale)
    }
  }
}

/// A step function; formulas differ in their slopes.
private protocol StepFunction: UnaryFunction {}

extension StepFunction {
  var name: String { "spike" }
  var isActivation: Bool { true }
  var slopeNeeds: SlopeNeeds { .input }
  func value(_ x: Float) -> Float { x > 0 ? 1 : 0 }
}

/// Slope 1 for −w < x ≤ w (Kaiser et al. 2020, and NeuroBench's spiking network, w = ½).
private struct BoxcarSpike: StepFunction {
  let halfWidth: Float
  func slope(_ x: Float, _ y: Float) -> Float { x > -halfWidth && x <= halfWidth ? 1 : 0 }
}

/// Slope α/2 / (1 + (πxα/2)²) (Fang et al. 2021, as in snnTorch).
private struct ArctanSpike: StepFunction {
  let alpha: Float
  func slope(_ x: Float, _ y: Float) -> Float {
    let scaled = Float.pi / 2 * alpha * x
    return alpha / 2 / (1 + scaled * scaled)
  }
}

/// Slope k·e^(−kx) / (1 + e^(−kx))² (as in snnTorch).
private struct SigmoidSpike: StepFunction {
  let steepness: Float
  func slope(_ x: Float, _ y: Float) -> Float {
    let decay = exp(-steepness * abs(x))
    return steepness * decay / ((1 + decay) * (1 + decay))
  }
}

/// Slope 1 / (1 + k|x|)² (Zenke and Ganguli 2018, as in snnTorch).
private struct FastSigmoidSpike: StepFunction {
  let steepness: Float
  func slope(_ x: Float, _ y: Float) -> Float {
    let scaled = 1 + steepness * abs(x)
    return 1 / (scaled * scaled)
  }
}

/// Slope h·max(0, 1 − |x|) (Bellec et al. 2018).
private struct TriangleSpike: StepFunction {
  let height: Float
  func slope(_ x: Float, _ y: Float) -> Float { height * max(0, 1 - abs(x)) }
}
