/// Notes the operations that a function of tensors runs, so that a ``Program`` can run them again without it.
///
/// `@unchecked`: used by the one thread that runs the function.
final class Recorder: @unchecked Sendable {
  /// The recorder of the function that runs on this thread, between its operations.
  @TaskLocal static var current: Recorder?

  /// What makes two tensors the same value: the same elements, looked at in the same way.
  private struct Identity: Hashable {
    let storage: ObjectIdentifier
    let offset: Int
    let shape: [Int]
    let strides: [Int]

    init(_ x: Tensor) {
      storage = ObjectIdentifier(x.storage)
      offset = x.offset
      shape = x.shape
      strides = x.strides
    }
  }

  private let name: String
  /// Blocks with a higher number were made since the recording began.
  private let start: Int
  private var values: [Identity: Program.Value] = [:]
  /// All tensors in `values`, so that no identity is given to another one.
  private var held: [Tensor] = []
  private var constants: Set<ObjectIdentifier> = []
  private var captured: [Tensor] = []
  private var steps: [Program.Step] = []

  private init(_ name: String) {
    self.name = name
    // What an outer recording made is no constant of an inner one.
    start = Self.current?.start ?? Storage.newest
  }

  /// Runs `body` once with tensors like `examples`, and gives what it does with them.
  ///
  /// - Throws: what `body` throws, and ``TensorError/badArgument(operation:reason:)`` where a result depends on
  ///   something that cannot be recorded.
  static func record(_ name: String, _ examples: [Tensor], _ body: ([Tensor]) throws -> [Tensor?]) throws
    -> Program
  {
    let recorder = Recorder(name)
    var inputs: [Tensor] = []
    for (number, example) in examples.enumerated() {
      let isKnown = recorder.values[Identity(example)] != nil
      let input =
        isKnown ? try $current.withValue(nil) { try example.detached().cloned() } : example.detached()
      recorder.note(input, as: .input(number))
      inputs.append(input)
    }
    // The record is run again where gradients are wanted, also if they are not where it is made.
    let results = try Recording.$isOn.withValue(true) {
      // What is recorded is looked at when it is run.
      try $current.withValue(recorder) { try Observation.off { try body(inputs) } }
    }
    let outputs = try results.map { result in try result.map { try recorder.value(of: $0) } }
    return Program(
      name: name, inputCount: inputs.count, captured: recorder.captured, steps: recorder.steps,
      outputs: outputs)
  }

  /// Runs an operation of the function, and notes it.
  func run(_ operation: any Operation, _ inputs: [Tensor]) throws -> Tensor {
    if operation is Dropout { throw refusal("random numbers") }
    let sources = try inputs.map(value)
    // What the operation is made of is not noted.
    let outcome = try Self.$current.withValue(nil) { try operation.forward(inputs.map { $0.detached() }) }
    steps.append(
      Program.Step(
        operation: operation, inputs: sources, shapes: inputs.map(\.shape), savedCount: outcome.saved.count,
        hasGradient: Recording.isOn && outcome.output.dtype == .float32))
    note(outcome.output, as: .step(steps.count - 1))
    return Self.$current.withValue(nil) { operation.recorded(outcome, inputs) }
  }

  /// Tells that a new tensor is the same each time.
  func noteConstant(_ tensor: Tensor) {
    constants.insert(ObjectIdentifier(tensor.storage))
    held.append(tensor.detached())
  }

  /// Throws where the function would look at elements, which are not known when its record is run again.
  static func requireNone(_ operation: String) throws(TensorError) {
    if let current { throw current.refusal(operation) }
  }

  private func refusal(_ what: String) -> TensorError {
    .badArgument(
      operation: name,
      reason: "the function is recorded once, then run natively: it cannot use \(what)",
      hint: "only operations that give new tensors (where, gt, clamp, …), and a state instead of x:add_(y)"
    )
  }

  private func note(_ tensor: Tensor, as value: Program.Value) {
    values[Identity(tensor)] = value
    held.append(tensor.detached())
  }

  private func value(of tensor: Tensor) throws -> Program.Value {
    if let known = values[Identity(tensor)] { return known }
    guard tensor.storage.number <= start || constants.contains(ObjectIdentifier(tensor.storage)) else {
      throw refusal(
        "a tensor that was drawn at random, computed by argmax, sort or unique, or, within nj.func, not handed to it"
      )
    }
    captured.append(tensor)
    note(tensor, as: .captured(captured.count - 1))
    return .captured(captured.count - 1)
  }
}
