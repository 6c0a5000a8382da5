import Foundation
import ONNXSchema
import Support
import Tensors

/// An ONNX graph under construction: nodes in the order they run, and the model's state as initializers.
///
/// Initializers have the names, shapes and bytes of the state, as in PyTorch; where an operator needs another layout,
/// nodes rearrange them, which runtimes fold when they load the file. Sequences are transposed only where an operator
/// needs it, and once for all operators that do: no two transposes follow each other.
struct ONNXGraph {
  /// Parts that are used many times could make more nodes than any runtime can load.
  private static let maxNodes = 100_000

  private(set) var nodes: [Onnx_NodeProto] = []
  private(set) var initializers: [Onnx_TensorProto] = []
  /// Whether the model works for the given number of time steps only.
  private(set) var fixesTime = false
  /// Names of nodes and values in use, including those of the surrounding graphs.
  private var usedNames: Set<String> = ["input", "output"]
  private var arranged: [String: [ONNXValue.Layout: String]] = [:]
  /// The path under which a module was written first, which its state is named by.
  private var paths: [ObjectIdentifier: String] = [:]
  /// The initializers by the full names of their tensors.
  private var initializerNames: [String: String] = [:]

  /// Adds a node and returns the names of its outputs.
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

  /// Adds a node with one output and returns its name.
  mutating func add(
    _ operation: String, _ inputs: String..., at path: String, _ attributes: ONNXAttribute...
  ) -> String {
    add(operation, inputs, outputs: 1, at: path, attributes)[0]
  }

  /// Adds a tensor of a layer's state as an initializer, once, and returns its name.
  mutating func state(_ name: String, _ tensor: Tensor, of module: any Module, at path: String) throws
    -> String
  {
    let full = dotted(paths[ObjectIdentifier(module)] ?? path, name)
    if let name = initializerNames[full] { return name }
    let initializer = unique(full)
    initializerNames[full] = initializer
    initializers.append(.init(named: initializer, shape: tensor.shape, .float, bytes: try tensor.bytes))
    return initializer
  }

  /// Adds numbers that are not part of the state.
  mutating func constant(floats numbers: [Float], shape: [Int] = [], at path: String) -> String {
    let bytes = numbers.withUnsafeBytes { Data($0) }
    return add("Constant", at: path, .tensor("value", .init(shape: shape, .float, bytes: bytes)))
  }

  /// Adds integers that are not part of the state, as a vector.
  mutating func constant(_ numbers: [Int], at path: String) -> String {
    let bytes = numbers.map { Int64($0) }.withUnsafeBytes { Data($0) }
    return add("Constant", at: path, .tensor("value", .init(shape: [numbers.count], .int64, bytes: bytes)))
  }

  /// The sequence with its axes in another order.
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

  /// Adds what a module computes and returns its output.
  ///
  /// - Throws: ``NetworkError/notExportable(path:layer:_:)``, `InterruptionError`.
  mutating func write(_ module: any Module, _ input: ONNXValue, at path: String) throws -> ONNXValue {
    try Interruption.check("the export")
    guard let layer = module as? any ONNXWritable else { throw module.notBuiltIn(at: path, for: "ONNX") }
    guard nodes.count < Self.maxNodes else {
      throw module.notExportable(at: path, "the model has more than \(Self.maxNodes) operations up to here")
    }
    if paths[ObjectIdentifier(module)] == nil { paths[ObjectIdentifier(module)] = path }
    return try layer.write(input, at: path, to: &self)
  }

  /// Records that the model works for the given number of time steps only.
  mutating func fixTime() { fixesTime = true }

  /// A graph inside this one: what `build` adds, from `inputs` (batch, width) to the values that it returns.
  mutating func nested(
    _ name: String, inputs: [String], width: Int, _ build: (inout ONNXGraph, [String]) throws -> [String]
  ) rethrows -> Onnx_GraphProto {
    var inner = ONNXGraph()
    inner.usedNames = usedNames
    let names = inputs.map { inner.unique("\(name)/\($0)") }
    var results: [String] = []
    for result in try build(&inner, names) {
      // Results need distinct names, other than those of the inputs.
      let isUsed = results.contains(result) || names.contains(result)
      results.append(isUsed ? inner.add("Identity", result, at: name) : result)
    }
    usedNames = inner.usedNames
    var graph = Onnx_GraphProto()
    graph.name = name
    graph.node = inner.nodes
    let sizes: [ONNXSize] = [.named("batch"), .known(width)]
    graph.input = names.map { .init(named: $0, .float, sizes) }
    graph.output = results.map { .init(named: $0, .float, sizes) }
    return graph
  }

  /// Renames the graph's result to `output`.
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
    for index in nodes.indices {
      nodes[index].input = nodes[index].input.map { $0 == value.name ? "output" : $0 }
      nodes[index].output = nodes[index].output.map { $0 == value.name ? "output" : $0 }
    }
  }

  private mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = 1
    while !usedNames.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }
}

/// A layer that can be expressed in ONNX, opset 17, as it computes in evaluation mode.
protocol ONNXWritable: Module {
  /// Adds the layer to a graph and returns its output.
  ///
  /// - Throws: ``NetworkError/notExportable(path:layer:_:)`` when the input does not fit, or ONNX has no counterpart.
  func write(_ input: ONNXValue, at path: String, to graph: inout ONNXGraph) throws -> ONNXValue
}

extension ONNXWritable {
  /// Throws unless the input consists of numbers with `channels` channels.
  func expect(_ input: ONNXValue, channels: Int, at path: String) throws {
    try expectNumbers(input, at: path)
    guard input.channels == channels else {
      throw notExportable(
        at: path, "it takes \(channels) channels, but its input is \(input.shape)",
        hint: "give the sizes of the model's own input"
      )
    }
  }

  /// Throws for integers.
  func expectNumbers(_ input: ONNXValue, at path: String) throws {
    guard input.form != .indices else {
      throw notExportable(
        at: path, "it takes numbers, but its input is \(input.shape)", hint: "give the input's channels")
    }
  }

  /// Throws unless the input is a sequence.
  func expectSequence(_ input: ONNXValue, at path: String) throws {
    try expectNumbers(input, at: path)
    guard case .sequence = input.form else {
      throw notExportable(at: path, "it takes (batch, time, channels), but its input is \(input.shape)")
    }
  }
}
