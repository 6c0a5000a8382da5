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
