import Tensors

extension SequentialLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    var value = input
    for child in children { value = try graph.write(child.module, value, at: dotted(path, child.name)) }
    return value
  }
}

extension DropoutLayer: NIRWritable {
  /// Nothing: that is what it does in evaluation.
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue { input }
}

extension LinearLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    if case .clip = input.form {
      throw refusal(
        at: path,
        "NIR's Affine takes one vector, and gets whole clips \(input.shape)",
        hint: "nn.Flatten before it")
    }
    try expect(input, channels: weight.shape[1], at: path)
    var fields: [(name: String, value: NIRGraph.Field)] = [("weight", .numbers(try columns(for: input)))]
    if let bias { fields.append(("bias", .numbers(bias))) }
    let node = graph.add(bias == nil ? "Linear" : "Affine", named: path, after: input.node, fields)
    let form: NIRValue.Form = input.form == .steps ? .steps : .vector
    return NIRValue(node: node, form: form, channels: weight.shape[0])
  }

  /// The weight with its columns in the order in which NIR flattens: channel by channel, not step by step.
  private func columns(for input: NIRValue) throws -> Tensor {
    guard case .flattened(let time) = input.form else { return weight.detached() }
    let rows = weight.shape[0]
    let channels = input.channels
    let parts = try weight.detached().reshaped([rows, time, channels]).transposed(1, 2).contiguous()
    return try parts.reshaped([rows, channels * time])
  }
}

extension Conv1dLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    guard case .clip(let time) = input.form else {
      throw refusal(at: path, "it takes clips (channels, time), and gets \(input.shape)")
    }
    guard operation.groups == 1 else {
      throw refusal(
        at: path,
        "NIR's reader takes a convolution in \(operation.groups) groups for one with fewer channels",
        hint: "export as .onnx")
    }
    try expect(input, channels: weight.shape[1], at: path)
    let reach = operation.dilation * (weight.shape[2] - 1) + 1
    let padded = time + 2 * operation.padding
    guard reach <= padded else {
      throw refusal(at: path, "it reaches over \(reach) time steps, the input has \(padded) there")
    }
    let shift = try bias?.detached() ?? .zeros([weight.shape[0]], on: weight.device)
    let node = graph.add(
      "Conv1d", named: path, after: input.node,
      [
        ("input_shape", .single(time)), ("weight", .numbers(weight)), ("bias", .numbers(shift)),
        ("stride", .single(operation.stride)), ("padding", .single(operation.padding)),
        ("dilation", .single(operation.dilation)), ("groups", .single(1)),
      ])
    let steps = (padded - reach) / operation.stride + 1
    return NIRValue(node: node, form: .clip(time: steps), channels: weight.shape[0])
  }
}

extension FlattenLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    guard case .clip(let time) = input.form else { return input }
    let node = graph.add(
      "Flatten", named: path, after: input.node,
      [("input_type", .whole(input.shape)), ("start_dim", .single(0)), ("end_dim", .single(-1))])
    return NIRValue(node: node, form: .flattened(time: time), channels: input.channels)
  }
}

extension NIRWritable {
  /// Throws unless the input has so many channels.
  func expect(_ input: NIRValue, channels: Int, at path: String) throws {
    var size = input.channels
    if case .flattened(let time) = input.form { size *= time }
    guard size == channels else {
      throw refusal(
        at: path, "it takes \(channels) channels, and gets \(size)", hint: "name the model's own input")
    }
  }
}

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
