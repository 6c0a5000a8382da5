import Tensors

extension Conv1dLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    try expect(input, channels: weight.shape[1] * operation.groups, at: path)
    var result = graph.arrange(input, .batchChannelsTime, at: path)
    try result.applyWindows(
      span: operation.dilation * (weight.shape[2] - 1) + 1, stride: operation.stride,
      padding: operation.padding, over: self, at: path)
    let state = try parameters.map { try graph.state($0.name, $0.tensor, of: self, at: path) }
    let padding = operation.padding
    result.name =
      graph.add(
        "Conv", [result.name] + state, outputs: 1, at: path,
        [
          .integers("kernel_shape", [weight.shape[2]]), .integers("strides", [operation.stride]),
          .integers("pads", [padding, padding]), .integers("dilations", [operation.dilation]),
          .integer("group", operation.groups),
        ])[0]
    result.channels = weight.shape[0]
    return result
  }
}

extension MaxPool1dLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try pool(input, operation.windows, "MaxPool", at: path, in: &graph, [])
  }
}

extension AvgPool1dLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try pool(
      input, operation.windows, "AveragePool", at: path, in: &graph, [.integer("count_include_pad", 1)])
  }
}

extension GlobalAvgPool1dLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    guard case .sequence(let layout) = input.form else { return input }
    var result = input
    result.name = graph.add(
      "ReduceMean", input.name, at: path, .integers("axes", [layout.timeAxis]), .integer("keepdims", 0))
    result.form = .vector
    result.time = 0
    return result
  }
}

extension ONNXWritable {
  fileprivate func pool(
    _ input: ONNXValue, _ windows: PoolingWindows, _ operator: String, at path: String,
    in graph: inout ONNXGraph, _ more: [ONNXAttribute]
  ) throws -> ONNXValue {
    try expectSequence(input, at: path)
    guard (0...windows.kernel / 2).contains(windows.padding) else {
      throw notExportable(at: path, "the padding is \(windows.padding), ONNX allows at most half the kernel")
    }
    var result = graph.arrange(input, .batchChannelsTime, at: path)
    try result.applyWindows(
      span: windows.kernel, stride: windows.stride, padding: windows.padding, over: self, at: path)
    let padding = windows.padding
    result.name =
      graph.add(
        `operator`, [result.name], outputs: 1, at: path,
        [
          .integers("kernel_shape", [windows.kernel]), .integers("strides", [windows.stride]),
          .integers("pads", [padding, padding]),
        ] + more)[0]
    return result
  }
}

extension ONNXValue {
  /// Replaces the number of time steps by the number of windows of `span` steps.
  fileprivate mutating func applyWindows(
    span: Int, stride: Int, padding: Int, over layer: any Module, at path: String
  ) throws {
    let padded = time + 2 * padding
    guard span <= padded else {
      throw layer.notExportable(
        at: path,
        "its window spans \(span) time steps, its input has \(padded)",
        hint: "give a longer input, or make the model's kernels and strides smaller")
    }
    // The output's time axis needs a name of its own once its length can differ from the input's.
    if span != 1 + 2 * padding || stride != 1 { timeName = "output_time" }
    time = (padded - span) / stride + 1
  }
}
