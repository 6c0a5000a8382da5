import Tensors

/// The weights of a recurrent layer with gates, as PyTorch keeps them: one matrix for the input and one for the state,
/// each with the rows of all gates one after another, and a bias for both.
public struct GateWeights {
  public let inputs: Int
  public let width: Int
  public let named: [(name: String, tensor: Tensor)]

  /// Uniform in ±1/√width, as PyTorch draws them.
  init(_ inputs: Int, _ width: Int, gates: Int, with initialiser: inout Initialiser) throws {
    let (rows, isTooMuch) = gates.multipliedReportingOverflow(by: width)
    guard !isTooMuch else {
      throw NetworkError.badLayer(layer: "recurrent layer", reason: "\(width) units are past any memory")
    }
    self.inputs = inputs
    self.width = width
    named = [
      ("weight_ih_l0", try initialiser.uniform([rows, inputs], fanIn: width)),
      ("weight_hh_l0", try initialiser.uniform([rows, width], fanIn: width)),
      ("bias_ih_l0", try initialiser.uniform([rows], fanIn: width)),
      ("bias_hh_l0", try initialiser.uniform([rows], fanIn: width)),
    ]
  }

  /// (…, in) → (…, gates · width).
  func ofInput(_ x: Tensor) throws -> Tensor { try Linear()(x, named[0].tensor, named[2].tensor) }

  /// (batch, width) → (batch, gates · width).
  func ofState(_ h: Tensor) throws -> Tensor { try Linear()(h, named[1].tensor, named[3].tensor) }
}

/// Throws unless `input` is (batch, time, channels).
func requireSequence(_ input: Tensor, _ layer: String, channels: Int) throws {
  guard input.rank == 3, input.shape[2] == channels else {
    throw TensorError.badShape(
      operation: layer, shape: input.shape, expected: "(batch, time, channels) with \(channels) channels")
  }
}

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
