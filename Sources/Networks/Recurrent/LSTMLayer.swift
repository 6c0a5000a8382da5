import Tensors

/// Long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates; the form of PyTorch): (batch,
/// time, in) → (batch, time, width).
///
/// Gates are in PyTorch's order i, f, g, o; names are those of its state files, `weight_ih_l0` and so on.
public final class LSTMLayer: Module {
  public let gates: GateWeights
  public var isTraining = true

  public init(_ inputs: Int, _ width: Int, with initialiser: inout Initialiser) throws {
    try requirePositive("LSTM", ["in": inputs, "width": width])
    gates = try GateWeights(inputs, width, gates: 4, with: &initialiser)
  }

  public var description: String { "LSTM(\(gates.inputs), \(gates.width))" }
  public var parameters: [(name: String, tensor: Tensor)] { gates.named }

  public func forward(_ input: Tensor) throws -> Tensor {
    try requireSequence(input, "LSTM", channels: gates.inputs)
    let shape = [input.shape[0], gates.width]
    return try run(input, from: (.zeros(shape, on: input.device), .zeros(shape, on: input.device)))
  }

  /// The outputs from a given output and cell, each (batch, width), before the first step.
  public func run(_ input: Tensor, from start: (output: Tensor, cell: Tensor)) throws -> Tensor {
    // What comes from the input is one product over all time steps.
    try Recurrence.run(
      over: gates.ofInput(input), from: [start.output, start.cell], named: "lstm", as: .cell(.lstm)
    ) {
      [gates] x, states in
      let parts = try x.adding(gates.ofState(states[0])).chunk(4, 1)
      let admit = try Elementwise(Sigmoid())(parts[0])
      let keep = try Elementwise(Sigmoid())(parts[1])
      let new = try Elementwise(Tanh())(parts[2])
      let show = try Elementwise(Sigmoid())(parts[3])
      let cell = try keep.multiplied(by: states[1]).adding(admit.multiplied(by: new))
      let output = try show.multiplied(by: Elementwise(Tanh())(cell))
      return (output, [output, cell])
    }
  }
}
