import Tensors

/// Gated recurrent units (Cho et al. 2014, arXiv 1406.1078; the form of PyTorch): (batch, time, in) → (batch,
/// time, width).
///
/// Gates are in PyTorch's order r, z, n; names are those of its state files, `weight_ih_l0` and so on.
public final class GRULayer: Module {
  public let gates: GateWeights
  public var isTraining = true

  public init(_ inputs: Int, _ width: Int, with initialiser: inout Initialiser) throws {
    try requirePositive("GRU", ["in": inputs, "width": width])
    gates = try GateWeights(inputs, width, gates: 3, with: &initialiser)
  }

  public var description: String { "GRU(\(gates.inputs), \(gates.width))" }
  public var parameters: [(name: String, tensor: Tensor)] { gates.named }

  public func forward(_ input: Tensor) throws -> Tensor {
    try requireSequence(input, "GRU", channels: gates.inputs)
    return try run(input, from: .zeros([input.shape[0], gates.width], on: input.device))
  }

  /// The outputs from a given state (batch, width) before the first step.
  public func run(_ input: Tensor, from start: Tensor) throws -> Tensor {
    // What comes from the input is one product over all time steps.
    try Recurrence.run(over: gates.ofInput(input), from: [start], named: "gru", as: .cell(.gru)) {
      [gates] x, states in
      let given = try x.chunk(3, 1)
      let kept = try gates.ofState(states[0]).chunk(3, 1)
      let reset = try Elementwise(Sigmoid())(given[0].adding(kept[0]))
      let update = try Elementwise(Sigmoid())(given[1].adding(kept[1]))
      let new = try Elementwise(Tanh())(given[2].adding(reset.multiplied(by: kept[2])))
      // h' = n + z·(h − n)
      let next = try Interpolation()(new, states[0], update)
      return (next, [next])
    }
  }
}
