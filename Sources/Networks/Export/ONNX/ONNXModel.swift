import Foundation
import ONNXSchema
import Support
import SwiftProtobuf

/// Models of built-in layers as ONNX files, opset 17.
///
/// The graph has the model's own shapes, channels last: `input` (batch, time, channels) and `output`. The number of
/// samples is left open, and that of time steps unless a Flatten fixes it. Initializers are the model's state under its
/// own names. Source: Open Neural Network Exchange, IR version 8.
public enum ONNXModel {
  static let opset: Int64 = 17
  /// The IR version that came with opset 17.
  private static let schema: Int64 = 8
  /// What a protocol buffer can hold, with room for the graph.
  private static let maxBytes = 1 << 31 - 1 << 20

  /// The bytes of the file.
  ///
  /// - Throws: ``NetworkError/notExportable(path:layer:_:)`` with the layer that has no counterpart, or whose input
  ///   does not fit; `InterruptionError`.
  public static func encode(_ module: any Module, input: ExportInput) throws -> Data {
    let bytes = module.state.reduce(0) { $0 + $1.tensor.byteCount }
    guard bytes < maxBytes else {
      throw module.notExportable(
        at: "",
        "its state has \(ByteCount(bytes)), an ONNX file holds less than 2 GiB",
        hint: "export its state alone, as .safetensors")
    }
    return try proto(of: module, input: input).serializedData()
  }

  private static func proto(of module: any Module, input: ExportInput) throws -> Onnx_ModelProto {
    var graph = ONNXGraph()
    let start = ONNXValue(input)
    let result = try graph.write(module, start, at: "")
    let end = graph.arrange(result, .batchTimeChannels, at: "output")
    graph.finish(end)
    var proto = Onnx_ModelProto()
    proto.irVersion = schema
    proto.producerName = "nightjar"
    var opset = Onnx_OperatorSetIdProto()
    opset.version = Self.opset
    proto.opsetImport = [opset]
    proto.graph.name = module.description
    proto.graph.node = graph.nodes
    proto.graph.initializer = graph.initializers
    proto.graph.input = [start.info(named: "input", isTimeFixed: graph.fixesTime)]
    proto.graph.output = [end.info(named: "output", isTimeFixed: graph.fixesTime)]
    return proto
  }
}

extension ONNXValue {
  init(_ input: ExportInput) {
    switch input {
    case .sequence(let time, let channels):
      self.init(name: "input", form: .sequence(.batchTimeChannels), time: time, channels: channels)
    case .vector(let channels): self.init(name: "input", form: .vector, channels: channels)
    case .indices(let time): self.init(name: "input", form: .indices, time: time, channels: 0)
    }
  }

  /// The name, type and shape in the graph's interface; sequences are (batch, time, channels).
  fileprivate func info(named name: String, isTimeFixed: Bool) -> Onnx_ValueInfoProto {
    let time: ONNXSize = isTimeFixed ? .known(self.time) : .named(timeName)
    return switch form {
    case .vector: .init(named: name, .float, [.named("batch"), .known(channels)])
    case .sequence: .init(named: name, .float, [.named("batch"), time, .known(channels)])
    case .indices: .init(named: name, .int64, [.named("batch"), time])
    }
  }
}
