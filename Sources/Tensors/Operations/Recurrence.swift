import Support

/// A step of a recurrent network, repeated over time as one operation.
///
/// The step is recorded once and runs natively, forwards and backwards, without a tape entry per step.
/// Source: Werbos 1990 for backpropagation through time.
public enum Recurrence {
  /// A step: the input of one time step, `[batch, …]`, and the states to the output and the next states.
  public typealias Step = (_ input: Tensor, _ states: [Tensor]) throws -> (output: Tensor, states: [Tensor])

  /// Gated cells.
  public enum Cell: Sendable { case lstm, gru }

  /// What a step computes, for observers that count its operations.
  public enum Kind: Sendable, Equatable {
    case plain
    /// A cell whose gates multiply states.
    case cell(Cell)
    /// Neurons whose membrane potential is the state `membrane` (from 0), and how many additions and multiplications a
    /// neuron does in a step; nil for as many as the step has.
    case neurons(membrane: Int, operations: Int?)
  }

  /// Repeats `step` over the time of `input`.
  ///
  /// - Parameters:
  ///   - input: float32 `[batch, time, …]`.
  ///   - states: the states before the first step, each `[batch, …]`.
  ///   - name: what errors and observers call the operation.
  ///   - kind: what the step computes, for observers that count its operations.
  ///   - step: may use tensors from outside; parameters among them get gradients. It is recorded with a part of the
  ///     batch where samples do not depend on each other.
  /// - Returns: the outputs of all steps, `[batch, time, …]`.
  /// - Throws: what `step` throws; ``TensorError`` for no time step, states that change their shape,
  ///   and operations that cannot be recorded.
  public static func run(
    over input: Tensor, from states: [Tensor], named name: String = "recurrent", as kind: Kind = .plain,
    step: Step
  ) throws -> Tensor {
    guard input.rank >= 2, input.shape[1] > 0 else {
      throw TensorError.badShape(
        operation: name, shape: input.shape,
        expected: "(batch, time, …) with at least one time step")
    }
    try input.requireFloat(name)
    for state in states where state.rank == 0 || state.shape[0] != input.shape[0] {
      throw TensorError.badShape(
        operation: "\(name) (an initial state)", shape: state.shape,
        expected: "(batch, …) with a batch of \(input.shape[0])")
    }
    let parts = try parts(input, states, name, step)
    let captured = parts[0].program.captured
    let inputs = [input] + states + captured
    let isWanted = Recording.isOn && inputs.contains { $0.requiresGradient }
    return try TimeScan(parts: parts, stateCount: states.count, savesForGradient: isWanted, kind: kind)
      .apply(inputs)
  }

  /// The rows of a part of the batch, for states of `width` elements: enough for an efficient matrix product, few
  /// enough for several threads.
  static func partRows(width: Int) -> Int { min(64, max(16, (1 << 12) / max(1, width))) }

  /// The step recorded for each part of the batch; one part where samples depend on each other.
  private static func parts(
    _ input: Tensor, _ states: [Tensor], _ name: String, _ step: Step
  ) throws -> [TimeScan.Part] {
    let batch = input.shape[0]
    let width = states.reduce(0) { max($0, $1.count / max(1, batch)) }
    let size = partRows(width: width)
    if batch > size {
      if let part = try recordPart(input, states, 0..<size, name, step), part.program.isBatchwise(size) {
        let starts = Array(stride(from: 0, to: batch, by: size))
        let rest = batch - (starts.last ?? 0)
        let last = rest == size ? part : try record(input, states, (batch - rest)..<batch, name, step)
        return starts.map { start in
          let isLast = start + size >= batch
          return TimeScan.Part(
            rows: start..<min(batch, start + size), program: isLast ? last.program : part.program)
        }
      }
    }
    return [try record(input, states, 0..<batch, name, step)]
  }

  /// Nil for a step that is written for another batch size.
  private static func recordPart(
    _ input: Tensor, _ states: [Tensor], _ rows: Range<Int>, _ name: String, _ step: Step
  ) throws -> TimeScan.Part? {
    do { return try record(input, states, rows, name, step) } catch let error as any NightjarError
      where error.exitCode == .script
    {
      return nil
    }
  }

  private static func record(
    _ input: Tensor, _ states: [Tensor], _ rows: Range<Int>, _ name: String, _ step: Step
  ) throws -> TimeScan.Part {
    let first = try input.detached().select(1, 0).narrow(0, from: rows.lowerBound, count: rows.count)
    let starts = try states.map { try $0.detached().narrow(0, from: rows.lowerBound, count: rows.count) }
    let program = try Recorder.record(name, [first] + starts) { inputs in
      let result = try step(inputs[0], Array(inputs.dropFirst()))
      guard result.output.rank > 0, result.output.shape[0] == rows.count else {
        throw TensorError.badShape(
          operation: "\(name) (the output of a step)", shape: result.output.shape,
          expected: "(batch, …) with a batch of \(rows.count)")
      }
      for (old, new) in zip(starts, result.states) where old.shape != new.shape || new.dtype != .float32 {
        throw TensorError.badShape(
          operation: "\(name) (a state after a step)", shape: new.shape,
          expected: "float32 \(old.shape), as before it")
      }
      try result.output.requireFloat(name)
      return [result.output] + result.states
    }
    return TimeScan.Part(rows: rows, program: program)
  }
}
