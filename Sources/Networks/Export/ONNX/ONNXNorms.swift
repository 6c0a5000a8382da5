extension BatchNorm1dLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expect(input, channels: weight.count, at: path)
    var result = graph.arrange(input, .batchChannelsTime, at: path)
    let state = try [
      ("weight", weight), ("bias", bias), ("running_mean", runningMean), ("running_var", runningVariance),
    ].map { try graph.state($0.0, $0.1, of: self, at: path) }
    result.name =
      graph.add(
        "BatchNormalization", [result.name] + state, outputs: 1, at: path,
        [.number("epsilon", evaluation.epsilon)])[0]
    return result
  }
}

extension LayerNormLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expect(input, channels: weight.count, at: path)
    var result = graph.arrange(input, .batchTimeChannels, at: path)
    let scale = try graph.state("weight", weight, of: self, at: path)
    let shift = try graph.state("bias", bias, of: self, at: path)
    result.name = graph.add(
      "LayerNormalization", result.name, scale, shift, at: path, .integer("axis", -1),
      .number("epsilon", operation.epsilon))
    return result
  }
}
