import Networks
import Support
import Tensors
import TestSupport
import Testing

/// Gated layers: one step against PyTorch's cells, many against the same steps one by one.
@Suite struct RecurrentTests {
  private let device = Device()

  @Test func oneStepOfAGRUMatches() throws {
    let golden = try GoldenFixture("ops")
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try GRULayer(3, 4, with: &initialiser)
    try layer.load(state: weights(golden, "gru_cell"))
    let x = try golden.floats("gru_cell/x", on: device)
    let h = try golden.floats("gru_cell/h", on: device)
    let output = try layer.run(x.unsqueezed(1), from: h).squeezed(1)
    try golden.expectClose(output.floatValues, "gru_cell/output")
    try output.backward(golden.floats("gru_cell/grad_output", on: device))
    try expectGradients(of: layer, golden, "gru_cell")
  }

  @Test func oneStepOfAnLSTMMatches() throws {
    let golden = try GoldenFixture("ops")
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try LSTMLayer(3, 4, with: &initialiser)
    try layer.load(state: weights(golden, "lstm_cell"))
    let x = try golden.floats("lstm_cell/x", on: device)
    let start = (
      output: try golden.floats("lstm_cell/h", on: device), cell: try golden.floats("lstm_cell/c", on: device)
    )
    let output = try layer.run(x.unsqueezed(1), from: start).squeezed(1)
    // The stored output is the layer's, then its cell.
    let stored = try golden.floats("lstm_cell/output", on: device).chunk(2, 1)[0].floatValues
    for (a, b) in zip(try output.floatValues, stored) { #expect(abs(a - b) <= 1e-6) }
  }

  @Test(arguments: ["GRU", "LSTM"])
  func manyStepsAreTheStepsOneByOne(kind: String) throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let gru = try GRULayer(3, 5, with: &initialiser)
    let lstm = try LSTMLayer(3, 5, with: &initialiser)
    var random = RandomStream(seed: 2, purpose: "test")
    let input = try Tensor.randn([4, 6, 3], from: &random, on: device)
    // Six steps are five steps and, from where those end, one more: only a GRU shows its whole state.
    if kind == "GRU" {
      let whole = try gru.forward(input)
      var state = try Tensor.zeros([4, 5], on: device)
      for time in 0..<6 {
        state = try gru.run(Slice(1, from: time, count: 1)(input), from: state).select(1, 0)
        #expect(try state.isClose(to: whole.select(1, time), absolute: 1e-6))
      }
    } else {
      // A prefix of the input gives a prefix of the output.
      let whole = try lstm.forward(input)
      let part = try lstm.forward(Slice(1, from: 0, count: 4)(input))
      #expect(try Slice(1, from: 0, count: 4)(whole).isClose(to: part, absolute: 1e-6))
    }
  }

  /// Where operations are observed, a layer runs as elementary operations: a second implementation.
  @Test(arguments: ["GRU", "LSTM"], [(batch: 3, width: 5), (batch: 70, width: 72)])
  func nativeStepsAreTheElementaryOnes(kind: String, sizes: (batch: Int, width: Int)) throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer: any Networks.Module =
      kind == "GRU"
      ? try GRULayer(4, sizes.width, with: &initialiser) : try LSTMLayer(4, sizes.width, with: &initialiser)
    var random = RandomStream(seed: 2, purpose: "test")
    let input = try Tensor.randn([sizes.batch, 7, 4], from: &random, on: device)
    let upstream = try Tensor.randn([sizes.batch, 7, sizes.width], from: &random, on: device)

    func pass(observed: Bool) throws -> (output: Tensor, gradients: [Tensor]) {
      var x = input.detached()
      try x.requireGradient()
      let output =
        observed ? try Observation.by(Indifferent()) { try layer.forward(x) } : try layer.forward(x)
      for parameter in layer.namedParameters.map(\.tensor) { parameter.gradient = nil }
      try output.backward(upstream)
      let gradients = try ([x] + layer.namedParameters.map(\.tensor)).map { try #require($0.gradient) }
      return (output.detached(), gradients)
    }
    let native = try pass(observed: false)
    let elementary = try pass(observed: true)
    #expect(try native.output.floatValues == elementary.output.floatValues)
    // Without a gradient, a step takes the place of the one before.
    #expect(try Recording.off { try layer.forward(input) }.floatValues == native.output.floatValues)
    for (mine, other) in zip(native.gradients, elementary.gradients) {
      let size = try other.floatValues.reduce(0) { max($0, abs($1)) }
      #expect(try mine.isClose(to: other, absolute: 2e-6 * Double(max(1, size))))
    }
  }

  private func weights(_ golden: GoldenFixture, _ cell: String) throws -> [Name: Tensor] {
    let names: [Name: String] = [
      "weight_ih_l0": "w_ih", "weight_hh_l0": "w_hh", "bias_ih_l0": "b_ih", "bias_hh_l0": "b_hh",
    ]
    return try names.mapValues { try golden.floats("\(cell)/\($0)", on: device) }
  }

  private func expectGradients(of layer: any Networks.Module, _ golden: GoldenFixture, _ cell: String) throws
  {
    let names = ["weight_ih_l0": "w_ih", "weight_hh_l0": "w_hh", "bias_ih_l0": "b_ih", "bias_hh_l0": "b_hh"]
    for (name, tensor) in layer.namedParameters {
      let gradient = try #require(tensor.gradient)
      let key = try #require(names[name])
      try golden.expectClose(gradient.floatValues, "\(cell)/grad_\(key)")
    }
  }
}

/// An observer that counts nothing.
private final class Indifferent: OperationObserver {
  func observe(
    _ operation: any Tensors.Operation, _ inputs: [Tensor], _ output: Tensor, at place: Observation.Place
  ) {}
  func isInterested(in operation: any Tensors.Operation, at place: Observation.Place) -> Bool { false }
  func observe(membranes: Tensor, before: Tensor?, operations: Int, at place: Observation.Place) {}
}
