import Tensors

/// Leaky integrate-and-fire neurons with a learned leak each: currents (batch, time, channels) → spikes of the same
/// shape.
///
/// u ← α(u − s) + (1 − α)x, then s = 1 where u > 1. `alpha` is (channels) and clamped to [e^(−1/5), e^(−1/25)].
/// Source: Bittar and Garner 2022, arXiv 2201.10191.
public final class LIFLayer: Module {
  public let alpha: Tensor
  private let spike: any UnaryFunction
  public var isTraining = true

  /// A layer for `channels` neurons; `spike` is the threshold with its surrogate gradient.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless `channels` is positive.
  public init(_ channels: Int, spike: any UnaryFunction, with initialiser: inout Initialiser) throws {
    try requirePositive("LIF", ["channels": channels])
    alpha = try initialiser.uniform([channels], in: MembraneLimits.alpha)
    self.spike = spike
  }

  public var description: String { "LIF(\(alpha.count))" }
  public var parameters: [(name: String, tensor: Tensor)] { [("alpha", alpha)] }

  public func forward(_ input: Tensor) throws -> Tensor {
    try requireSequence(input, "LIF", channels: alpha.count)
    let alpha = try MembraneLimits.alpha.clamp(alpha)
    let rest = try alpha.scaled(by: -1).shifted(by: 1)
    let start = try Tensor.zeros([input.shape[0], alpha.count], on: input.device)
    return try Recurrence.run(
      over: input.multiplied(by: rest), from: [start, start.cloned()], named: "lif",
      as: .neurons(membrane: 0, operations: 4)
    ) { [spike] x, states in
      let membrane = states[0]
      let spikes = states[1]
      let next = try membrane.subtracting(spikes).multiplied(by: alpha).adding(x)
      let fired = try Elementwise(spike)(next.shifted(by: -1))
      return (fired, [next, fired])
    }
  }
}

/// The ranges that the parameters of Bittar and Garner's neurons are clamped to.
enum MembraneLimits {
  /// Membranes decay over 5 to 25 time steps.
  static let alpha = Limits(0.818_730_753_077_981_8, 0.960_789_439_152_323_2)
  /// Adaptation decays over 30 to 120 time steps.
  static let beta = Limits(0.967_216_100_482_005_9, 0.991_701_292_638_876)
  /// How the membrane drives the adaptation.
  static let a = Limits(-1, 1)
  /// How spikes drive the adaptation.
  static let b = Limits(0, 2)

  struct Limits {
    let low: Float
    let high: Float

    init(_ low: Float, _ high: Float) {
      self.low = low
      self.high = high
    }

    /// Clamps every element; outside the limits the gradient is 0.
    func clamp(_ x: Tensor) throws -> Tensor { try Elementwise(Clamp(low, high))(x) }
  }
}

extension Initialiser {
  /// Uniform within limits.
  mutating func uniform(_ shape: [Int], in limits: MembraneLimits.Limits) throws -> Tensor {
    let drawn = try Tensor.rand(shape, from: &random, on: device)
    return try leaf(Elementwise(Affine(scale: limits.high - limits.low, shift: limits.low))(drawn))
  }
}

/// Leaky membranes without spikes, one for each class: (batch, time, in) → class scores (batch, classes).
///
/// u ← αu + (1 − α)Wx; the scores are the sum of softmax(u) over time. `alpha` is (classes), `W.weight` (classes, in),
/// `W.bias` (classes). Source: Bittar and Garner 2022, arXiv 2201.10191.
public final class LeakyReadoutLayer: Module {
  public let alpha: Tensor
  let input: LinearLayer
  public var isTraining = true

  /// A layer from `inputs` channels to `classes` scores.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless both are positive.
  public init(_ inputs: Int, _ classes: Int, with initialiser: inout Initialiser) throws {
    try requirePositive("LeakyReadout", ["in": inputs, "classes": classes])
    alpha = try initialiser.uniform([classes], in: MembraneLimits.alpha)
    input = try LinearLayer(inputs, classes, with: &initialiser)
  }

  public var description: String { "LeakyReadout(\(input.weight.shape[1]), \(alpha.count))" }
  public var parameters: [(name: String, tensor: Tensor)] { [("alpha", alpha)] }
  public var children: [(name: String, module: any Module)] { [("W", input)] }

  public func forward(_ input: Tensor) throws -> Tensor {
    try requireSequence(input, "LeakyReadout", channels: self.input.weight.shape[1])
    let alpha = try MembraneLimits.alpha.clamp(alpha)
    let rest = try alpha.scaled(by: -1).shifted(by: 1)
    let start = try Tensor.zeros([input.shape[0], alpha.count], on: input.device)
    let membranes = try Recurrence.run(
      over: self.input(input).multiplied(by: rest), from: [start], named: "leaky_readout",
      as: .neurons(membrane: 0, operations: 3)
    ) { x, states in
      let next = try states[0].multiplied(by: alpha).adding(x)
      return (next, [next])
    }
    return try Reduction(.sum, over: [1])(Softmax(2)(membranes))
  }
}
