/// An operation on tensors, as a plain value: its attributes, what it computes, and its gradient beside it.
///
/// Calling the value runs it and, when an operand wants a gradient, records it: `try Softmax(dimension:
/// 1)(x)`.
public protocol Operation: Sendable {
  /// The name users know it by.
  var name: String { get }

  /// Whether each row (the first dimension) of the result depends on the same row of the inputs alone; inputs
  /// that are not by rows are parameters.
  var isBatchwise: Bool { get }

  /// The operation as one that multiplies by weights, or as one made of others, where it is: asked for at every step of
  /// a recurrent network, where a cast would cost more than the answer.
  var asSynaptic: (any SynapticOperation)? { get }
  var asComposed: (any ComposedOperation)? { get }

  /// The result, and the tensors the gradient will need.
  func forward(_ inputs: [Tensor]) throws -> Outcome

  /// The gradient with respect to every input, nil where there is none or none is wanted.
  ///
  /// Runs with recording off: gradients are of first order.
  func gradient(_ step: BackwardStep) throws -> [Tensor?]
}

extension Operation {
  public var isBatchwise: Bool { false }
  public var asSynaptic: (any SynapticOperation)? { nil }
  public var asComposed: (any ComposedOperation)? { nil }
}

/// What an operation computed.
public struct Outcome {
  /// The result.
  public let output: Tensor
  /// What its gradient needs: inputs, the output, or values computed on the way.
  public let saved: [Tensor]

  public init(_ output: Tensor, saving saved: [Tensor] = []) {
    self.output = output
    self.saved = saved
  }
}

/// What an operation's gradient works from.
public struct BackwardStep: Sendable {
  /// The gradient of the loss with respect to the output, of the output's shape, contiguous.
  public let upstream: Tensor
  /// What ``Operation/forward(_:)`` saved.
  public let saved: [Tensor]
  /// The inputs' shapes.
  public let shapes: [[Int]]
  /// Which inputs want a gradient.
  public let needs: [Bool]

  public init(upstream: Tensor, saved: [Tensor], shapes: [[Int]], needs: [Bool]) {
    self.upstream = upstream
    self.saved = saved
    self.shapes = shapes
    self.needs = needs
  }
}

/// Whether operations are recorded for gradients.
public enum Recording {
  @TaskLocal static var isOn = true

  /// Whether a function is being recorded as a whole, to be run natively later.
  public static var isOfFunction: Bool { Recorder.current != nil }

  /// Runs `body` without recording anything (PyTorch's `no_grad`).
  public static func off<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isOn.withValue(false, operation: body)
  }
}

extension Operation {
  /// Runs the operation and records it if any input wants a gradient.
  public func callAsFunction(_ inputs: Tensor...) throws -> Tensor { try apply(inputs) }

  /// Runs the operation on a list of inputs and records it if any of them wants a gradient.
  public func apply(_ inputs: [Tensor]) throws -> Tensor {
    if let recorder = Recorder.current { return try recorder.run(self, inputs) }
    // Inputs go in without their past: what an operation is made of is not recorded again.
    let own = inputs.map { $0.detached() }
    return recorded(try Observation.isOn ? observedForward(own) : forward(own), inputs)
  }

  /// The output of a forward pass, tied to the inputs if any of them wants a gradient.
  func recorded(_ outcome: Outcome, _ inputs: [Tensor]) -> Tensor {
    var output = outcome.output
    let isWanted = output.dtype == .float32 && Recording.isOn && inputs.contains(where: \.requiresGradient)
    output.node = isWanted ? Node(operation: self, inputs: inputs, saved: outcome.saved) : nil
    return output
  }
}
