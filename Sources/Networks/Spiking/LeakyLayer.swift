import Tensors

/// Leaky integrate-and-fire neurons with one decay (snnTorch's Leaky; Eshraghian et al. 2023, arXiv
/// 2109.12894): currents (batch, time, …) → spikes of the same shape.
///
/// u ← βu + x − reset, then s = 1 where u > θ. The reset is that of the spikes at the step before, and has no
/// gradient.
public final class LeakyLayer: Module {
  /// What a spike does to the membrane at the next step.
  public enum Reset: String, CaseIterable, Sendable {
    /// The threshold is subtracted.
    case subtract
    /// The membrane starts from what comes in.
    case zero
    case none
  }

  public let beta: Tensor
  private let isLearned: Bool
  let threshold: Float
  let reset: Reset
  private let spike: any UnaryFormula
  public var isTraining = true

  public init(
    beta: Float, learned: Bool = false, threshold: Float = 1, reset: Reset = .subtract,
    spike: any UnaryFormula = Surrogate.arctan.formula(), with initialiser: inout Initialiser
  ) throws {
    guard beta >= 0, beta <= 1 else {
      throw NetworkError.badLayer(layer: "Leaky", reason: "the decay beta is \(beta), it must be in [0, 1]")
    }
    self.beta = try learned ? initialiser.constant([], Double(beta)) : Tensor(beta, on: initialiser.device)
    (isLearned, self.threshold, self.reset, self.spike) = (learned, threshold, reset, spike)
  }

  public var description: String { "Leaky" }
  public var parameters: [(name: String, tensor: Tensor)] { isLearned ? [("beta", beta)] : [] }
  public var buffers: [(name: String, tensor: Tensor)] { isLearned ? [] : [("beta", beta)] }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard input.rank >= 2 else {
      throw TensorError.badShape(operation: "Leaky", shape: input.shape, expected: "(batch, time, …)")
    }
    let start = try Tensor.zeros([input.shape[0]] + input.shape[2...], on: input.device)
    let beta = try Elementwise(Clamp(0, 1))(beta)
    return try Recurrence.run(over: input, from: [start], named: "leaky") {
      [threshold, reset, spike] x, states in
      let membrane = states[0]
      let limit = try Tensor(threshold, on: x.device)
      var next = try membrane.multiplied(by: beta).adding(x)
      if reset != .none {
        // From a comparison: the reset has no gradient.
        let fired = try Comparison.gt(membrane, limit).converted(to: .float32)
        next = try next.subtracting(
          reset == .subtract
            ? fired.scaled(by: threshold) : membrane.multiplied(by: beta).multiplied(by: fired))
      }
      return (try Elementwise(spike)(next.shifted(by: -threshold)), [next])
    }
  }
}
