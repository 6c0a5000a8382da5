import Tensors
import TestSupport
import Testing

/// An operation of the fixture `ops`: its inputs by name, and how ours computes it in PyTorch's layout.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [String]
  let run: @Sendable ([Tensor]) throws -> Tensor
  var testDescription: String { name }

  init(_ name: String, _ inputs: String, _ run: @escaping @Sendable ([Tensor]) throws -> Tensor) {
    self.name = name
    self.run = run
    self.inputs = inputs.split(separator: " ").map(String.init)
  }
}

/// Values and gradients of 89 of the fixture's 90 operations, made by PyTorch 2.11.
@Suite struct GoldenOperationTests {
  static let fixture = Result { try GoldenFixture("ops") }
  static let cases =
    GoldenCases.elementwise + GoldenCases.reductions + GoldenCases.products + GoldenCases.convolutions
    + GoldenCases.normalisations + GoldenCases.indexing + GoldenCases.cells

  /// What is left out, and why.
  static let leftOut = ["conv2d": "the core has one time axis: features are (batch, time, channel)"]

  @Test(arguments: cases) func agreesWithPyTorch(_ golden: GoldenCase) throws {
    let fixture = try Self.fixture.get()
    let device = device()
    let inputs = try golden.inputs.map { name in
      let key = "\(golden.name)/\(name)"
      if let (shape, values) = try? fixture.int32s(key) {
        return try Tensor(values, shape: shape, on: device)
      }
      let (shape, values) = try fixture.tensor(key)
      return try Tensor(values, shape: shape, on: device).leaf()
    }
    let output = try golden.run(inputs)
    if output.dtype == .int32 {
      let stored = try fixture.int32s("\(golden.name)/output")
      #expect(output.shape == stored.shape)
      #expect(try output.values(as: Int32.self) == stored.values)
      return
    }
    #expect(try output.shape == fixture.tensor("\(golden.name)/output").shape)
    try fixture.expectClose(output.floatValues, "\(golden.name)/output")
    let upstream = try fixture.tensor("\(golden.name)/grad_output")
    try output.backward(Tensor(upstream.values, shape: upstream.shape, on: device))
    for (name, input) in zip(golden.inputs, inputs) {
      let key = "\(golden.name)/grad_\(name)"
      guard fixture.names.contains(key) else { continue }
      let gradient = try #require(input.gradient, "\(key) is missing")
      #expect(gradient.shape == input.shape)
      try fixture.expectClose(gradient.floatValues, key)
    }
  }

  @Test func nothingIsForgotten() throws {
    let all = try #require(try Self.fixture.get().parameters()["ops"] as? [String])
    let covered = Set(Self.cases.map(\.name))
    #expect(all.filter { !covered.contains($0) } == Self.leftOut.keys.sorted())
    #expect(all.count == 90)
  }
}
