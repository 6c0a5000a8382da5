import Foundation
import ONNXSchema
import Support
import Tensors

/// An ONNX graph under construction: nodes in the order they run, and the model's state as initializers.
///
/// Initializers have the names, shapes and bytes of the state, as PyTorch has them; what an operator wants arranged in
/// another way is arranged by nodes, which runtimes fold when they load the file. Sequences are turned only where an
/// operator wants them so, and once for all who do: no two transposes follow each other.
struct ONNXGraph {
  /// Parts used many times over make more nodes than anything can load.
  private static let maxNodes = 100_000

  private(set) var nodes: [Onnx_NodeProto] = []
  private(set) var initializers: [Onnx_TensorProto] = []
  /// Whether something in the model needs the input to be as long as it was said to be.
  private(set) var fixesTime = false
  /// Names of nodes and values, those of the graphs around this one too.
  private var taken: Set<String> = ["input", "output"]
  private var arranged: [String: [ONNXValue.Layout: String]] = [:]
  /// Where a module was met first, which is the name its state has.
  private var places: [ObjectIdentifier: String] = [:]
  private var known: [String: String] = [:]

  /// Adds a node; gives the names of its outputs.
  mutating func add(
    _ operation: String, _ inputs: [String], outputs count: Int, at path: String,
    _ attributes: [ONNXAttribute] = []
  ) -> [String] {
    var node = Onnx_NodeProto()
    node.opType = operation
    node.name = unique(path.isEmpty ? operation : "\(path)/\(operation)")
    node.input = inputs
    node.output = (0..<count).map { unique("\(node.name):\($0)") }
    node.attribute = attributes.map(\.proto)
    nodes.append(node)
    return node.output
  }

  /// Adds a node with one output; gives its name.
  mutating func add(
    _ operation: String, _ inputs: String..., at path: String, _ attributes: ONNXAttribute...
  ) -> String {
    add(operation, inputs, outputs: 1, at: path, attributes)[0]
  }

  /// A tensor of a layer's state.
  mutating func state(_ name: String, _ tensor: Tensor, of module: any Module, at path: String) throws
    -> String
  {
    let full = dotted(places[ObjectIdentifier(module)] ?? path, name)
    if let known = known[full] { return known }
    let free = unique(full)
    known[full] = free
    initializers.append(.init(named: free, shape: tensor.shape, .float, bytes: try tensor.bytes))
    return free
  }

  /// Numbers that are no part of the state.
  mutating func constant(floats numbers: [Float], shape: [Int] = [], at path: String) -> String {
    let bytes = numbers.withUnsafeBytes { Data($0) }
    return add("Constant", at: path, .tensor("value", .init(shape: shape, .float, bytes: bytes)))
  }

  /// Whole numbers that are no part of the state, as a list.
  mutating func constant(_ numbers: [Int], at path: String) -> String {
    let bytes = numbers.map { Int64($0) }.withUnsafeBytes { Data($0) }
    return add("Constant", at: path, .tensor("value", .init(shape: [numbers.count], .int64, bytes: bytes)))
  }

  /// A sequence with its axes in another order.
  mutating func arrange(_ value: ONNXValue, _ layout: ONNXValue.Layout, at path: String) -> ONNXValue {
    guard case .sequence(let own) = value.form, own != layout else { return value }
    var result = value
    var forms = arranged[value.name] ?? [own: value.name]
    result.form = .sequence(layout)
    result.name =
      forms[layout]
      ?? add("Transpose", value.name, at: path, .integers("perm", own.permutation(to: layout)))
    forms[layout] = result.name
    for name in forms.values { arranged[name] = forms }
    return result
  }

  /// Adds what a module computes.
  mutating func write(_ module: any Module, _ input: ONNXValue, at path: String) throws -> ONNXValue {
    try Interruption.check("the export")
    guard let layer = module as? any ONNXWritable else { throw module.foreign(at: path, to: "ONNX") }
    guard nodes.count < Self.maxNodes else {
      throw module.refusal(at: path, "the model has more than \(Self.maxNodes) operations by then")
    }
    if places[ObjectIdentifier(module)] == nil { places[ObjectIdentifier(module)] = path }
    return try layer.write(input, at: path, to: &self)
  }

  /// Notes that the input has to be as long as it was said to be.
  mutating func fixTime() { fixesTime = true }

  /// A graph inside this one: what `build` adds, from `inputs` (batch, width) to the values it gives.
  mutating func nested(
    _ name: String, inputs: [String], width: Int, _ build: (inout ONNXGraph, [String]) throws -> [String]
  ) rethrows -> Onnx_GraphProto {
    var inner = ONNXGraph()
    inner.taken = taken
    let names = inputs.map { inner.unique("\(name)/\($0)") }
    var results: [String] = []
    for result in try build(&inner, names) {
      // Every result needs a name of its own, and none may be an input's.
      let isTaken = results.contains(result) || names.contains(result)
      results.append(isTaken ? inner.add("Identity", result, at: name) : result)
    }
    taken = inner.taken
    var graph = Onnx_GraphProto()
    graph.name = name
    graph.node = inner.nodes
    let sizes: [ONNXSize] = [.named("batch"), .known(width)]
    graph.input = names.map { .init(named: $0, .float, sizes) }
    graph.output = results.map { .init(named: $0, .float, sizes) }
    return graph
  }

  /// Calls a value `output`, as the graph's users do.
  mutating func finish(_ value: ONNXValue) {
    guard value.name != "input" else {
      var node = Onnx_NodeProto()
      node.opType = "Identity"
      node.name = unique("Identity")
      node.input = ["input"]
      node.output = ["output"]
      nodes.append(node)
      return
    }
    for place in nodes.indices {
      nodes[place].input = nodes[place].input.map { $0 == value.name ? "output" : $0 }
      nodes[place].output = nodes[place].output.map { $0 == value.name ? "output" : $0 }
    }
  }

  private mutating func unique(_ name: String) -> String {
    var free = name
    var number = 1
    while !taken.insert(free).inserted {
      number += 1
      free = "\(name)_\(number)"
    }
    return free
  }
}

/// A layer that knows how to say in ONNX, opset 17, what it computes in evaluation.
protocol ONNXWritable: Module {
  /// Adds the layer to a graph; gives its output.
  ///
  /// - Throws: ``NetworkError`` with the layer's name when the input does not fit, or ONNX has nothing for it.
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue
}

extension ONNXWritable {
  /// Throws unless the input is numbers with so many channels.
  func expect(_ input: ONNXValue, channels: Int, at path: String) throws {
    try expectNumbers(input, at: path)
    guard input.channels == channels else {
      throw refusal(
        at: path, "it takes \(channels) channels, and gets \(input.shape)", hint: "name the model's own input"
      )
    }
  }

  /// Throws for whole numbers.
  func expectNumbers(_ input: ONNXValue, at path: String) throws {
    guard input.form != .indices else {
      throw refusal(at: path, "it takes numbers, and gets \(input.shape)", hint: "name the input's channels")
    }
  }

  /// Throws unless the input is a sequence.
  func expectSequence(_ input: ONNXValue, at path: String) throws {
    try expectNumbers(input, at: path)
    guard case .sequence = input.form else {
      throw refusal(at: path, "it takes (batch, time, channels), and gets \(input.shape)")
    }
  }
}
