import Tensors

extension LeakyLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    try expectSteps(input, at: path)
    let kept = min(max(Float(try beta.item()), 0), 1)
    let limit = Float(try threshold.item())
    let neurons = NIRNeurons(
      kept: Array(repeating: kept, count: input.channels), takesIn: 1, threshold: limit, device: beta.device)
    var result =
      switch try resetInForce() {
      case .zero: try neurons.resetting(after: input, at: path, in: &graph)
      case .none: try neurons.firing(after: input, at: path, in: &graph, feedback: nil)
      case .subtract:
        try neurons.firing(
          after: input, at: path, in: &graph, feedback: Array(repeating: -limit, count: input.channels))
      }
    let size = Float(try factor.item())
    guard size != 1 else { return result }
    let sizes = try Tensor(
      Array(repeating: size, count: input.channels), shape: [input.channels], on: beta.device)
    result.node = graph.add(
      "Scale", named: dotted(path, "size"), after: result.node, [("scale", .numbers(sizes))])
    return result
  }
}

extension LIFLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    try expectSteps(input, at: path)
    try expect(input, channels: alpha.count, at: path)
    let kept = try MembraneLimits.alpha.clamp(alpha.detached()).values(as: Float.self)
    let neurons = NIRNeurons(kept: kept, takesIn: nil, threshold: 1, device: alpha.device)
    // The spike is taken off before the membrane decays: α(u − s) + (1 − α)x = αu + (1 − α)(x − s·α/(1 − α)).
    return try neurons.firing(
      after: input, at: path, in: &graph, feedback: kept.map { -$0 / (1 - $0) })
  }
}

extension NIRWritable {
  fileprivate func expectSteps(_ input: NIRValue, at path: String) throws {
    guard input.form == .steps else {
      throw refusal(
        at: path,
        "its neurons go on from time step to time step, and Conv1d or Flatten make NIR take a clip at once",
        hint: "a model of nn.Linear and neurons, or export as .onnx")
    }
  }
}

/// A layer's neurons in NIR's terms.
private struct NIRNeurons {
  /// What is left of each membrane after a time step.
  let kept: [Float]
  /// How much of its input a membrane takes in; nil for the rest of what is kept.
  let takesIn: Float?
  let threshold: Float
  let device: Device

  private func numbers(_ values: [Float]) throws -> NIRGraph.Field {
    .numbers(try Tensor(values, shape: [values.count], on: device))
  }

  private func each(_ value: Float) throws -> NIRGraph.Field {
    try numbers(Array(repeating: value, count: kept.count))
  }

  /// Whether membranes lose nothing, which takes another node than a leak.
  private var isLossless: Bool { kept.contains { $0 >= 1 } }

  /// τ and R of a leak, or R alone where there is none.
  private func membrane(_ graph: NIRGraph) throws -> [(name: String, value: NIRGraph.Field)] {
    let step = Float(graph.timeStep)
    if isLossless { return [("r", try each((takesIn ?? 0) / step))] }
    return [
      ("tau", try numbers(kept.map { step / (1 - $0) })),
      ("r", try numbers(kept.map { rate in takesIn.map { $0 / (1 - rate) } ?? 1 })), ("v_leak", try each(0)),
    ]
  }

  /// Neurons whose membranes are 0 after a spike: one node.
  func resetting(after input: NIRValue, at path: String, in graph: inout NIRGraph) throws -> NIRValue {
    let fields =
      try membrane(graph) + [("v_threshold", try each(threshold)), ("v_reset", try each(0))]
    var result = input
    result.node = graph.add(isLossless ? "IF" : "LIF", named: path, after: input.node, fields)
    return result
  }

  /// Membranes and thresholds; with `feedback`, spikes come back to the membranes times that.
  func firing(
    after input: NIRValue, at path: String, in graph: inout NIRGraph, feedback: [Float]?
  ) throws -> NIRValue {
    let membranes = graph.add(isLossless ? "I" : "LI", named: path, after: input.node, try membrane(graph))
    var result = input
    result.node = graph.add(
      "Threshold", named: dotted(path, "spikes"), after: membranes, [("threshold", try each(threshold))])
    if let feedback {
      let scale = graph.add(
        "Scale", named: dotted(path, "reset"), after: result.node, [("scale", try numbers(feedback))])
      graph.connect(scale, to: membranes)
    }
    return result
  }
}
