extension SequentialLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    var value = input
    for child in children { value = try graph.write(child.module, value, at: dotted(path, child.name)) }
    return value
  }
}

extension ResidualLayer: ONNXWritable {
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue {
    let ends = try children.map { try graph.write($0.module, input, at: dotted(path, $0.name)) }
    guard let body = ends.first else { return input }
    let shortcut = ends.count > 1 ? ends[1] : input
    guard body.shape == shortcut.shape, body.form != .indices else {
      throw refusal(
        at: path,
        "its body gives \(body.shape), its shortcut \(shortcut.shape)",
        hint: "a shortcut that gives the body's shape"
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
