import Foundation
import Tensors

/// Models of Linear, LIF, Leaky, Conv1d and Flatten layers as NIR files, which the `nir` package and the programs built
/// on it read.
///
/// NIR's neurons are differential equations. Solved by Euler's method in steps of `dt`, which stands in the graph's
/// metadata, they return what the layers here return, step by step:
///
/// | layer | nodes |
/// |---|---|
/// | Leaky, reset "zero" | LIF with τ = dt/(1 − β), R = 1/(1 − β), v_reset = 0; IF with R = 1/dt where β = 1 |
/// | Leaky, reset "none" | LI (I where β = 1) and a Threshold |
/// | Leaky, reset "subtract" | the same, and an edge back over a Scale of −θ |
/// | LIF | LI with τ = dt/(1 − α), R = 1, a Threshold of 1, and an edge back over a Scale of −α/(1 − α) |
///
/// NIR's own LIF resets to a value, so a subtracted threshold needs the edge back, which carries the spike of the step
/// before. A model with Conv1d or Flatten takes whole clips (channels, time) and can have no neurons.
/// Sources: Pedersen et al. 2024, arXiv 2311.14641; the layout on disk is that of the nir package 1.0.
public enum NIRModel {
  /// snnTorch's default for the seconds between two time steps.
  public static let defaultTimeStep = 1e-4
  /// Seconds whose inverse is a float32 too, with room for the factors of the neurons.
  public static let timeSteps = 1e-12...1e6
  /// The version of the layout.
  private static let version = "1.0"

  /// The bytes of the file.
  ///
  /// - Parameters:
  ///   - module: the model, of the layers named above.
  ///   - input: the sizes of its input; NIR has nothing for ``ExportInput/indices(time:)``.
  ///   - timeStep: seconds between two time steps, in ``timeSteps``.
  /// - Throws: ``NetworkError/notExportable(path:layer:_:)`` with the layer that has no counterpart, or whose input
  ///   does not fit, ``NetworkError/badArgument(operation:reason:hint:)`` for a time step out of range;
  ///   `InterruptionError`.
  public static func encode(
    _ module: any Module, input: ExportInput, timeStep: Double = defaultTimeStep
  ) throws -> Data {
    try content(of: module, input: input, timeStep: timeStep).bytes
  }

  /// The bytes of the file, and remarks on readers that refuse parts of it, one line each.
  ///
  /// - Throws: as ``encode(_:input:timeStep:)``.
  public static func content(
    of module: any Module, input: ExportInput, timeStep: Double = defaultTimeStep
  ) throws -> ModelFile.Content {
    guard timeSteps.contains(timeStep) else {
      throw NetworkError.badArgument(
        operation: "export",
        reason: "the time step is \(timeStep) s, expected \(timeSteps.lowerBound) to \(timeSteps.upperBound)")
    }
    var graph = NIRGraph(timeStep: timeStep)
    let start = try start(input, of: module)
    graph.addEnd("Input", after: nil, shape: start.shape)
    let end = try graph.write(module, start, at: "")
    graph.addEnd("Output", after: end.node, shape: end.shape)
    return ModelFile.Content(bytes: try encode(graph), warnings: graph.remarks)
  }

  private static func start(_ input: ExportInput, of module: any Module) throws -> NIRValue {
    switch input {
    case .sequence(let time, let channels):
      let takesClips = module.descendants.contains { $0.module is Conv1dLayer || $0.module is FlattenLayer }
      return NIRValue(node: "input", form: takesClips ? .clip(time: time) : .steps, channels: channels)
    case .vector(let channels): return NIRValue(node: "input", form: .vector, channels: channels)
    case .indices:
      throw module.notExportable(at: "", "NIR has no node for an Embedding", hint: "export as .onnx")
    }
  }

  private static func encode(_ graph: NIRGraph) throws -> Data {
    try HDF5File.bytes { file in
      try file.add("version", .text(version))
      try file.makeGroup("node")
      try file.add("node/type", .text("NIRGraph"))
      try file.makeGroup("node/metadata")
      try file.add("node/metadata/dt", .number(graph.timeStep))
      try file.add("node/metadata/producer", .text("nightjar"))
      try file.add("node/edges", .texts(graph.edges.map { [$0.from, $0.to] }))
      try file.makeGroup("node/nodes")
      for node in graph.nodes {
        let group = "node/nodes/\(node.name)"
        try file.makeGroup(group)
        try file.add("\(group)/type", .text(node.type))
        for field in node.fields {
          switch field.value {
          case .numbers(let tensor):
            try file.add("\(group)/\(field.name)", .floats(tensor.bytes, shape: tensor.shape))
          case .integers(let numbers): try file.add("\(group)/\(field.name)", .integers(numbers))
          case .integer(let number): try file.add("\(group)/\(field.name)", .integer(number))
          case .text(let text): try file.add("\(group)/\(field.name)", .text(text))
          }
        }
      }
    }
  }
}
