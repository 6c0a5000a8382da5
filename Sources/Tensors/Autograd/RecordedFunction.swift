/// A function of tensors that was recorded once and runs as one operation, with one entry on the tape.
public struct RecordedFunction: Sendable {
  private let program: Program

  /// Runs `body` once with `examples` and records what it does. It may use tensors from outside: parameters among them
  /// get gradients.
  ///
  /// - Throws: what `body` throws; ``TensorError/badArgument(operation:reason:)`` where it looks at elements, changes
  ///   tensors in place or draws random numbers.
  public init(_ name: String, like examples: [Tensor], _ body: ([Tensor]) throws -> Tensor) throws {
    program = try Recorder.record(name, examples) { [try body($0)] }
  }

  /// The function of tensors with the shapes of the examples.
  public func callAsFunction(_ inputs: [Tensor]) throws -> Tensor {
    try RunProgram(program: program).apply(inputs + program.captured)
  }
}

/// A program with one result as an operation: its inputs, then the tensors it captured.
private struct RunProgram: ComposedOperation {
  let program: Program
  var name: String { program.name }

  func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome {
    var saved: [Tensor]? = []
    let count = program.inputCount
    let results = try program.run(
      Array(inputs[..<count]), Array(inputs[count...]), saving: &saved, observedBy: observation)
    guard let output = results.first.flatMap(\.self) else {
      throw TensorError.badArgument(operation: name, reason: "the function gave no tensor")
    }
    return Outcome(output, saving: saved ?? [])
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let count = program.inputCount
    let wanted = program.wanted(inputs: Array(step.needs[..<count]), captured: Array(step.needs[count...]))
    let found = try program.gradients([step.upstream], saved: step.saved[...], wanted: wanted)
    return step.needs.indices.map { found[$0 < count ? .input($0) : .captured($0 - count)] }
  }
}

/// An operation whose value and gradient were recorded each by itself: a surrogate gradient.
public struct RecordedOperation: ComposedOperation, CustomOperation {
  public let name: String
  private let value: Program
  private let slope: Program

  public let isBatchwise: Bool

  /// - Parameters:
  ///   - forward: gives the result, and what the gradient needs.
  ///   - backward: gets the gradient of the result and what was kept; gives a gradient for each input, nil for none.
  public init(
    _ name: String, like examples: [Tensor],
    forward: ([Tensor]) throws -> (output: Tensor, saved: [Tensor]),
    backward: (_ upstream: Tensor, _ saved: [Tensor]) throws -> [Tensor?]
  ) throws {
    self.name = name
    var kept: (output: Tensor, saved: [Tensor])?
    value = try Recorder.record(name, examples) { inputs in
      let result = try forward(inputs)
      kept = result
      return [result.output] + result.saved
    }
    guard let kept else { throw TensorError.badArgument(operation: name, reason: "forward was not run") }
    let upstream = try Tensor.full(like: kept.output, 1, dtype: .float32)
    slope = try Recorder.record(name, [upstream] + kept.saved) { try backward($0[0], Array($0.dropFirst())) }
    let rows = examples.first?.shape.first ?? 0
    isBatchwise = value.isBatchwise(rows) && slope.isBatchwise(rows)
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
    let found = try slope.run(
      [step.upstream] + step.saved, slope.captured.map { $0.detached() }, saving: &saved)
    for (gradient, shape) in zip(found, step.shapes) where gradient != nil && gradient?.shape != shape {
      throw TensorError.badShape(
        operation: "\(name) (gradient)", shape: gradient?.shape ?? [], expected: "\(shape)")
    }
    return found
  }
}
