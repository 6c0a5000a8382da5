import Tensors

/// Leaky integrate-and-fire neurons with one decay: currents (batch, time, …) → spikes of the same shape.
///
/// u ← βu + x − reset, then s = 1 where u > θ. The reset is caused by the spikes of the step before, and has no
/// gradient. `beta`, `threshold`, `graded_spikes_factor` and `reset_mechanism_val` are scalars with the names of
/// snnTorch, whose state files load. Source: Eshraghian et al. 2023, arXiv 2109.12894; `snntorch.Leaky`.
public final class LeakyLayer: Module {
  /// What a spike does to the membrane at the next step.
  public enum Reset: String, CaseIterable, Sendable {
    /// The threshold is subtracted.
    case subtract
    /// The membrane is set to 0 before the step's input is added.
    case zero
    /// The membrane is not changed.
    case none
  }

  public let beta: Tensor
  let threshold: Tensor
  /// `graded_spikes_factor`: the size of a spike.
  let factor: Tensor
  /// `reset_mechanism_val`: 0 subtract, 1 zero, 2 none.
  private let reset: Tensor
  private let isLearned: Bool
  private let spike: any UnaryFunction
  public var isTraining = true

  /// A layer whose decay `beta` is a parameter if `learned`, else a buffer.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless `beta` is in [0, 1].
  public init(
    beta: Float, learned: Bool = false, threshold: Float = 1, reset: Reset = .subtract,
    spike: any UnaryFunction = Surrogate.arctan.formula(), with initialiser: inout Initialiser
  ) throws {
    guard beta >= 0, beta <= 1 else {
      throw NetworkError.badLayer(layer: "Leaky", reason: "the decay beta is \(beta), it must be in [0, 1]")
    }
    let device = initialiser.device
    self.beta = try learned ? initialiser.constant([], Double(beta)) : Tensor(beta, on: device)
    self.threshold = try Tensor(threshold, on: device)
    factor = try Tensor(1, on: device)
    let number = Reset.allCases.firstIndex(of: reset) ?? 0
    self.reset = try .full([], Double(number), dtype: .int32, on: device)
    isLearned = learned
    self.spike = spike
  }

  public var description: String { "Leaky" }
  public var parameters: [(name: String, tensor: Tensor)] { isLearned ? [("beta", beta)] : [] }
  public var buffers: [(name: String, tensor: Tensor)] {
    [("threshold", threshold), ("graded_spikes_factor", factor), ("reset_mechanism_val", reset)]
      + (isLearned ? [] : [("beta", beta)])
  }

  /// What a spike does, by the state's `reset_mechanism_val`.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` for another value than 0, 1 or 2.
  func currentReset() throws -> Reset {
    let number = Int(try reset.item())
    guard Reset.allCases.indices ~= number else {
      throw NetworkError.badLayer(
        layer: "Leaky",
        reason: "reset_mechanism_val is \(number), it must be 0 (subtract), 1 (zero) or 2 (none)")
    }
    return Reset.allCases[number]
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard input.rank >= 2 else {
      throw TensorError.badShape(operation: "Leaky", shape: input.shape, expected: "(batch, time, …)")
    }
    let start = try Tensor.zeros([input.shape[0]] + input.shape[2...], on: input.device)
    let beta = try Elementwise(Clamp(0, 1))(beta)
    let reset = try currentReset()
    let threshold = Float(try threshold.item())
    let size = Float(try factor.item())
    return try Recurrence.run(
      over: input, from: [start], named: "leaky",
      as: .neurons(membrane: 0, operations: reset == .none ? 2 : 4)
    ) { [spike] x, states in
      let membrane = states[0]
      let limit = try Tensor(threshold, on: x.device)
      let next: Tensor
      // Resets come from comparisons: they have no gradient.
      switch reset {
      case .none: next = try membrane.multiplied(by: beta).adding(x)
      case .subtract:
        let fired = try Comparison.gt(membrane, limit).converted(to: .float32)
        next = try membrane.multiplied(by: beta).adding(x).subtracting(fired.scaled(by: threshold))
      case .zero:
        // β·0 + x: subtracting βu from βu + x would round x to the precision of βu.
        let silent = try Comparison.gt(membrane, limit).logicalNot().converted(to: .float32)
        next = try membrane.multiplied(by: silent).multiplied(by: beta).adding(x)
      }
      let fired = try Elementwise(spike)(next.shifted(by: -threshold))
      return (size == 1 ? fired : try fired.scaled(by: size), [next])
    }
  }
}
