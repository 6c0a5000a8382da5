/// A function of tensors that was recorded once and runs as one operation, with one entry on the tape.
public struct RecordedFunction: Sendable {
  private let program: Program

  /// Runs `body` once with tensors like `examples` and records its operations. It may use tensors from outside;
  /// parameters among them get gradients.
  ///
  /// - Throws: what `body` throws; ``TensorError/notRecordable(function:use:)`` where it reads elements, changes
  ///   tensors in place or draws random numbers.
  public init(_ name: String, like examples: [Tensor], _ body: ([Tensor]) throws -> [Tensor]) throws {
    program = try Recorder.record(name, examples) { try body($0) }
  }

  /// The results for `inputs`, which have the shapes of the examples.
  ///
  /// - Throws: ``TensorError``, as the recorded operations.
  public func callAsFunction(_ inputs: [Tensor]) throws -> [Tensor] {
    let inputs = inputs + program.captured
    guard program.outputs.count > 1, Recorder.current == nil else {
      return try program.outputs.indices.map { try RunProgram(program: program, output: $0).apply(inputs) }
    }
    // Run once for all results, each of which has an entry on the tape.
    for input in inputs where input.storage.assignment != 0 { try input.requireCurrent(program.name) }
    let run = RunProgram(program: program, output: 0)
    let own = inputs.map { $0.detached() }
    let (outputs, saved) = try run.all(own, observedBy: Observation.task)
    return try outputs.enumerated().map { number, output in
      try RunProgram(program: program, output: number).recorded(Outcome(output, saving: saved), inputs)
    }
  }
}

/// One result of a program as an operation. Inputs: the program's, then the tensors that it captured.
private struct RunProgram: ComposedOperation {
  let program: Program
  let output: Int
  var name: String { program.name }

  func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome {
    let (outputs, saved) = try all(inputs, observedBy: observation)
    return Outcome(outputs[output], saving: saved)
  }

  /// All results, and what the gradient of any of them needs.
  func all(
    _ inputs: [Tensor], observedBy observation: Observation?
  ) throws -> (outputs: [Tensor], saved: [Tensor]) {
    var saved: [Tensor]? = []
    let count = program.inputCount
    let results = try program.run(
      Array(inputs[..<count]), Array(inputs[count...]), saving: &saved, observedBy: observation)
    return (results.compactMap(\.self), saved ?? [])
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let count = program.inputCount
    let wanted = program.wanted(inputs: Array(step.needs[..<count]), captured: Array(step.needs[count...]))
    let upstream = program.outputs.indices.map { $0 == output ? step.upstream : nil }
    let gradients = try program.gradients(upstream, saved: step.saved[...], wanted: wanted)
    return step.needs.indices.map { gradients[$0 < count ? .input($0) : .captured($0 - count)] }
  }
}

/// An operation whose value and gradient were recorded separately, such as one with a surrogate gradient.
public struct RecordedOperation: ComposedOperation, CustomOperation {
  public let name: String
  private let value: Program
  private let derivative: Program

  public let isBatchwise: Bool

  /// Runs both functions once with tensors like `examples` and records their operations.
  ///
  /// - Parameters:
  ///   - name: what errors and observers call the operation.
  ///   - examples: tensors with the shapes and types of its inputs.
  ///   - forward: returns the result and the tensors that the gradient needs.
  ///   - backward: receives the gradient of the result and the saved tensors; returns a gradient for each input, nil
  ///     for none.
  /// - Throws: what the functions throw; ``TensorError/notRecordable(function:use:)`` as for ``RecordedFunction``.
  public init(
    _ name: String, like examples: [Tensor],
    forward: ([Tensor]) throws -> (output: Tensor, saved: [Tensor]),
    backward: (_ upstream: Tensor, _ saved: [Tensor]) throws -> [Tensor?]
  ) throws {
    self.name = name
    var recorded: (output: Tensor, saved: [Tensor])?
    value = try Recorder.record(name, examples) { inputs in
      let result = try forward(inputs)
      recorded = result
      return [result.output] + result.saved
    }
    guard let recorded else { throw TensorError.badArgument(operation: name, reason: "forward was not run") }
    let upstream = try Tensor.full(like: recorded.output, 1, dtype: .float32)
    derivative = try Recorder.record(name, [upstream] + recorded.saved) {
      try backward($0[0], Array($0.dropFirst()))
    }
    let rows = examples.first?.shape.first ?? 0
    isBatchwise = value.isBatchwise(rows) && derivative.isBatchwise(rows)
  }

