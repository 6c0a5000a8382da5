import ONNXSchema
import Tensors

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
    // Directions have an axis of their own; here there is one.
    let weights = [sorted[0], sorted[1], biases].map { graph.add("Unsqueeze", $0, axis, at: path) }
    // Time comes first: onnxruntime does not support the layout with the batch first.
    var result = graph.arrange(input, .timeBatchChannels, at: path)
    let outputs = graph.add(
      `operator`, [result.name] + weights, outputs: 1, at: path, [.integer("hidden_size", width)] + more)
    result.name = graph.add("Squeeze", outputs[0], graph.constant([1], at: path), at: path)
    result.channels = width
    return result
  }
}

extension ONNXGraph {
  /// A loop over the time steps of a sequence (batch, time, width), from a state of zeros.
  ///
  /// - Parameters:
  ///   - input: the sequence.
  ///   - path: the dotted name of the layer, which names the nodes.
  ///   - states: the names of the states, each (batch, width).
  ///   - step: adds one step: from the states and the step's input to the next states and the step's output.
  /// - Returns: the outputs, (batch, time, width).
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

  /// A parameter clamped to its limits.
  mutating func clamp(_ name: String, _ low: Float, _ high: Float, at path: String) -> String {
    add("Clip", name, constant(floats: [low], at: path), constant(floats: [high], at: path), at: path)
  }
}

// Each of these is the layer's own step, operation by operation; sums may still differ in their last bit, which can
// decide about a spike.

extension LIFLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    try expect(input, channels: alpha.count, at: path)
    let leak = try graph.leak(alpha, of: self, at: path)
    var currents = graph.arrange(input, .batchTimeChannels, at: path)
    currents.name = graph.add("Mul", currents.name, leak.inputWeight, at: path)
    return graph.scan(currents, carrying: ["membrane", "spikes"], at: path) { graph, states, x in
      let remaining = graph.add("Sub", states[0], states[1], at: path)
      let next = graph.add("Add", graph.add("Mul", remaining, leak.decay, at: path), x, at: path)
      let fired = graph.spikes(next, above: graph.constant(floats: [1], at: path), at: path)
      return ([next, fired], fired)
    }
  }
}

extension LeakyLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    let decay = graph.clamp(try graph.state("beta", beta, of: self, at: path), 0, 1, at: path)
    let reset = try currentReset()
    let limit = try graph.state("threshold", threshold, of: self, at: path)
    var result = graph.scan(input, carrying: ["membrane"], at: path) { graph, states, x in
      let decayed = graph.add("Mul", states[0], decay, at: path)
      var next = graph.add("Add", decayed, x, at: path)
      if reset != .none {
        let fired = graph.spikes(states[0], above: limit, at: path)
        let subtracted = graph.add("Mul", fired, reset == .subtract ? limit : decayed, at: path)
        next = graph.add("Sub", next, subtracted, at: path)
      }
      return ([next], graph.spikes(next, above: limit, at: path))
    }
    if try factor.item() != 1 {
      let size = try graph.state("graded_spikes_factor", factor, of: self, at: path)
      result.name = graph.add("Mul", result.name, size, at: path)
    }
    return result
  }
}

extension LeakyReadoutLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    let leak = try graph.leak(alpha, of: self, at: path)
    var currents = try graph.write(self.input, input, at: dotted(path, "W"))
    currents.name = graph.add("Mul", currents.name, leak.inputWeight, at: path)
    var result = graph.scan(currents, carrying: ["membrane"], at: path) { graph, states, x in
      let next = graph.add("Add", graph.add("Mul", states[0], leak.decay, at: path), x, at: path)
      return ([next], next)
    }
    let probabilities = graph.add("Softmax", result.name, at: path, .integer("axis", 2))
    let time = graph.constant([1], at: path)
    result.name = graph.add("ReduceSum", probabilities, time, at: path, .integer("keepdims", 0))
    result.form = .vector
    result.time = 0
    return result
  }
}

extension RadLIFLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    try expectSequence(input, at: path)
    guard start == .zeros else {
      throw notExportable(
        at: path,
        "its initial state is drawn for each pass, which a file cannot express",
        hint: "build the layer with the initial state \"zeros\"; the weights are the same")
    }
    // As the layer itself does before each pass.
    try clearDiagonal()
    let leak = try graph.leak(neuronParameters[0].tensor, of: self, at: path)
    func parameter(_ index: Int, within limits: MembraneLimits.Limits) throws -> String {
      let (name, tensor) = neuronParameters[index]
      return graph.clamp(
        try graph.state(name, tensor, of: self, at: path), limits.low, limits.high, at: path)
    }
    let beta = try parameter(1, within: MembraneLimits.beta)
    let a = try parameter(2, within: MembraneLimits.a)
    let b = try parameter(3, within: MembraneLimits.b)
    let weight = try graph.state("weight", recurrent.weight, of: recurrent, at: dotted(path, "V"))
    let transposed = graph.add("Transpose", weight, at: path, .integers("perm", [1, 0]))
    var currents = try graph.write(self.input, input, at: dotted(path, "W"))
    currents = try graph.write(norm, currents, at: dotted(path, "norm"))
    return graph.scan(currents, carrying: ["membrane", "adaptation", "spikes"], at: path) {
      graph, states, x in
      let membrane = states[0]
      let adaptation = states[1]
      let spikes = states[2]
      var slow = graph.add(
        "Add", graph.add("Mul", adaptation, beta, at: path), graph.add("Mul", membrane, a, at: path), at: path
      )
      slow = graph.add("Add", slow, graph.add("Mul", spikes, b, at: path), at: path)
      var drive = graph.add("Add", x, graph.add("MatMul", spikes, transposed, at: path), at: path)
      drive = graph.add("Mul", graph.add("Sub", drive, slow, at: path), leak.inputWeight, at: path)
      let decayed = graph.add("Mul", graph.add("Sub", membrane, spikes, at: path), leak.decay, at: path)
      let next = graph.add("Add", decayed, drive, at: path)
      let fired = graph.spikes(next, above: graph.constant(floats: [1], at: path), at: path)
      return ([next, slow, fired], fired)
    }
  }
}

extension ONNXGraph {
  /// A membrane's decay α in one time step, and the weight 1 − α of its input.
  fileprivate mutating func leak(
    _ alpha: Tensor, of module: any Module, at path: String
  ) throws -> (decay: String, inputWeight: String) {
    let limits = MembraneLimits.alpha
    let decay = clamp(try state("alpha", alpha, of: module, at: path), limits.low, limits.high, at: path)
    return (decay, add("Sub", constant(floats: [1], at: path), decay, at: path))
  }
}
