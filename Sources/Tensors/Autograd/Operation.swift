import Support

/// An operation on tensors as a plain value: its attributes, its result, and its gradient.
///
/// Calling the value runs it and, when an operand requires a gradient, records it: `try Softmax(1)(x)`.
public protocol Operation: Sendable {
  /// The name users know it by.
  var name: String { get }

  /// Whether each sample (index of the first dimension) of the result depends on the same sample of the inputs alone;
  /// inputs without a batch dimension are parameters.
  var isBatchwise: Bool { get }

  /// Whether ``gradient(_:)`` reads a view as well as a contiguous tensor, so that none is copied for it.
  var takesStridedUpstream: Bool { get }

  /// The operation as one that multiplies by weights, as one that takes a part, or as one composed of others, if it is.
  /// Properties, because a dynamic cast at every step of a recurrent network would be slow.
  var asSynaptic: (any SynapticOperation)? { get }
  var asPart: (any PartOperation)? { get }
  var asComposed: (any ComposedOperation)? { get }

  /// The result, and the tensors that the gradient needs.
  ///
  /// - Parameter inputs: the operands, in the order and with the shapes that the operation documents, detached.
  /// - Throws: ``TensorError`` when shapes, types or attributes do not fit, or the memory budget is exceeded.
  func forward(_ inputs: [Tensor]) throws -> Outcome

  /// The gradients with respect to the inputs, each of its input's shape; nil where it does not exist or is not needed.
  ///
  /// Runs with recording off: gradients are of first order.
  ///
  /// - Throws: ``TensorError/noGradient(_:)`` when the operation has none, or when the memory budget is exceeded.
  func gradient(_ step: BackwardStep) throws -> [Tensor?]
}

extension Operation {
  public var isBatchwise: Bool { false }
  public var takesStridedUpstream: Bool { false }
  public var asSynaptic: (any SynapticOperation)? { nil }
  public var asPart: (any PartOperation)? { nil }
  public var asComposed: (any ComposedOperation)? { nil }
}

/// An operation that takes a part of its only input, whose gradient is 0 elsewhere: the gradients of many parts, such
/// as the steps of a sequence, are added to one tensor.
public protocol PartOperation: Operation {
  /// The part of `whole`, which has the shape of the operation's input, as a view.
  func part(of whole: Tensor) -> Tensor
}

extension PartOperation {
  public var takesStridedUpstream: Bool { true }
  public var asPart: (any PartOperation)? { self }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let whole = try Tensor.full(step.shapes[0], 0, on: step.upstream.device, operation: name)
    part(of: whole).copyElements(from: step.upstream)
    return [whole]
  }
}

/// The result of a forward pass.
public struct Outcome: Sendable {
  /// The result.
  public let output: Tensor
  /// The tensors that the gradient needs: inputs, the output, or intermediate values.
  public let saved: [Tensor]

  public init(_ output: Tensor, saving saved: [Tensor] = []) {
    self.output = output
    self.saved = saved
  }
}

/// The input of an operation's gradient.
public struct BackwardStep: Sendable {
  /// The gradient of the loss with respect to the output, of its shape; contiguous, unless the operation takes a view
  /// (``Operation/takesStridedUpstream``).
  public let upstream: Tensor
  /// The tensors that ``Operation/forward(_:)`` saved.
  public let saved: [Tensor]
  /// The inputs' shapes.
  public let shapes: [[Int]]
  /// For each input, whether its gradient is needed.
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

  /// Whether a ``RecordedFunction`` is being recorded.
  public static var isOfFunction: Bool { Recorder.current != nil }

  /// Whether an operation on these inputs is recorded.
  public static func isWanted(by inputs: [Tensor]) -> Bool {
    isOn && inputs.contains(where: \.requiresGradient)
  }

  /// Runs `body` without recording (PyTorch's `no_grad`).
  ///
  /// - Throws: what `body` throws.
  public static func off<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isOn.withValue(false, operation: body)
  }
}

extension Recording {
  /// Whether nobody wants more of an operation than its result, unless an operand requires a gradient: no observer, no
  /// function that is being recorded.
  static var wantsResultAlone: Bool { !Observation.isOn && !isOfFunction }
}

extension Tensor {
  /// Whether it is short, and has no history that an operation has to keep. The lists that the others need take longer
  /// than a small operation.
  var isShortAndPlain: Bool {
    node == nil && storage.assignment == 0 && count <= Device.chunkElements
  }
}

extension Operation {
  /// Runs the operation, and records it if any input requires a gradient.
  ///
  /// - Throws: ``TensorError`` as ``forward(_:)``.
  public func callAsFunction(_ inputs: Tensor...) throws -> Tensor { try apply(inputs) }

  /// Runs the operation on a list of inputs, and records it if any of them requires a gradient.
  ///
  /// - Throws: ``TensorError`` as ``forward(_:)``.
  public func apply(_ inputs: [Tensor]) throws -> Tensor {
    if let recorder = Recorder.current { return try recorder.run(self, inputs) }
    for input in inputs where input.storage.assignment != 0 { try input.requireCurrent(name) }
    inputs.first?.device.countOperation()
    // Detached, so that the operations an operation consists of are not recorded as well.
    let isPlain = inputs.allSatisfy { $0.node == nil && $0.storage.assignment == 0 }
    let own = isPlain ? inputs : inputs.map { $0.detached() }
    return try recorded(try Observation.isOn ? observedForward(own) : interruptibleForward(own), inputs)
  }

  /// ``forward(_:)``, ended early by an interruption.
  func interruptibleForward(_ inputs: [Tensor]) throws -> Outcome {
    var size = 0
    for input in inputs { size += input.count }
    // What is composed of others may call the script that wrote it, and consists of operations that are checked.
    guard size < Device.maxUncheckedElements || asComposed != nil else { return try forwardElsewhere(inputs) }
    let cuts = Interruption.cuts
    let outcome = try forward(inputs)
    if Interruption.cuts != cuts { try Interruption.check(name) }
    return outcome
  }

  /// Not inlined: it would enlarge the stack frames of its callers, which can be nested very deeply.
  @inline(never)
  private func forwardElsewhere(_ inputs: [Tensor]) throws -> Outcome {
    try Device.interruptible(name) { try forward(inputs) }
  }

  /// ``gradient(_:)``, ended early by an interruption.
  func interruptibleGradient(_ step: BackwardStep) throws -> [Tensor?] {
    var size = step.upstream.count
    for saved in step.saved { size += saved.count }
    guard size < Device.maxUncheckedElements || asComposed != nil else {
      return try Device.interruptible(name) { try Recording.off { try gradient(step) } }
    }
    let cuts = Interruption.cuts
    let gradients = try gradient(step)
    if Interruption.cuts != cuts { try Interruption.check(name) }
    return gradients
  }

  /// The output of a forward pass, with a node if any of the inputs requires a gradient.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func recorded(_ outcome: Outcome, _ inputs: [Tensor]) throws -> Tensor {
    var output = outcome.output
    let isOn = output.dtype == .float32 && Recording.isOn
    let isWanted = isOn && inputs.contains(where: \.requiresGradient)
    output.node = isWanted ? try Node(operation: self, inputs: inputs, saved: outcome.saved) : nil
    output.isDetached = false
    output.isView = false
    for input in inputs where input.storage === output.storage {
      output.isView = true
      if !isWanted, !isOn || input.isDetached { output.isDetached = true }
    }
    return output
  }
}
