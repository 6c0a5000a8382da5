/// A function of tensors as the list of operations that it ran, which can run again, forwards and backwards.
struct Program: Sendable {
  /// Where a tensor comes from.
  enum Value: Sendable, Hashable {
    case input(Int)
    /// A tensor from outside the function: a parameter or a constant.
    case captured(Int)
    /// The result of a step.
    case step(Int)
  }

  struct Step: Sendable {
    let operation: any Operation
    let inputs: [Value]
    let shapes: [[Int]]
    /// How many tensors its gradient needs.
    let savedCount: Int
    let hasGradient: Bool
    /// The shape of the result.
    let shape: [Int]
    /// Whether the inputs and the result are float32.
    let isFloat: Bool
  }

  /// What runs at once: a step, or several elementwise ones.
  private enum Stage: Sendable {
    case step(Int)
    case group(ElementwiseGroup)

    var steps: [Int] {
      switch self {
      case .step(let number): [number]
      case .group(let group): group.members.map(\.number)
      }
    }
  }

  let name: String
  let inputCount: Int
  let captured: [Tensor]
  let steps: [Step]
  /// Nil for a result that is missing: the gradient of an input that has none.
  let outputs: [Value?]
  /// The steps in the order of their execution.
  private let stages: [Stage]
  /// For each stage, the results that are not needed after it.
  private let ends: [[Int]]

  init(name: String, inputCount: Int, captured: [Tensor], steps: [Step], outputs: [Value?]) {
    self.name = name
    self.inputCount = inputCount
    self.captured = captured
    self.steps = steps
    self.outputs = outputs
    stages = Self.stages(steps, outputs)
    var lastUse: [Int: Int] = [:]
    for (number, stage) in stages.enumerated() {
      for step in stage.steps {
        for case .step(let source) in steps[step].inputs { lastUse[source] = number }
      }
    }
    for case .step(let output)? in outputs { lastUse[output] = nil }
    var ends = [[Int]](repeating: [], count: stages.count)
    for (source, end) in lastUse { ends[end].append(source) }
    self.ends = ends
  }

  /// Groups of elementwise steps of one shape, which grow until a step outside uses one of their results; other steps
  /// run before the groups that are still growing.
  private static func stages(_ steps: [Step], _ outputs: [Value?]) -> [Stage] {
    var stages: [[Int]] = []
    var growing: [(shape: [Int], members: [Int])] = []
    for (number, step) in steps.enumerated() {
      let isMember = ElementwiseGroup.contains(step)
      let ended = growing.filter { group in
        !(isMember && group.shape == step.shape)
          && step.inputs.contains { value in
            if case .step(let source) = value { group.members.contains(source) } else { false }
          }
      }
      for group in ended {
        stages.append(group.members)
        growing.removeAll { $0.shape == group.shape }
      }
      if !isMember {
        stages.append([number])
      } else if let group = growing.firstIndex(where: { $0.shape == step.shape }) {
        growing[group].members.append(number)
      } else {
        growing.append((step.shape, [number]))
      }
    }
    stages += growing.map(\.members)
    return stages.map { members in
      guard members.count > 1 else { return .step(members[0]) }
      let own = Set(members)
      var outside: Set<Int> = []
      for (number, step) in steps.enumerated() where !own.contains(number) {
        for case .step(let source) in step.inputs { outside.insert(source) }
      }
      for case .step(let output)? in outputs { outside.insert(output) }
      return .group(
        ElementwiseGroup(
          members.map { .init(number: $0, step: steps[$0]) }, results: members.filter(outside.contains)))
    }
  }

  /// Whether each row of the results depends on the same row of the inputs alone, for inputs of `rows` rows.
  ///
  /// Requires rank 2 or more of all tensors, where broadcasting cannot confuse rows with columns.
  func isBatchwise(_ rows: Int) -> Bool {
    steps.allSatisfy { step in
      step.operation.isBatchwise
        && zip(step.inputs, step.shapes).enumerated().allSatisfy { index, input in
          if case .captured = input.0 { return true }
          let isWeight = index > 0 && (step.operation is Linear || step.operation is MatrixProduct)
          return !isWeight && input.1.count >= 2 && input.1[0] == rows
        }
    }
  }

  /// The number of elementwise arithmetic operations.
  var arithmeticSteps: Int {
    steps.count {
      $0.operation is BinaryElementwise || $0.operation is Interpolation
        || ($0.operation as? Elementwise)?.formula is Affine
    }
  }

  /// For each step, whether it is reported to an observer. Steps that do not depend on an input are: a step that
  /// multiplies by their results multiplies by weights.
  func watched(by observation: Observation) -> [Bool] {
    var varies = [Bool]()
    for step in steps {
      varies.append(
        step.inputs.contains { value in
          switch value {
          case .input: true
          case .captured: false
          case .step(let source): varies[source]
          }
        })
    }
    return zip(steps, varies).map { step, varies in
      !varies || step.operation.asComposed != nil
        || observation.observer.isInterested(in: step.operation, at: observation.place)
    }
  }

