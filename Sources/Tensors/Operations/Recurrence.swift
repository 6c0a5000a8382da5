/// One step of a recurrent network, repeated over time as one operation: the step is recorded once and runs natively,
/// forwards and backwards, without a tape entry a step (backpropagation through time; Werbos 1990).
public enum Recurrence {
  /// Repeats `step` over the time of `input`.
  ///
  /// - Parameters:
  ///   - input: (batch, time, …).
  ///   - states: the state before the first step, each (batch, …).
  ///   - step: gets what comes in at one time step, (batch, …), and the states; gives what goes out and the next states.
  ///     It may use tensors from outside: parameters among them get gradients.
  /// - Returns: what went out at every step, (batch, time, …).
  /// - Throws: what `step` throws; ``TensorError`` for no time step, states that change their shape, and what cannot be
  ///   recorded.
  public static func run(
    over input: Tensor, from states: [Tensor], named name: String = "recurrent",
    step: (_ input: Tensor, _ states: [Tensor]) throws -> (output: Tensor, states: [Tensor])
  ) throws -> Tensor {
    guard input.rank >= 2, input.shape[1] > 0 else {
      throw TensorError.badShape(
        operation: name, shape: input.shape, expected: "(batch, time, …) with at least one time step")
    }
    try input.requireFloat(name)
    let first = try Recording.off { try input.select(1, 0) }
    let program = try Recorder.record(name, [first] + states) { given in
      let result = try step(given[0], Array(given.dropFirst()))
      guard result.output.rank > 0, result.output.shape[0] == input.shape[0] else {
        throw TensorError.badShape(
          operation: "\(name) (what a step gives)", shape: result.output.shape,
          expected: "(batch, …) with a batch of \(input.shape[0])")
      }
      for (old, new) in zip(states, result.states) where old.shape != new.shape || new.dtype != .float32 {
        throw TensorError.badShape(
          operation: "\(name) (a state after a step)", shape: new.shape,
          expected: "float32 \(old.shape), as before it")
      }
      try result.output.requireFloat(name)
      return [result.output] + result.states
    }
    let inputs = [input] + states + program.captured
    let isWanted = Recording.isOn && inputs.contains { $0.requiresGradient }
    return try Repetition(program: program, stateCount: states.count, savesForGradient: isWanted).apply(
      inputs)
  }
}

/// A recorded step for every time step. Inputs: (batch, time, …), the states, the tensors that the step captured.
private struct Repetition: Operation {
  let program: Program
  let stateCount: Int
  let savesForGradient: Bool

  var name: String { program.name }

  func forward(_ inputs: [Tensor]) throws -> Outcome {
    let input = try inputs[0].transposed(0, 1).packed(name)
    var states = Array(inputs[1...stateCount])
    let captured = Array(inputs[(1 + stateCount)...])
    var saved: [Tensor]? = savesForGradient ? [] : nil
    var outputs: [Tensor] = []
    for time in 0..<input.shape[0] {
      try Interruption.check(name)
      let results = try program.run([input.select(0, time)] + states, captured, saving: &saved).compactMap(
        \.self)
      outputs.append(results[0])
      states = Array(results.dropFirst())
    }
    return Outcome(try .stack(outputs, 1), saving: saved ?? [])
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let upstream = try step.upstream.transposed(0, 1).packed(name)
    let (times, size) = (upstream.shape[0], program.savedCount)
    // A state's gradient comes from the next step, whether or not anyone wants that of the first state.
    let wanted = program.wanted(
      inputs: [step.needs[0]] + [Bool](repeating: true, count: stateCount),
      captured: Array(step.needs[(1 + stateCount)...]))
    var inputs = [Tensor?](repeating: nil, count: times)
    var states = [Tensor?](repeating: nil, count: stateCount)
    var sums = [Tensor?](repeating: nil, count: program.captured.count)
    for time in (0..<times).reversed() {
      try Interruption.check(name)
      let found = try program.gradients(
        [upstream.select(0, time)] + states, saved: step.saved[(time * size)..<((time + 1) * size)],
        wanted: wanted)
      inputs[time] = found[.input(0)]
      states = states.indices.map { found[.input(1 + $0)] }
      for index in sums.indices {
        guard let gradient = found[.captured(index)] else { continue }
        let sum = try sums[index] ?? .zeros(gradient.shape, on: gradient.device)
        Addition().map(sum, gradient, into: sum)
        sums[index] = sum
      }
    }
    return [try stacked(inputs, step.shapes[0], on: upstream.device)] + states + sums
  }

  /// The gradients of all time steps; zeros where a step does not depend on what came in.
  private func stacked(_ gradients: [Tensor?], _ shape: [Int], on device: Device) throws -> Tensor? {
    guard gradients.contains(where: { $0 != nil }) else { return nil }
    let one = [shape[0]] + shape[2...]
    return try .stack(try gradients.map { try $0 ?? .zeros(one, on: device) }, 1)
  }
}
