import Foundation
import Networks
import Tensors
import Testing

/// What is refused for NIR, and that files are files; what is in them, the nir package checks in `scripts/exports`.
@Suite struct NIRExportTests {
  @Test func isHDF5AndTheSameEachTime() throws {
    let model = try ExportCase("") {
      [
        ("a", try LinearLayer(4, 8, with: &$0)),
        ("b/c", try LIFLayer(8, spike: Surrogate.boxcar.formula(), with: &$0)),
      ]
    }.model()
    let input = ExportInput.sequence(time: 20, channels: 4)
    let file = try NIRModel.encode(model, input: input)
    #expect(file.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]))
    #expect(try NIRModel.encode(model, input: input) == file)
    // A folder's name has no "/" in it.
    #expect(file.range(of: Data("b_c.spikes".utf8)) != nil)
  }

  /// What snnTorch's reader refuses is said.
  @Test func remarksNameTheNodesOfOtherReaders() throws {
    func remarks(_ reset: LeakyLayer.Reset, step: Double = NIRModel.defaultTimeStep) throws -> [String] {
      let model = try ExportCase("") {
        [("a", try LinearLayer(4, 8, with: &$0)), ("b", try LeakyLayer(beta: 0.9, reset: reset, with: &$0))]
      }.model()
      return try NIRModel.content(of: model, input: .sequence(time: 20, channels: 4), timeStep: step).warnings
    }
    #expect(try remarks(.zero).isEmpty)
    #expect(try remarks(.zero, step: 1e-3).map { $0.contains("0.0001 s") } == [true])
    #expect(try remarks(.subtract).map { $0.contains("refuses its nodes LI, Scale, Threshold") } == [true])
  }

  static let refused = [
    ExportCase("a foreign layer", says: "in layer a, Oddity:", "not a built-in layer") { _ in
      [("a", ForeignLayer())]
    },
    ExportCase("a layer without a node", says: "in layer b, BatchNorm1d(4): NIR has no node for it", "Hint:")
    {
      [("a", try LinearLayer(4, 4, with: &$0)), ("b", try BatchNorm1dLayer(4, with: &$0))]
    },
    ExportCase("other channels", says: "in layer a, Linear(5, 4): it takes 5 channels, but its input has 4") {
      [("a", try LinearLayer(5, 4, with: &$0))]
    },
    ExportCase("neurons after a convolution", says: "in layer b, Leaky:", "NIR takes a whole clip at once") {
      [("a", try Conv1dLayer(4, 4, kernel: 3, with: &$0)), ("b", try LeakyLayer(beta: 0.9, with: &$0))]
    },
    ExportCase("groups", says: "in layer a, Conv1d(4, 4, kernel 3, groups 2):", "in 2 groups") {
      [("a", try Conv1dLayer(4, 4, kernel: 3, Conv1d(groups: 2), with: &$0))]
    },
    ExportCase("a Linear over clips", says: "in layer b, Linear(4, 4):", "put a Flatten layer before it") {
      [("a", try Conv1dLayer(4, 4, kernel: 3, with: &$0)), ("b", try LinearLayer(4, 4, with: &$0))]
    },
    ExportCase("an Embedding", .indices(time: 3), says: "NIR has no node for an Embedding") {
      [("a", try EmbeddingLayer(5, 2, with: &$0))]
    },
  ]

  @Test(arguments: refused) func refusesByName(_ c: ExportCase) throws {
    try c.expectRefusal { try NIRModel.encode($0, input: $1) }
  }

  @Test(arguments: [0, -1, 1e-300, 1e300, Double.infinity, .nan]) func needsATimeStep(_ step: Double) throws {
    let model = try ExportCase("") { [("a", try LinearLayer(4, 8, with: &$0))] }.model()
    #expect(throws: NetworkError.self) {
      try NIRModel.encode(model, input: .vector(channels: 4), timeStep: step)
    }
  }
}
