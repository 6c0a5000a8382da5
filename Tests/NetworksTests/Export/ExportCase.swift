import Foundation
import Networks
import ONNXSchema
import SwiftProtobuf
import Tensors
import Testing

/// A model made for one export.
struct ExportCase: Sendable, CustomTestStringConvertible {
  typealias Parts = [(name: String, module: any Networks.Module)]

  let testDescription: String
  let input: ExportInput
  /// What the message says, or nothing for one that is written.
  let says: [String]
  let make: @Sendable (inout Initialiser) throws -> any Networks.Module

  init(
    _ name: String, _ input: ExportInput = .sequence(time: 20, channels: 4), says: String...,
    parts: @escaping @Sendable (inout Initialiser) throws -> Parts
  ) {
    testDescription = name
    self.input = input
    self.says = says
    make = { try SequentialLayer(parts(&$0)) }
  }

  func model() throws -> any Networks.Module {
    var initialiser = Initialiser(seed: 3, device: Device())
    return try make(&initialiser)
  }

  /// Expects the refusal, which has the exit code of a script's mistake.
  func expectRefusal(by encode: (any Networks.Module, ExportInput) throws -> Data) throws {
    let model = try model()
    let error = #expect(throws: NetworkError.self) { try encode(model, input) }
    for part in says { #expect(error?.description.contains(part) == true, "\(error?.description ?? "")") }
    #expect(error?.exitCode == .script)
  }
}

extension Onnx_ModelProto {
  /// A model's file, read again.
  init(of module: any Networks.Module, _ input: ExportInput) throws {
    try self.init(serializedBytes: ONNXModel.encode(module, input: input))
  }

  var operations: [String] { graph.node.map(\.opType) }

  /// The sizes of a graph's input or output; names are of open ones.
  static func sizes(_ info: Onnx_ValueInfoProto?) -> [String] {
    (info?.type.tensorType.shape.dim ?? []).map { dimension in
      switch dimension.value {
      case .dimValue(let size): String(size)
      case .dimParam(let name): name
      case nil: "?"
      }
    }
  }
}

/// A layer that is not built in.
final class ForeignLayer: Networks.Module {
  var isTraining = true
  let description = "Oddity"
  func forward(_ input: Tensor) throws -> Tensor { input }
}
