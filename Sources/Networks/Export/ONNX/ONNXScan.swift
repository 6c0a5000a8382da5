import ONNXSchema

extension ONNXGraph {
  /// A loop over the time steps of a sequence (batch, time, width), from a state of zeros.
  ///
  /// - Parameters:
  ///   - states: what the tensors (batch, width) that are carried on are called.
  ///   - step: adds one step; gets the carried tensors and the step's input, gives what is carried on and what goes
  ///     out.
  /// - Returns: what went out, (batch, time, width).
  mutating func scan(
    _ input: ONNXValue, carrying states: [String], at path: String,
    step: (inout ONNXGraph, _ states: [String], _ x: String) throws -> (states: [String], output: String)
  ) rethrows -> ONNXValue {
    var result = arrange(input, .batchTimeChannels, at: path)
    let sizes = add(
      "Concat",
      [
        add("Shape", [result.name], outputs: 1, at: path, [.integer("start", 0), .integer("end", 1)])[0],
        constant([result.channels], at: path),
      ], outputs: 1, at: path, [.integer("axis", 0)])
    let zeros = add("ConstantOfShape", sizes[0], at: path)
    let body = try nested(
      path.isEmpty ? "step" : "\(path)/step", inputs: states + ["x"], width: result.channels
    ) { graph, inputs in
      let next = try step(&graph, Array(inputs.dropLast()), inputs[states.count])
      return next.states + [next.output]
    }
    result.name =
      add(
        "Scan", states.map { _ in zeros } + [result.name], outputs: states.count + 1, at: path,
        [
          .graph("body", body), .integer("num_scan_inputs", 1), .integers("scan_input_axes", [1]),
          .integers("scan_output_axes", [1]),
        ])[states.count]
    return result
  }

  /// 1 where a membrane is above its threshold, else 0.
  mutating func spikes(_ membrane: String, above threshold: String, at path: String) -> String {
    let isAbove = add("Greater", membrane, threshold, at: path)
    return add("Cast", isAbove, at: path, .integer("to", Onnx_TensorProto.DataType.float.rawValue))
  }

  /// A learned number within the limits that a neuron keeps it in.
  mutating func clamp(_ name: String, _ low: Float, _ high: Float, at path: String) -> String {
    add("Clip", name, constant(floats: [low], at: path), constant(floats: [high], at: path), at: path)
  }
}
