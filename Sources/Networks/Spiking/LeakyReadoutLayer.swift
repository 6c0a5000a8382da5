import Tensors

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
