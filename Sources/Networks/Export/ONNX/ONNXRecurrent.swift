extension LSTMLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    try expect(input, channels: gates.inputs, at: path)
    // From PyTorch's i, f, g, o to ONNX's i, o, f, c.
    return try gates.write(input, "LSTM", order: [0, 3, 1, 2], of: self, at: path, to: &graph)
  }
}

extension GRULayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    try expect(input, channels: gates.inputs, at: path)
    // From PyTorch's r, z, n to ONNX's z, r, h; the reset gate is applied after the state's product, as in PyTorch.
    return try gates.write(
      input, "GRU", order: [1, 0, 2], of: self, at: path, to: &graph,
      [.integer("linear_before_reset", 1)])
  }
}

extension GateWeights {
  /// Adds the operator, with the gates in its order: (batch, time, in) → (batch, time, width).
  fileprivate func write(
    _ input: ONNXValue, _ operator: String, order: [Int], of module: any Module, at path: String,
    to graph: inout ONNXGraph, _ more: [ONNXAttribute] = []
  ) throws -> ONNXValue {
    let axis = graph.constant([0], at: path)
    let sorted = try named.map { name, tensor in
      let parts = graph.add(
        "Split", [try graph.state(name, tensor, of: module, at: path)], outputs: order.count, at: path,
        [.integer("axis", 0)])
      return graph.add(
        "Concat", order.map { parts[$0] }, outputs: 1, at: path, [.integer("axis", 0)])[0]
    }
    let biases = graph.add("Concat", sorted[2], sorted[3], at: path, .integer("axis", 0))
    // One direction, which is an axis of its own.
    let weights = [sorted[0], sorted[1], biases].map { graph.add("Unsqueeze", $0, axis, at: path) }
    // Time comes first: the layout with the batch first is one that onnxruntime does not run.
    var result = graph.arrange(input, .timeBatchChannels, at: path)
    let outputs = graph.add(
      `operator`, [result.name] + weights, outputs: 1, at: path, [.integer("hidden_size", width)] + more)
    result.name = graph.add("Squeeze", outputs[0], graph.constant([1], at: path), at: path)
    result.channels = width
    return result
  }
}
