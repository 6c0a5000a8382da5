import Networks
import TestSupport
import Tensors
import Testing

/// NeuroBench's spiking network against PyTorch: spikes exactly, outputs and surrogate gradients within the fixture's
/// `atol`.
@Suite struct RadLIFTests {
  private let device = Device()

  @Test(arguments: ["train", "eval"])
  func spikesAndGradientsMatch(mode: String) throws {
    let golden = try GoldenFixture("radlif")
    var initialiser = Initialiser(seed: 1, device: device)
    let layers = [
      try RadLIFLayer(12, 16, with: &initialiser), try RadLIFLayer(16, 16, with: &initialiser),
    ]
    let readout = try Readout(LinearLayer(16, 10, bias: false, with: &initialiser))
    let network = try SequentialLayer([
      ("snn", SequentialLayer([("0", layers[0]), ("1", layers[1]), ("2", readout)]))
    ])
    try network.load(state: golden.state("state/", on: device))
    network.setTraining(mode == "train")

    var x = try golden.floats("input", on: device)
    for (i, layer) in layers.enumerated() {
      let start = (
        membrane: try golden.floats("layer\(i)/u0", on: device),
        adaptation: try golden.floats("layer\(i)/w0", on: device)
      )
      x = try layer.run(x, from: start)
      #expect(try x.floatValues.map(Int32.init) == golden.int32s("\(mode)/layer\(i)/spikes").values)
    }
    let output = try readout.forward(x)
    try golden.expectClose(output.floatValues, "\(mode)/output")
    let loss = try CrossEntropy()(output.scaled(by: 1 / 30), golden.integers("labels", on: device))
    try golden.expectClose([Float(loss.item())], "\(mode)/loss")
    try loss.backward()
    try golden.expectGradients(of: network, "\(mode)/grad/")
    if mode == "train" { try golden.expectState(of: network, "train/after/") }
  }

  @Test func theSameInputGivesTheSameSpikesUnlessAsked() throws {
    var initialiser = Initialiser(seed: 1, device: device)
    var random = RandomStream(seed: 1, purpose: "test")
    let input = try Tensor.randn([2, 9, 3], from: &random, on: device).scaled(by: 4)
    for start in RadLIFLayer.Start.allCases {
      let layer = try RadLIFLayer(3, 8, start: start, with: &initialiser)
      layer.setTraining(false)
      let first = try layer.forward(input).floatValues
      let second = try layer.forward(input).floatValues
      #expect((first == second) == (start == .zeros))
      #expect(first.contains(1))
    }
  }
}

/// NeuroBench's readout: a linear layer whose outputs are added up over time.
private final class Readout: Module {
  private let linear: LinearLayer
  var isTraining = true
  init(_ linear: LinearLayer) { self.linear = linear }
  var description: String { "Readout" }
  var children: [(name: String, module: any Networks.Module)] { [("W", linear)] }
  func forward(_ input: Tensor) throws -> Tensor { try Reduction(.sum, over: [1])(linear.forward(input)) }
}
