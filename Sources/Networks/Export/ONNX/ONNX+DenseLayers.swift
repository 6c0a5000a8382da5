import Tensors

extension LinearLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expect(input, channels: weight.shape[1], at: path)
    let matrix = try graph.state("weight", weight, of: self, at: path)
    let shift = try bias.map { try graph.state("bias", $0, of: self, at: path) }
    var result = graph.arrange(input, .batchTimeChannels, at: path)
    result.channels = weight.shape[0]
    if input.form == .vector {
      let inputs = [result.name, matrix] + (shift.map { [$0] } ?? [])
      result.name = graph.add("Gemm", inputs, outputs: 1, at: path, [.integer("transB", 1)])[0]
      return result
    }
    let transposed = graph.add("Transpose", matrix, at: path, .integers("perm", [1, 0]))
    result.name = graph.add("MatMul", result.name, transposed, at: path)
    if let shift { result.name = graph.add("Add", result.name, shift, at: path) }
    return result
  }
}

/// In the file, indices count from 0, whatever the layer's first index is.
extension EmbeddingLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    guard input.form == .indices else {
      throw notExportable(
        at: path,
        "it takes integers (batch, time), but its input is \(input.shape)",
        hint: "begin the model with it, and give only the time steps of the input")
    }
    var result = input
    result.name = graph.add(
      "Gather", try graph.state("weight", weight, of: self, at: path), input.name, at: path)
    result.form = .sequence(.batchTimeChannels)
    result.channels = weight.shape[1]
    return result
  }
}

extension DropoutLayer: ONNXWritable {
  /// Adds nothing: in evaluation the layer is the identity.
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectNumbers(input, at: path)
    return input
  }
}

extension FlattenLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectNumbers(input, at: path)
    guard case .sequence = input.form else { return input }
    var result = graph.arrange(input, .batchTimeChannels, at: path)
    result.name = graph.add("Flatten", result.name, at: path, .integer("axis", 1))
    result.form = .vector
    result.channels = input.time * input.channels
    result.time = 0
    graph.fixTime()
    return result
  }
}

extension ActivationLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectNumbers(input, at: path)
    var result = input
    switch function {
    case is ReLU: result.name = graph.add("Relu", input.name, at: path)
    case is Sigmoid: result.name = graph.add("Sigmoid", input.name, at: path)
    case is Tanh: result.name = graph.add("Tanh", input.name, at: path)
    case let elu as ELU:
      result.name = graph.add("Elu", input.name, at: path, .number("alpha", elu.alpha))
    case let gelu as GELU where !gelu.approximate:
      result.name = Self.gelu(of: input.name, at: path, in: &graph)
    default:
      throw notExportable(at: path, "ONNX has no operator for \(function.name) here")
    }
    return result
  }

  /// x/2 · (1 + erf(x/√2)): opset 17 has no operator for GELU.
  private static func gelu(of x: String, at path: String, in graph: inout ONNXGraph) -> String {
    let scale = graph.constant(floats: [0.707_106_77], at: path)
    let error = graph.add("Erf", graph.add("Mul", x, scale, at: path), at: path)
    let factor = graph.add("Add", error, graph.constant(floats: [1], at: path), at: path)
    let half = graph.add("Mul", x, graph.constant(floats: [0.5], at: path), at: path)
    return graph.add("Mul", half, factor, at: path)
  }
}

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

extension SequentialLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    var value = input
    for child in children { value = try graph.write(child.module, value, at: dotted(path, child.name)) }
    return value
  }
}

extension ResidualLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    let branches = try children.map { try graph.write($0.module, input, at: dotted(path, $0.name)) }
    guard let body = branches.first else { return input }
    let shortcut = branches.count > 1 ? branches[1] : input
    guard body.shape == shortcut.shape, body.form != .indices else {
      throw notExportable(
        at: path,
        "its body returns \(body.shape), its shortcut \(shortcut.shape)",
        hint: "use a shortcut that returns the body's shape"
      )
    }
    var sum = body
    if case .sequence(let layout) = body.form {
      sum.name = graph.add(
        "Add", body.name, graph.arrange(shortcut, layout, at: dotted(path, "shortcut")).name, at: path)
    } else {
      sum.name = graph.add("Add", body.name, shortcut.name, at: path)
    }
    return sum
  }
}
