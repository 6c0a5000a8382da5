import Tensors

extension SequentialLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    var value = input
    for child in children { value = try graph.write(child.module, value, at: dotted(path, child.name)) }
    return value
  }
}

extension DropoutLayer: NIRWritable {
  /// Adds nothing: in evaluation the layer is the identity.
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue { input }
}

extension LinearLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    if case .clip = input.form {
      throw notExportable(
        at: path,
        "NIR's Affine takes one vector, but its input is a whole clip \(input.shape)",
        hint: "put a Flatten layer before it")
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
      throw notExportable(at: path, "it takes clips (channels, time), but its input is \(input.shape)")
    }
    guard operation.groups == 1 else {
      throw notExportable(
        at: path,
        "NIR's reader mistakes a convolution in \(operation.groups) groups for one with fewer channels",
        hint: "export as .onnx")
    }
    try expect(input, channels: weight.shape[1], at: path)
    let span = operation.dilation * (weight.shape[2] - 1) + 1
    let padded = time + 2 * operation.padding
    guard span <= padded else {
      throw notExportable(at: path, "its window spans \(span) time steps, its input has \(padded)")
    }
    let shift = try bias?.detached() ?? .zeros([weight.shape[0]], on: weight.device)
    let node = graph.add(
      "Conv1d", named: path, after: input.node,
      [
        ("input_shape", .integer(time)), ("weight", .numbers(weight)), ("bias", .numbers(shift)),
        ("stride", .integer(operation.stride)), ("padding", .integer(operation.padding)),
        ("dilation", .integer(operation.dilation)), ("groups", .integer(1)),
      ])
    let steps = (padded - span) / operation.stride + 1
    return NIRValue(node: node, form: .clip(time: steps), channels: weight.shape[0])
  }
}

extension FlattenLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    guard case .clip(let time) = input.form else { return input }
    let node = graph.add(
      "Flatten", named: path, after: input.node,
      [("input_type", .integers(input.shape)), ("start_dim", .integer(0)), ("end_dim", .integer(-1))])
    return NIRValue(node: node, form: .flattened(time: time), channels: input.channels)
  }
}

extension NIRWritable {
  /// Throws unless the input has `channels` channels.
  func expect(_ input: NIRValue, channels: Int, at path: String) throws {
    var size = input.channels
    if case .flattened(let time) = input.form { size *= time }
    guard size == channels else {
      throw notExportable(
        at: path, "it takes \(channels) channels, but its input has \(size)",
        hint: "give the sizes of the model's own input")
    }
  }
}

extension LeakyLayer: NIRWritable {
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue {
    try expectSteps(input, at: path)
    let decay = min(max(Float(try beta.item()), 0), 1)
    let limit = Float(try threshold.item())
    let neurons = NIRNeurons(
      decay: Array(repeating: decay, count: input.channels), inputWeight: 1, threshold: limit,
      device: beta.device)
    var result =
      switch try currentReset() {
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
    let decay = try MembraneLimits.alpha.clamp(alpha.detached()).values(as: Float.self)
    let neurons = NIRNeurons(decay: decay, inputWeight: nil, threshold: 1, device: alpha.device)
    // The spike is subtracted before the membrane decays: α(u − s) + (1 − α)x = αu + (1 − α)(x − s·α/(1 − α)).
    return try neurons.firing(
      after: input, at: path, in: &graph, feedback: decay.map { -$0 / (1 - $0) })
  }
}

extension NIRWritable {
  fileprivate func expectSteps(_ input: NIRValue, at path: String) throws {
    guard input.form == .steps else {
      throw notExportable(
        at: path,
        "its neurons need one time step after another, but with Conv1d or Flatten NIR takes a whole clip at once",
        hint: "build the model from Linear layers and neurons, or export as .onnx")
    }
  }
}

/// A layer's neurons as NIR describes them.
private struct NIRNeurons {
  /// The factor on each membrane in a time step.
  let decay: [Float]
  /// The factor on the input; nil for 1 − decay.
  let inputWeight: Float?
  let threshold: Float
  let device: Device

  private func numbers(_ values: [Float]) throws -> NIRGraph.Field {
    .numbers(try Tensor(values, shape: [values.count], on: device))
  }

  private func each(_ value: Float) throws -> NIRGraph.Field {
    try numbers(Array(repeating: value, count: decay.count))
  }

  /// Whether a membrane does not decay, for which NIR has other nodes.
  private var isLossless: Bool { decay.contains { $0 >= 1 } }

  /// τ and R of leaky membranes, R alone of lossless ones.
  private func membrane(_ graph: NIRGraph) throws -> [(name: String, value: NIRGraph.Field)] {
    let step = Float(graph.timeStep)
    if isLossless { return [("r", try each((inputWeight ?? 0) / step))] }
    return [
      ("tau", try numbers(decay.map { step / (1 - $0) })),
      ("r", try numbers(decay.map { rate in inputWeight.map { $0 / (1 - rate) } ?? 1 })),
      ("v_leak", try each(0)),
    ]
  }

  /// Adds neurons whose membranes are 0 after a spike: one node.
  func resetting(after input: NIRValue, at path: String, in graph: inout NIRGraph) throws -> NIRValue {
    let fields =
      try membrane(graph) + [("v_threshold", try each(threshold)), ("v_reset", try each(0))]
    var result = input
    result.node = graph.add(isLossless ? "IF" : "LIF", named: path, after: input.node, fields)
    return result
  }

  /// Adds membranes and thresholds; with `feedback`, also an edge that adds it times the spikes to the membranes.
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
