import Tensors

/// Recurrent adaptive leaky integrate-and-fire neurons, which NeuroBench's spiking baseline consists of: (batch, time,
/// in) → spikes (batch, time, width).
///
/// Each step, from the last step's membrane u, adaptation w and spikes s:
/// w ← βw + au + bs, u ← α(u − s) + (1 − α)(norm(Wx) + Vs − w), s = 1 where u > 1.
/// `alpha`, `beta`, `a` and `b` are (width) and clamped to limits; `W.weight` is (width, in), `V.weight` (width,
/// width), the parameters of `norm` (width). V's diagonal is set to 0 before each pass. Names are those of
/// NeuroBench's state files. Source: Bittar and Garner 2022, arXiv 2201.10191.
public final class RadLIFLayer: Module {
  /// The state before the first time step.
  public enum Start: String, CaseIterable, Sendable {
    /// All 0: the same input makes the same spikes.
    case zeros
    /// Uniform in [0, 1), drawn for each pass, as in NeuroBench.
    case uniform
  }

  let neuronParameters: [(name: String, tensor: Tensor)]
  let input: LinearLayer
  let recurrent: LinearLayer
  let norm: BatchNorm1dLayer
  private let spike: any UnaryFunction
  let start: Start
  private var random: RandomStream
  public var isTraining = true

  /// A layer from `inputs` channels to `width` neurons; `spike` is the threshold with its surrogate gradient.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless both sizes are positive.
  public init(
    _ inputs: Int, _ width: Int, spike: any UnaryFunction = Surrogate.boxcar.formula(), start: Start = .zeros,
    with initialiser: inout Initialiser
  ) throws {
    try requirePositive("RadLIF", ["in": inputs, "width": width])
    neuronParameters = [
      ("alpha", try initialiser.uniform([width], in: MembraneLimits.alpha)),
      ("beta", try initialiser.uniform([width], in: MembraneLimits.beta)),
      ("a", try initialiser.uniform([width], in: MembraneLimits.a)),
      ("b", try initialiser.uniform([width], in: MembraneLimits.b)),
    ]
    input = try LinearLayer(inputs, width, bias: false, with: &initialiser)
    recurrent = try LinearLayer(weight: initialiser.orthogonal(width))
    norm = try BatchNorm1dLayer(width, momentum: 0.05, with: &initialiser)
    random = initialiser.layerStream("membranes")
    self.spike = spike
    self.start = start
  }

  public var description: String { "RadLIF(\(input.weight.shape[1]), \(width))" }
  public var parameters: [(name: String, tensor: Tensor)] { neuronParameters }
  public var children: [(name: String, module: any Module)] {
    [("W", input), ("V", recurrent), ("norm", norm)]
  }
  public var randomPosition: UInt64? {
    get { random.counter }
    set { if let newValue { random.resume(at: newValue) } }
  }

  private var width: Int { recurrent.weight.shape[0] }

  public func forward(_ input: Tensor) throws -> Tensor {
    try requireSequence(input, "RadLIF", channels: self.input.weight.shape[1])
    let shape = [input.shape[0], width]
    switch start {
    case .zeros:
      let zeros = { try Tensor.zeros(shape, on: input.device) }
      return try run(input, from: (membrane: zeros(), adaptation: zeros()))
    case .uniform:
      let membrane = try Tensor.rand(shape, from: &random, on: input.device)
      return try run(input, from: (membrane, .rand(shape, from: &random, on: input.device)))
    }
  }

  /// The spikes for an initial membrane and adaptation, each (batch, width): (batch, time, in) → (batch, time, width).
  ///
  /// A neuron whose initial membrane is above ½ counts as having fired in the step before.
  /// - Throws: `TensorError` when a shape does not fit.
  public func run(_ input: Tensor, from start: (membrane: Tensor, adaptation: Tensor)) throws -> Tensor {
    try clearDiagonal()
    let alpha = try MembraneLimits.alpha.clamp(neuronParameters[0].tensor)
    let beta = try MembraneLimits.beta.clamp(neuronParameters[1].tensor)
    let a = try MembraneLimits.a.clamp(neuronParameters[2].tensor)
    let b = try MembraneLimits.b.clamp(neuronParameters[3].tensor)
    let rest = try alpha.scaled(by: -1).shifted(by: 1)
    let fired = try Comparison.gt(start.membrane, Tensor(0.5, on: input.device)).converted(to: .float32)
    return try Recurrence.run(
      over: norm(self.input(input)), from: [start.membrane, start.adaptation, fired],
      named: "radlif", as: .neurons(membrane: 0, operations: 11)
    ) { [recurrent, spike] current, states in
      let membrane = states[0]
      let adaptation = states[1]
      let spikes = states[2]
      let slow = try adaptation.multiplied(by: beta).adding(membrane.multiplied(by: a))
        .adding(spikes.multiplied(by: b))
      let drive = try current.adding(recurrent(spikes)).subtracting(slow)
      let next = try membrane.subtracting(spikes).multiplied(by: alpha).adding(drive.multiplied(by: rest))
      let fired = try Elementwise(spike)(next.shifted(by: -1))
      return (fired, [next, slow, fired])
    }
  }

  /// Sets the diagonal of V to 0: a neuron does not drive itself.
  func clearDiagonal() throws {
    let diagonal = try recurrent.weight.detached().diagonal()
    // An unchanged weight keeps its version, so that the gradient of an earlier loss can still be computed.
    guard try diagonal.any().item() != 0 else { return }
    try diagonal.assign(0, operation: "RadLIF")
  }
}