  public func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome {
    var saved: [Tensor]?
    let results = try value.run(
      inputs, value.captured.map { $0.detached() }, saving: &saved, observedBy: observation
    ).compactMap(\.self)
    return Outcome(results[0], saving: Array(results.dropFirst()))
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    var saved: [Tensor]?
    let gradients = try derivative.run(
      [step.upstream] + step.saved, derivative.captured.map { $0.detached() }, saving: &saved)
    for (gradient, shape) in zip(gradients, step.shapes) where gradient != nil && gradient?.shape != shape {
      throw TensorError.badShape(
        operation: "\(name) (gradient)", shape: gradient?.shape ?? [], expected: "\(shape)")
    }
    return gradients
  }
}

/// Records the operations that a function of tensors runs as a ``Program``.
///
/// `@unchecked`: used by the one thread that runs the function.
final class Recorder: @unchecked Sendable {
  /// The recorder of the function that runs on this thread, between its operations.
  @TaskLocal static var current: Recorder?

  /// Two tensors are the same value when they are the same view of the same elements.
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
  /// All tensors in `values`, kept alive so that no other tensor gets one of their identities.
  private var held: [Tensor] = []
  private var constants: Set<ObjectIdentifier> = []
  private var captured: [Tensor] = []
  private var steps: [Program.Step] = []

  private init(_ name: String) {
    self.name = name
    // A tensor made during an outer recording is not a constant of an inner one.
    start = Self.current?.start ?? Storage.newest
  }

  /// Runs `body` once with tensors like `examples` and records it.
  ///
  /// - Throws: what `body` throws, and ``TensorError/notRecordable(function:use:)`` where a result depends on something
  ///   that cannot be recorded.
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
    // The program may be run where gradients are recorded, even if they are not here.
    let results = try Recording.$isOn.withValue(true) {
      // The operations are observed when the program runs.
      try $current.withValue(recorder) { try Observation.off { try body(inputs) } }
    }
    let outputs = try results.map { result in try result.map { try recorder.value(of: $0) } }
    return Program(
      name: name, inputCount: inputs.count, captured: recorder.captured, steps: recorder.steps,
      outputs: outputs)
  }

  /// Runs an operation of the function and records it.
  func run(_ operation: any Operation, _ inputs: [Tensor]) throws -> Tensor {
    if operation is Dropout { throw refusal(.randomNumbers) }
    let sources = try inputs.map(value)
    // The operations it consists of are not recorded.
    let outcome = try Self.$current.withValue(nil) {
      try operation.interruptibleForward(inputs.map { $0.detached() })
    }
    steps.append(
      Program.Step(
        operation: operation, inputs: sources, shapes: inputs.map(\.shape), savedCount: outcome.saved.count,
        hasGradient: Recording.isOn && outcome.output.dtype == .float32, shape: outcome.output.shape,
        isFloat: (inputs + [outcome.output]).allSatisfy { $0.dtype == .float32 }))
    note(outcome.output, as: .step(steps.count - 1))
    return try Self.$current.withValue(nil) { try operation.recorded(outcome, inputs) }
  }

  /// Marks a new tensor as one that is the same at each run.
  func noteConstant(_ tensor: Tensor) {
    constants.insert(ObjectIdentifier(tensor.storage))
    held.append(tensor.detached())
  }

  /// Throws ``TensorError/notRecordable(function:use:)`` while a function is recorded.
  static func requireNone(_ use: TensorError.UnrecordableUse) throws(TensorError) {
    if let current { throw current.refusal(use) }
  }

  private func refusal(_ use: TensorError.UnrecordableUse) -> TensorError {
    .notRecordable(function: name, use: use)
  }

  private func note(_ tensor: Tensor, as value: Program.Value) {
    values[Identity(tensor)] = value
    held.append(tensor.detached())
  }

  private func value(of tensor: Tensor) throws -> Program.Value {
    if let known = values[Identity(tensor)] { return known }
    guard tensor.storage.number <= start || constants.contains(ObjectIdentifier(tensor.storage)) else {
      throw refusal(.untrackedTensor)
    }
    captured.append(tensor)
    note(tensor, as: .captured(captured.count - 1))
    return .captured(captured.count - 1)
  }
}
