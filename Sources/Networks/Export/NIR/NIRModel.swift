import Foundation
import Tensors

/// Models made of Linear, LIF, Leaky, Conv1d and Flatten as NIR files, which the `nir` package and what builds on it
/// read.
///
/// NIR's neurons are differential equations; solved by Euler's method in steps of `dt`, which the graph's metadata
/// have, they give what the layers here give, step by step:
///
/// | layer | nodes |
/// |---|---|
/// | Leaky, reset "zero" | LIF with τ = dt/(1 − β), R = 1/(1 − β), v_reset = 0; IF with R = 1/dt where β = 1 |
/// | Leaky, reset "none" | LI (I where β = 1) and a Threshold |
/// | Leaky, reset "subtract" | the same, and an edge back over a Scale of −θ |
/// | LIF | LI with τ = dt/(1 − α), R = 1, a Threshold of 1, and an edge back over a Scale of −α/(1 − α) |
///
/// NIR's own LIF resets to a value, so a threshold that is subtracted takes the edge back: it brings the spike of the
/// step before. A model with Conv1d or Flatten takes whole clips (channels, time) at once and has no neurons.
/// Sources: Pedersen et al. 2024, arXiv 2311.14641; the layout on disk is that of the nir package 1.0.
public enum NIRModel {
  /// What snnTorch takes for the time between two steps unless told.
  public static let usualStep = 1e-4
  /// Seconds whose inverse a float32 holds as well, with room for what neurons are multiplied by.
  public static let timeSteps = 1e-12...1e6
  /// Which layout the file says it has.
  private static let version = "1.0"

  /// The bytes of the file.
  ///
  /// - Throws: ``NetworkError`` with the layer that has no counterpart, or whose input does not fit.
  public static func encode(
    _ module: any Module, input: ExportInput, timeStep: Double = usualStep
  ) throws -> Data {
    guard timeSteps.contains(timeStep) else {
      throw TensorError.badArgument(
        operation: "export",
        reason: "dt is \(timeStep), expected seconds between two time steps, \(timeSteps.lowerBound) to "
          + "\(timeSteps.upperBound)")
    }
    var graph = NIRGraph(timeStep: timeStep)
    let start = try start(input, of: module)
    graph.addEnd("Input", after: nil, shape: start.shape)
    let end = try graph.write(module, start, at: "")
    graph.addEnd("Output", after: end.node, shape: end.shape)
    return try encode(graph)
  }

  private static func start(_ input: ExportInput, of module: any Module) throws -> NIRValue {
    switch input {
    case .sequence(let time, let channels):
      let isWhole = module.descendants.contains { $0.module is Conv1dLayer || $0.module is FlattenLayer }
      return NIRValue(node: "input", form: isWhole ? .clip(time: time) : .steps, channels: channels)
    case .vector(let channels): return NIRValue(node: "input", form: .vector, channels: channels)
    case .indices:
      throw module.refusal(at: "", "NIR has no node for an Embedding", hint: "export as .onnx")
    }
  }

  private static func encode(_ graph: NIRGraph) throws -> Data {
    try HDF5File.bytes { file in
      try file.put("version", .text(version))
      try file.makeGroup("node")
      try file.put("node/type", .text("NIRGraph"))
      try file.makeGroup("node/metadata")
      try file.put("node/metadata/dt", .number(graph.timeStep))
      try file.put("node/metadata/producer", .text("nightjar"))
      try file.put("node/edges", .texts(graph.edges.map { [$0.from, $0.to] }))
      try file.makeGroup("node/nodes")
      for node in graph.nodes {
        let place = "node/nodes/\(node.name)"
        try file.makeGroup(place)
        try file.put("\(place)/type", .text(node.type))
        for field in node.fields {
          switch field.value {
          case .numbers(let tensor):
            try file.put("\(place)/\(field.name)", .floats(tensor.bytes, shape: tensor.shape))
          case .whole(let numbers): try file.put("\(place)/\(field.name)", .integers(numbers))
          case .single(let number): try file.put("\(place)/\(field.name)", .integer(number))
          case .text(let text): try file.put("\(place)/\(field.name)", .text(text))
          }
        }
      }
    }
  }
}
