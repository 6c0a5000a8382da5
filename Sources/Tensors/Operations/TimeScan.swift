import Support

/// A recorded step applied at every time step. Inputs: `[batch, time, …]`, the states, and the tensors that the step
/// captured.
///
/// Parts of the batch run in parallel, each over all time steps; their sizes do not depend on the number of threads.
struct TimeScan: ComposedOperation {
  /// Some samples of the batch, with the step recorded for as many.
  struct Part: Sendable {
    let rows: Range<Int>
    let program: Program

    func rows(of x: Tensor, _ dimension: Int) throws -> Tensor {
      rows.count == x.shape[dimension] ? x : try x.narrow(dimension, from: rows.lowerBound, count: rows.count)
    }
  }

  let parts: [Part]
  let stateCount: Int
  let savesForGradient: Bool
  let kind: Recurrence.Kind

  var name: String { parts[0].program.name }

  func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome {
    try Observation.off {
      let input = try inputs[0].transposed(0, 1).contiguous(for: name)
      let results = try input.device.concurrently(parts.count) { number in
        try forward(
          parts[number], input, inputs, observation?.at(.init(samples: parts[number].rows, step: kind)))
      }
      let output = results.count == 1 ? results[0].output : try Concatenation(0).apply(results.map(\.output))
      return Outcome(output, saving: results.flatMap(\.saved))
    }
  }

  private func forward(
    _ part: Part, _ input: Tensor, _ inputs: [Tensor], _ observation: Observation?
  ) throws -> (output: Tensor, saved: [Tensor]) {
    let input = try part.rows(of: input, 1)
    var states = try inputs[1...stateCount].map { try part.rows(of: $0, 0) }
    // Parameters are the same in all parts; each part has its own constants, which may have its number of rows.
    let captured = zip(inputs[(1 + stateCount)...], part.program.captured).map { input, own in
      own.requiresGradient ? input : own.detached()
    }
    var saved: [Tensor]? = savesForGradient ? [] : nil
    var outputs: [Tensor] = []
    let watched = observation.map { part.program.watched(by: $0) }
    for time in 0..<input.shape[0] {
      try Interruption.check(name)
      let results = try part.program.run(
        [input.select(0, time)] + states, captured, saving: &saved, observedBy: observation,
        watched: watched
      ).compactMap(\.self)
      outputs.append(results[0])
      if let observation, case .neurons(let membrane, let operations) = kind {
        observation.observer.observe(
          membranes: results[1 + membrane], before: time > 0 ? states[membrane] : nil,
          operations: operations ?? part.program.arithmeticSteps, at: observation.place)
      }
      states = Array(results.dropFirst())
    }
    return (try .stack(outputs, 1), saved ?? [])
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let upstream = try step.upstream.transposed(0, 1).contiguous(for: name)
    let times = upstream.shape[0]
    var starts = [0]
    for part in parts { starts.append(starts[starts.count - 1] + times * part.program.savedCount) }
    let ends = starts
    let partial = try upstream.device.concurrently(parts.count) { number in
      try gradient(parts[number], upstream, step, saved: step.saved[ends[number]..<ends[number + 1]])
    }
    return try step.needs.indices.map { index in
      let gradients = partial.compactMap { $0[index] }
      guard let first = gradients.first, step.needs[index] else { return nil }
      guard gradients.count > 1 else { return first }
      // Gradients of the input and the states are concatenated, those of parameters are added.
      if index <= stateCount { return try Concatenation(0).apply(gradients) }
      for gradient in gradients.dropFirst() { Addition().map(first, gradient, into: first) }
      return first
    }
  }

  /// The gradients of all inputs from one part.
  private func gradient(
    _ part: Part, _ upstream: Tensor, _ step: BackwardStep, saved: ArraySlice<Tensor>
  ) throws -> [Tensor?] {
    let program = part.program
    let upstream = try part.rows(of: upstream, 1)
    let times = upstream.shape[0]
    let size = part.program.savedCount
    // A state's gradient comes from the next step, even if that of the initial state is not needed.
    let wanted = program.wanted(
      inputs: [step.needs[0]] + [Bool](repeating: true, count: stateCount),
      captured: Array(step.needs[(1 + stateCount)...]))
    var inputs = [Tensor?](repeating: nil, count: times)
    var states = [Tensor?](repeating: nil, count: stateCount)
    var sums = [Tensor?](repeating: nil, count: program.captured.count)
    let deferred = DeferredWeightGradients()
    for time in (0..<times).reversed() {
      try Interruption.check(name)
      let start = saved.startIndex + time * size
      let gradients = try program.gradients(
        [upstream.select(0, time)] + states, saved: saved[start..<(start + size)], wanted: wanted,
        deferred: deferred)
      try deferred.flush()
      inputs[time] = gradients[.input(0)]
      states = states.indices.map { gradients[.input(1 + $0)] }
      for index in sums.indices {
        guard let gradient = gradients[.captured(index)] else { continue }
        let sum = try sums[index] ?? .zeros(gradient.shape, on: gradient.device)
        Addition().map(sum, gradient, into: sum)
        sums[index] = sum
      }
    }
    try deferred.flush(isLast: true)
    for (index, product) in deferred.sums {
      sums[index] = try sums[index].map { try $0.adding(product) } ?? product
    }
    let shape = [part.rows.count] + step.shapes[0][2...]
    return [try stacked(inputs, shape, on: upstream.device)] + states + sums
  }

  /// The gradients of all time steps, each of `shape`; zeros where a step does not depend on its input.
  private func stacked(_ gradients: [Tensor?], _ shape: [Int], on device: Device) throws -> Tensor? {
    guard gradients.contains(where: { $0 != nil }) else { return nil }
    return try .stack(try gradients.map { try $0 ?? .zeros(shape, on: device) }, 1)
  }
}

/// The gradients of weights that every time step multiplies by: Σ upstreamᵀ·input over the steps, as a few large
/// products.
///
/// One product per step would read and write the whole gradient each time. Used by one thread.
final class DeferredWeightGradients {
  private var pairs: [Int: [(upstream: Tensor, input: Tensor)]] = [:]
  private(set) var sums: [Int: Tensor] = [:]

  /// The rows of one product: enough for its arithmetic to outweigh reading and writing the gradient.
  private static let rows = 512

  func add(_ upstream: Tensor, _ input: Tensor, to weight: Int) {
    pairs[weight, default: []].append((upstream, input))
  }

  /// Multiplies the collected pairs once they have enough rows; at the end all of them.
  func flush(isLast: Bool = false) throws {
    for (weight, waiting) in pairs {
      let rows = waiting.reduce(0) { $0 + $1.upstream.count / max(1, $1.upstream.shape.last ?? 1) }
      guard !waiting.isEmpty, isLast || rows >= Self.rows else { continue }
      func asMatrix(_ x: Tensor) throws -> Tensor { try x.reshaped([-1, x.shape[x.rank - 1]]) }
      let upstream = try Concatenation(0).apply(waiting.map { try asMatrix($0.upstream) })
      let input = try Concatenation(0).apply(waiting.map { try asMatrix($0.input) })
      let product = try MatrixProduct()(upstream.transposed(0, 1), input)
      if let sum = sums[weight] { Addition().map(sum, product, into: sum) } else { sums[weight] = product }
      pairs[weight] = []
    }
  }
}
