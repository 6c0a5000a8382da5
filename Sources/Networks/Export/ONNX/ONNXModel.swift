import Foundation
import ONNXSchema
import Support
import SwiftProtobuf

/// Models made of built-in layers as ONNX files, opset 17.
///
/// The graph takes `input` (batch, time, channels) and gives `output`, as the model does, channels last. The number of
/// samples is open, and of time steps where no Flatten fixes it. Initializers are the model's state by its own names.
/// Source: Open Neural Network Exchange, IR version 8.
public enum ONNXModel {
  static let opset: Int64 = 17
  /// The version of the file's own schema that came with opset 17.
  private static let schema: Int64 = 8
  /// What a protocol buffer can hold.
  private static let maxBytes = 1 << 31 - 1 << 20

  /// The bytes of the file.
  ///
  /// - Throws: ``NetworkError`` with the layer that has no counterpart, or whose input does not fit.
  public static func encode(_ module: any Module, input: ExportInput) throws -> Data {
    let bytes = module.state.reduce(0) { $0 + $1.tensor.byteCount }
    guard bytes < maxBytes else {
      throw module.refusal(
        at: "",
        "its state has \(ByteCount(bytes)), an ONNX file holds less than 2 GiB",
        hint: "export its state alone, as "
          + ".safetensors")
    }
    return try proto(of: module, input: input).serializedData()
  }

  private static func proto(of module: any Module, input: ExportInput) throws -> Onnx_ModelProto {
    var graph = ONNXGraph()
    let start = ONNXValue(input)
    let found = try graph.write(module, start, at: "")
    let end = graph.arrange(found, .batchTimeChannels, at: "output")
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

  /// Name, type and shape for those who use the graph; sequences are (batch, time, channels).
  fileprivate func info(named name: String, isTimeFixed: Bool) -> Onnx_ValueInfoProto {
    let time: ONNXSize = isTimeFixed ? .known(self.time) : .named(timeName)
    return switch form {
    case .vector: .init(named: name, .float, [.named("batch"), .known(channels)])
    case .sequence: .init(named: name, .float, [.named("batch"), time, .known(channels)])
    case .indices: .init(named: name, .int64, [.named("batch"), time])
    }
  }
}
