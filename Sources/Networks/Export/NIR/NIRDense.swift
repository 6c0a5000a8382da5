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
