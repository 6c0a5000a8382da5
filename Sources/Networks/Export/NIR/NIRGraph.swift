import Support
import Tensors

/// A NIR graph: nodes by name, and which feeds which (Pedersen et al. 2024, arXiv 2311.14641).
struct NIRGraph {
  /// What a node's field holds.
  enum Field {
    case numbers(Tensor)
    case whole([Int])
    case single(Int)
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
  private var taken: Set<String> = ["input", "output"]
  private var bytes = 0

  init(timeStep: Double) { self.timeStep = timeStep }

  /// Adds a node that is fed by another one; gives its name.
  mutating func add(
    _ type: String, named name: String, after source: String?, _ fields: [(name: String, value: Field)]
  ) -> String {
    let free = unique(name)
    put(type, named: free, after: source, fields)
    return free
  }

  /// Adds the graph's `input` or `output`.
  mutating func addEnd(_ type: String, after source: String?, shape: [Int]) {
    put(type, named: type.lowercased(), after: source, [("shape", .whole(shape))])
  }

  /// Has one node feed another one; what feeds a node is added up.
  mutating func connect(_ source: String, to target: String) { edges.append((source, target)) }

  private mutating func put(
    _ type: String, named name: String, after source: String?, _ fields: [(name: String, value: Field)]
  ) {
    nodes.append(Node(name: name, type: type, fields: fields))
    for case (_, .numbers(let tensor)) in fields { bytes += tensor.byteCount }
    if let source { connect(source, to: name) }
  }

  /// Adds what a module computes; gives its output.
  mutating func write(_ module: any Module, _ input: NIRValue, at path: String) throws -> NIRValue {
    try Interruption.check("the export")
    guard nodes.count < Self.maxNodes, bytes < Self.maxBytes else {
      throw module.refusal(
        at: path,
        "the graph has \(nodes.count) nodes and \(ByteCount(bytes)) by then, as parts used twice are written "
          + "twice", hint: "fewer of them")
    }
    if let layer = module as? any NIRWritable { return try layer.write(input, at: path, to: &self) }
    guard module is any ONNXWritable else { throw module.foreign(at: path, to: "NIR") }
    throw module.refusal(at: path, "NIR has no node for it", hint: "leave it out, or export as .onnx")
  }

  /// A free name that HDF5 takes for one: it goes into a folder at "/".
  private mutating func unique(_ name: String) -> String {
    let kept = name.map { $0 == "/" || $0 == "\0" ? "_" : $0 }
    let isPlace = kept.isEmpty || kept.allSatisfy { $0 == "." }
    let base = isPlace ? "layer" : String(kept)
    var free = base
    var number = 1
    while !taken.insert(free).inserted {
      number += 1
      free = "\(base)_\(number)"
    }
    return free
  }
}

/// What a node gives, without the samples.
struct NIRValue {
  enum Form: Equatable {
    /// A vector at each time step.
    case steps
    /// A whole clip at once, (channels, time).
    case clip(time: Int)
    /// A whole clip as one vector, channel by channel.
    case flattened(time: Int)
    /// One vector a clip.
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

/// A layer that NIR has a node for, or a few.
protocol NIRWritable: Module {
  /// Adds the layer to a graph; gives its output.
  ///
  /// - Throws: ``NetworkError`` with the layer's name when it cannot be put exactly.
  func write(_ input: NIRValue, at path: String, to graph: inout NIRGraph) throws -> NIRValue
}
