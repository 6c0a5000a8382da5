import Tensors

/// The weights of a recurrent layer with gates, in PyTorch's layout.
///
/// `weight_ih_l0` is (gates · width, in), `weight_hh_l0` (gates · width, width), `bias_ih_l0` and `bias_hh_l0`
/// (gates · width); the rows of one gate follow those of another.
public struct GateWeights {
  public let inputs: Int
  public let width: Int
  public let named: [(name: String, tensor: Tensor)]

  /// Uniform in ±1/√width, as PyTorch draws them.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` when the number of rows overflows.
  init(_ inputs: Int, _ width: Int, gates: Int, with initialiser: inout Initialiser) throws {
    let (rows, overflows) = gates.multipliedReportingOverflow(by: width)
    guard !overflows else {
      throw NetworkError.badLayer(layer: "recurrent layer", reason: "\(width) units exceed any memory")
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

/// Long short-term memory: (batch, time, in) → (batch, time, width).
///
/// c ← σ(f)·c + σ(i)·tanh(g), h = σ(o)·tanh(c). The gates are in PyTorch's order i, f, g, o; ``GateWeights`` has the
/// shapes of the weights. Source: Hochreiter and Schmidhuber 1997, with forget gates (Gers et al. 2000);
/// `torch.nn.LSTM`.
public final class LSTMLayer: Module {
  public let gates: GateWeights
  public var isTraining = true

  /// A layer from `inputs` channels to `width` units.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless both are positive.
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

  /// The outputs for an initial output and cell, each (batch, width): (batch, time, in) → (batch, time, width).
  ///
  /// - Throws: `TensorError` when a shape does not fit.
  public func run(_ input: Tensor, from start: (output: Tensor, cell: Tensor)) throws -> Tensor {
    // The input's contribution is one matrix product over all time steps.
    try Recurrence.run(
      .lstm, over: gates.ofInput(input), from: [start.output, start.cell], weight: gates.named[1].tensor,
      bias: gates.named[3].tensor
    ) {
      [gates] x, states in
      let parts = try x.adding(gates.ofState(states[0])).chunk(4, 1)
      let inputGate = try Elementwise(Sigmoid())(parts[0])
      let forgetGate = try Elementwise(Sigmoid())(parts[1])
      let candidate = try Elementwise(Tanh())(parts[2])
      let outputGate = try Elementwise(Sigmoid())(parts[3])
      let cell = try forgetGate.multiplied(by: states[1]).adding(inputGate.multiplied(by: candidate))
      let output = try outputGate.multiplied(by: Elementwise(Tanh())(cell))
      return (output, [output, cell])
    }
  }
}

/// Gated recurrent units: (batch, time, in) → (batch, time, width).
///
/// n = tanh(Wx + r·Vh), h ← n + z·(h − n). The gates are in PyTorch's order r, z, n; ``GateWeights`` has the shapes of
/// the weights. Source: Cho et al. 2014, arXiv 1406.1078; `torch.nn.GRU`, which applies r after the state's product.
public final class GRULayer: Module {
  public let gates: GateWeights
  public var isTraining = true

  /// A layer from `inputs` channels to `width` units.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless both are positive.
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

  /// The outputs for an initial state (batch, width): (batch, time, in) → (batch, time, width).
  ///
  /// - Throws: `TensorError` when a shape does not fit.
  public func run(_ input: Tensor, from start: Tensor) throws -> Tensor {
    // The input's contribution is one matrix product over all time steps.
    try Recurrence.run(
      .gru, over: gates.ofInput(input), from: [start], weight: gates.named[1].tensor,
      bias: gates.named[3].tensor
    ) {
      [gates] x, states in
      let ofInput = try x.chunk(3, 1)
      let ofState = try gates.ofState(states[0]).chunk(3, 1)
      let reset = try Elementwise(Sigmoid())(ofInput[0].adding(ofState[0]))
      let update = try Elementwise(Sigmoid())(ofInput[1].adding(ofState[1]))
      let candidate = try Elementwise(Tanh())(ofInput[2].adding(reset.multiplied(by: ofState[2])))
      // h' = n + z·(h − n)
      let next = try Interpolation()(candidate, states[0], update)
      return (next, [next])
    }
  }
}