  /// The number of tensors that one run saves.
  var savedCount: Int { stages.reduce(0) { $0 + savedCount($1) } }

  private func savedCount(_ stage: Stage) -> Int {
    switch stage {
    case .step(let number): steps[number].savedCount
    case .group(let group): group.inputs.count
    }
  }

  /// The results for these inputs and captured tensors, all detached. What gradients need is appended to `saved` unless
  /// it is nil. The `watched` steps are reported to the observer; nil stands for all.
  func run(
    _ inputs: [Tensor], _ captured: [Tensor], saving saved: inout [Tensor]?,
    observedBy observation: Observation? = nil, watched: [Bool]? = nil
  ) throws -> [Tensor?] {
    var results = [Tensor?](repeating: nil, count: steps.count)
    func tensor(_ value: Value) throws -> Tensor {
      switch value {
      case .input(let number): return inputs[number]
      case .captured(let number): return captured[number]
      case .step(let number):
        guard let result = results[number] else {
          throw TensorError.badArgument(operation: name, reason: "a step uses a result that does not exist")
        }
        return result
      }
    }
    func isWatched(_ step: Int) -> Bool { observation != nil && watched?[step] != false }
    for (number, stage) in stages.enumerated() {
      var values: [Tensor] = []
      if case .group(let group) = stage {
        values = try group.inputs.map(tensor)
        saved?.append(contentsOf: values)
      }
      if case .group(let group) = stage, !group.members.contains(where: { isWatched($0.number) }) {
        let outputs = try group.run(values, on: values[0].device, named: name)
        for (result, output) in zip(group.results, outputs) { results[result] = output }
      } else {
        for number in stage.steps {
          let outcome = try steps[number].operation.forward(
            steps[number].inputs.map(tensor), reportingTo: isWatched(number) ? observation : nil)
          results[number] = outcome.output
          if case .step = stage { saved?.append(contentsOf: outcome.saved) }
        }
      }
      for end in ends[number] { results[end] = nil }
    }
    return try outputs.map { try $0.map(tensor) }
  }

  /// The values that need a gradient when these inputs and captured tensors need one.
  func wanted(inputs: [Bool], captured: [Bool]) -> Set<Value> {
    var wanted: Set<Value> = []
    for (number, isWanted) in inputs.enumerated() where isWanted { wanted.insert(.input(number)) }
    for (number, isWanted) in captured.enumerated() where isWanted { wanted.insert(.captured(number)) }
    for (number, step) in steps.enumerated() where step.hasGradient {
      if step.inputs.contains(where: wanted.contains) { wanted.insert(.step(number)) }
    }
    return wanted
  }

  /// The gradients of `wanted` inputs and captured tensors.
  ///
  /// - Parameters:
  ///   - upstream: the gradient of each output, nil for none.
  ///   - saved: the tensors that ``run(_:_:saving:observedBy:watched:)`` saved.
  ///   - wanted: the values that need a gradient, from ``wanted(inputs:captured:)``.
  ///   - deferred: collects the products that the gradients of captured weights consist of; nil to compute them now.
  func gradients(
    _ upstream: [Tensor?], saved: ArraySlice<Tensor>, wanted: Set<Value>,
    deferred: DeferredWeightGradients? = nil
  ) throws -> [Value: Tensor] {
    var pending: [Value: Tensor] = [:]
    func add(_ gradient: Tensor, to value: Value) throws {
      pending[value] = try pending[value].map { try $0.adding(gradient) } ?? gradient
    }
    for (output, gradient) in zip(outputs, upstream) {
      if let output, let gradient, wanted.contains(output) { try add(gradient, to: output) }
    }
    var end = saved.endIndex
    for stage in stages.reversed() {
      let start = end - savedCount(stage)
      defer { end = start }
      switch stage {
      case .group(let group):
        var upstream: [Int: Tensor] = [:]
        for result in group.results {
          upstream[result] = try pending.removeValue(forKey: .step(result))?.contiguous(for: name)
        }
        let gradients = try group.gradients(
          upstream, saved: Array(saved[start..<end]), wanted: wanted, named: name)
        for (input, gradient) in gradients {
          let shape = saved[start + (group.inputs.firstIndex(of: input) ?? 0)].shape
          try add(gradient.summed(to: shape), to: input)
        }
      case .step(let number):
        let step = steps[number]
        guard let gradient = pending.removeValue(forKey: .step(number)) else { continue }
        var needs = step.inputs.map(wanted.contains)
        if let deferred, step.operation is Linear, needs[1], case .captured(let weight) = step.inputs[1] {
          needs[1] = false
          deferred.add(gradient, saved[start], to: weight)
        }
        let gradients = try step.operation.interruptibleGradient(
          BackwardStep(
            upstream: gradient.contiguous(for: name), saved: Array(saved[start..<end]), shapes: step.shapes,
            needs: needs
          ))
        for (index, input) in step.inputs.enumerated() where needs[index] && index < gradients.count {
          if let gradient = gradients[index] { try add(gradient, to: input) }
        }
      }
    }
    return pending
  }
}
