import Support
import Tensors

/// A NIR graph: named nodes, and edges between them. Source: Pedersen et al. 2024, arXiv 2311.14641.
struct NIRGraph {
  /// The value of a node's field.
  enum Field {
    case numbers(Tensor)
    case integers([Int])
    case integer(Int)
    case text(String)
  }

  struct Node {
    let name: String
    let type: String
    let fields: [(name: String, value: Field)]
  }

  private static let maxNodes = 100_000
  private static let maxBytes = 2 << 30

  /// Seconds between two time steps.
  let timeStep: Double
  private(set) var nodes: [Node] = []
  private(set) var edges: [(from: String, to: String)] = []
  private var usedNames: Set<String> = ["input", "output"]
  private var bytes = 0

  init(timeStep: Double) { self.timeStep = timeStep }

  /// Adds a node with an edge from another one, and returns its name.
  mutating func add(
    _ type: String, named name: String, after source: String?, _ fields: [(name: String, value: Field)]
  ) -> String {
    let name = unique(name)
    append(type, named: name, after: source, fields)
    return name
  }

  /// Adds the graph's `input` or `output`.
  mutating func addEnd(_ type: String, after source: String?, shape: [Int]) {
    append(type, named: type.lowercased(), after: source, [("shape", .integers(shape))])
  }

  /// Adds an edge; a node's input is the sum over its incoming edges.
  mutating func connect(_ source: String, to target: String) { edges.append((source, target)) }

  private mutating func append(
    _ type: String, named name: String, after source: String?, _ fields: [(name: String, value: Field)]
  ) {
    nodes.append(Node(name: name, type: type, fields: fields))
    for case (_, .numbers(let tensor)) in fields { bytes += tensor.byteCount }
    if let source { connect(source, to: name) }
  }

  /// Adds what a module computes and returns its output.
  ///
  /// - Throws: ``NetworkError/notExportable(path:layer:_:)``, `InterruptionError`.
  mutating func write(_ module: any Module, _ input: NIRValue, at path: String) throws -> NIRValue {
    try Interruption.check("the export")
    guard nodes.count < Self.maxNodes, bytes < Self.maxBytes else {
      throw module.notExportable(
        at: path,
        "the graph has \(nodes.count) nodes and \(ByteCount(bytes)) up to here; a part used twice is written twice",
        hint: "use fewer parts")
    }
    if let layer = module as? any NIRWritable { return try layer.write(input, at: path, to: &self) }
    guard module is any ONNXWritable else { throw module.notBuiltIn(at: path, for: "NIR") }
    throw module.notExportable(at: path, "NIR has no node for it", hint: "remove it, or export as .onnx")
  }

  /// An unused name that is valid in HDF5, where "/" separates groups.
  private mutating func unique(_ name: String) -> String {
    let escaped = name.map { $0 == "/" || $0 == "\0" ? "_" : $0 }
    let isReserved = escaped.isEmpty || escaped.allSatisfy { $0 == "." }
    let base = isReserved ? "layer" : String(escaped)
    var candidate = base
    var number = 1
    while !usedNames.insert(candidate).inserted {
      number += 1
      candidate = "\(base)_\(number)"
    }
    return candidate
  }
}

/// A node's output, without the batch dimension.
struct NIRValue {
  enum Form: Equatable {
    /// A vector at each time step.
    case steps
    /// A whole clip at once, (channels, time).
    case clip(time: Int)
    /// A whole clip as one vector, channel by channel.
    case flattened(time: Int)
    /// One vector for each clip.
    case vector
  }

  var node: String
  var form: Form
  var channels: Int

  var shape: [Int] {
    switch form {
    case .steps, .vector: [channels]
    case .clip(let time): [channels, time]
    case .flattened(let time): [channels * time]
    }
  }
}

/// A layer that NIR can represent by one or more nodes.
protocol NIRWritable: Module {
  /// Adds the layer to a graph and returns its output.
  ///
  /// - Throws: ``NetworkError/notExportable(path:layer:_:)`` when NIR cannot represent it exactly.
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue
}
