import Foundation
import Networks
import ONNXSchema
import SwiftProtobuf
import Tensors
import Testing

/// What is in exported ONNX files; that others compute the same from them, `scripts/exports` checks.
@Suite struct ONNXExportTests {
  private let input = ExportInput.sequence(time: 201, channels: 20)

  private func m5() throws -> Onnx_ModelProto {
    try Onnx_ModelProto(of: M5(channels: 8, classes: 5, on: Device()).network, input)
  }

  @Test func saysWhatItIs() throws {
    let file = try m5()
    #expect(file.irVersion == 8 && file.producerName == "nightjar")
    #expect(file.opsetImport.map(\.version) == [17] && file.opsetImport.map(\.domain) == [""])
    #expect(file.graph.input.map(\.name) == ["input"] && file.graph.output.map(\.name) == ["output"])
    #expect(Onnx_ModelProto.sizes(file.graph.input.first) == ["batch", "time", "20"])
    #expect(Onnx_ModelProto.sizes(file.graph.output.first) == ["batch", "5"])
  }

  @Test func turnsTheInputOnce() throws {
    let block = ["Conv", "BatchNormalization", "Relu", "MaxPool"]
    #expect(
      try m5().operations == ["Transpose"] + block + block + block + block + ["ReduceMean", "Gemm"])
  }

  @Test func initializersAreTheState() throws {
    let model = try M5(channels: 8, classes: 5, on: Device()).network
    let file = try Onnx_ModelProto(of: model, input)
    let state = model.state.filter { !$0.name.hasSuffix("num_batches_tracked") }
    #expect(file.graph.initializer.map(\.name) == state.map(\.name))
    for (tensor, entry) in zip(file.graph.initializer, state) {
      #expect(tensor.dims == entry.tensor.shape.map(Int64.init), "\(entry.name)")
      #expect(try tensor.rawData == entry.tensor.bytes, "\(entry.name)")
    }
  }

  @Test func equalModelsGiveEqualBytes() throws {
    let model = try M5(channels: 8, classes: 5, on: Device()).network
    let first = try ONNXModel.encode(model, input: input)
    model.setTraining(false)
    #expect(try ONNXModel.encode(model, input: input) == first)
  }

  /// Name, layers, and the sizes of the input and the output that the file has.
  static let sizes: [(ExportCase, [String], [String])] = [
    (
      ExportCase("a sequence") { [("a", try GRULayer(4, 3, with: &$0))] }, ["batch", "time", "4"],
      [
        "batch", "time", "3",
      ]
    ),
    (
      ExportCase("strides") { [("a", try Conv1dLayer(4, 6, kernel: 3, Conv1d(stride: 2), with: &$0))] },
      ["batch", "time", "4"], ["batch", "output_time", "6"]
    ),
    (
      ExportCase("Flatten fixes the time") {
        [("a", FlattenLayer()), ("b", try LinearLayer(80, 3, with: &$0))]
      }, ["batch", "20", "4"], ["batch", "3"]
    ),
    (
      ExportCase("indices", .indices(time: 6)) { [("a", try EmbeddingLayer(5, 2, with: &$0))] },
      ["batch", "time"], ["batch", "time", "2"]
    ),
    (
      ExportCase("vectors", .vector(channels: 4)) { [("a", try LinearLayer(4, 3, with: &$0))] },
      ["batch", "4"], ["batch", "3"]
    ),
    (
      ExportCase("nothing") { [("a", try DropoutLayer(0.5, with: &$0))] }, ["batch", "time", "4"],
      ["batch", "time", "4"]
    ),
  ]

  @Test(arguments: sizes) func hasItsSizes(_ c: ExportCase, _ input: [String], _ output: [String]) throws {
    let file = try Onnx_ModelProto(of: c.model(), c.input)
    #expect(Onnx_ModelProto.sizes(file.graph.input.first) == input)
    #expect(Onnx_ModelProto.sizes(file.graph.output.first) == output)
    #expect(file.graph.node.last?.output == ["output"])
  }

  @Test func sharedPartsKeepOneState() throws {
    let model = try ExportCase("") {
      let shared = try LinearLayer(4, 4, with: &$0)
      return [("a", shared), ("b", ActivationLayer("ReLU", ReLU())), ("c", shared)]
    }.model()
    let file = try Onnx_ModelProto(of: model, .vector(channels: 4))
    #expect(file.operations == ["Gemm", "Relu", "Gemm"])
    #expect(file.graph.initializer.map(\.name) == ["a.weight", "a.bias"])
    #expect(Set(file.graph.node.map(\.name)).count == 3)
  }

  static let refused = [
    ExportCase("a foreign layer", says: "in layer b, Oddity:", "not a built-in layer", "Hint:") {
      [("a", try LinearLayer(4, 4, with: &$0)), ("b", ForeignLayer())]
    },
    ExportCase("deep within", says: "in layer a.body.inner, Oddity:") { _ in
      [("a", try ResidualLayer(SequentialLayer([("inner", ForeignLayer())])))]
    },
    ExportCase(
      "other channels", says: "in layer a, Conv1d(5, 6, kernel 3): it takes 5 channels", "(batch, 20, 4)"
    ) {
      [("a", try Conv1dLayer(5, 6, kernel: 3, with: &$0))]
    },
    ExportCase("too short", says: "in layer a,", "spans 21 time steps, its input has 20") {
      [("a", try Conv1dLayer(4, 6, kernel: 21, with: &$0))]
    },
    ExportCase("too many pools", says: "in layer b, MaxPool1d(9):", "its input has 5") { _ in
      [("a", MaxPool1dLayer(PoolingWindows(kernel: 4))), ("b", MaxPool1dLayer(PoolingWindows(kernel: 9)))]
    },
    ExportCase("a pool's padding", says: "in layer a, AvgPool1d(2): the padding is 2") { _ in
      [("a", AvgPool1dLayer(PoolingWindows(kernel: 2, padding: 2)))]
    },
    ExportCase(
      "a sequence where a vector is given", .vector(channels: 4), says: "in layer a, GRU(4, 3):", "(batch, 4)"
    ) {
      [("a", try GRULayer(4, 3, with: &$0))]
    },
    ExportCase("numbers for an Embedding", says: "in layer a, Embedding(5, 2): it takes integers") {
      [("a", try EmbeddingLayer(5, 2, with: &$0))]
    },
    ExportCase(
      "integers for a Linear", .indices(time: 6), says: "in layer a, Linear(4, 4): it takes numbers"
    ) {
      [("a", try LinearLayer(4, 4, with: &$0))]
    },
    ExportCase(
      "ends that differ", says: "in layer a, Residual: its body returns (batch, 20, 6)", "(batch, 20, 4)"
    ) {
      [("a", try ResidualLayer(LinearLayer(4, 6, with: &$0)))]
    },
    ExportCase("a start that is drawn", says: "in layer a, RadLIF(4, 3):", "the initial state \"zeros\"") {
      [("a", try RadLIFLayer(4, 3, start: .uniform, with: &$0))]
    },
    ExportCase("an unknown function", says: "in layer a, Odd:", "no operator for sin") { _ in
      [("a", ActivationLayer("Odd", Sine()))]
    },
  ]

  @Test(arguments: refused) func refusesByName(_ c: ExportCase) throws {
    try c.expectRefusal { try ONNXModel.encode($0, input: $1) }
  }

  @Test func endsWhereNothingCouldLoadIt() throws {
    var part: any Networks.Module = ActivationLayer("ReLU", ReLU())
    for _ in 0..<20 { part = try SequentialLayer([("a", part), ("b", part)]) }
    let model = part
    let error = #expect(throws: NetworkError.self) {
      try ONNXModel.encode(model, input: .vector(channels: 2))
    }
    #expect(error?.description.contains("more than 100000 operations") == true)
  }
}
