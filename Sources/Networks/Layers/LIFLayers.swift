import Tensors

/// Leaky integrate-and-fire neurons with a learned leak each (Bittar and Garner 2022, arXiv 2201.10191): currents
/// (batch, time, channels) → spikes of the same shape.
///
/// u ← α(u − s) + (1 − α)x, then s = 1 where u > 1; α is learned and kept within e^(−1/5) and e^(−1/25).
public final class LIFLayer: Module {
  public let alpha: Tensor
  private let spike: any UnaryFunction
  public var isTraining = true

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

/// The ranges that Bittar and Garner's neurons keep their learned numbers in.
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
    init(_ low: Float, _ high: Float) { (self.low, self.high) = (low, high) }

    /// Within the limits; no gradient outside of them.
    func clamp(_ x: Tensor) throws -> Tensor { try Elementwise(Clamp(low, high))(x) }
  }
}

extension Initialiser {
  mutating func uniform(_ shape: [Int], in limits: MembraneLimits.Limits) throws -> Tensor {
    let drawn = try Tensor.rand(shape, from: &random, on: device)
    return try leaf(Elementwise(Affine(scale: limits.high - limits.low, shift: limits.low))(drawn))
  }
}

/// Leaky membranes that do not fire, one a class: (batch, time, in) → class scores (batch, classes) (Bittar and Garner
/// 2022, arXiv 2201.10191).
///
/// u ← αu + (1 − α)Wx; the scores are the sum of softmax(u) over time.
public final class LeakyReadoutLayer: Module {
  public let alpha: Tensor
  let input: LinearLayer
  public var isTraining = true

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
