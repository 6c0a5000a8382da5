import Networks
import Support
import Tensors
import Testing

@Suite struct LayerTests {
  private let device = Device()

  @Test func dropoutDoesNothingInEvaluation() throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try DropoutLayer(0.5, with: &initialiser)
    layer.isTraining = false
    let x = try Tensor.rand([7, 11], from: &initialiser.random, on: device)
    #expect(try layer.forward(x).floatValues == x.floatValues)
  }

  @Test(arguments: [0.1, 0.2, 0.5, 0.9]) func dropoutKeepsTheExpectation(_ probability: Double) throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try DropoutLayer(probability, with: &initialiser)
    var x = try Tensor.full([100_003], 1, on: device)
    try x.requireGradient()
    let y = try layer.forward(x)
    let values = try y.floatValues
    let mean = values.reduce(0, +) / Float(values.count)
    #expect(abs(Double(mean) - 1) < 5 * (probability / (1 - probability) / 100_003).squareRoot())
    #expect(Set(values).count == 2)
    try Reduction(.sum)(y).backward()
    // what was dropped gets no gradient, the rest the same scale
    #expect(try x.gradient?.floatValues == values)
    #expect(try layer.forward(x).floatValues != values)
  }

  @Test(arguments: [-0.1, 1.1, Double.nan]) func dropoutRefusesOtherProbabilities(_ probability: Double) {
    var initialiser = Initialiser(seed: 1, device: device)
    #expect(throws: NetworkError.self) { try DropoutLayer(probability, with: &initialiser) }
  }

  @Test func batchNormMovesItsRunningStatistics() throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try BatchNorm1dLayer(2, momentum: 0.25, with: &initialiser)
    let x = try Tensor([Float(1), 10, 3, 10, 5, 10, 7, 30], shape: [2, 2, 2], on: device)
    let y = try layer.forward(x)
    #expect(try layer.runningMean.floatValues == [1, 3.75])
    let variances = try layer.runningVariance.floatValues  // towards the unbiased 20/3 and 100
    #expect(abs(variances[0] - (0.75 + 20 / 12)) < 1e-6 && variances[1] == 25.75)
    #expect(try layer.batchesTracked.item() == 1)
    let first = try y.floatValues[0]
    #expect(abs(first + 3 / Float(5).squareRoot()) < 1e-5)  // biased variance 5
    layer.isTraining = false
    _ = try layer.forward(x)
    #expect(try layer.batchesTracked.item() == 1)
  }

  @Test func batchNormIsExactFarFromZero() throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try BatchNorm1dLayer(3, with: &initialiser)
    let x = try Tensor.randn([5000, 3], from: &initialiser.random, on: device)
    let near = try layer.forward(x).floatValues
    let far = try layer.forward(x.shifted(by: 256)).floatValues
    #expect(zip(near, far).allSatisfy { abs($0 - $1) < 2e-4 })
  }

  @Test func sequentialNamesTheLayerThatFails() throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let inner = try SequentialLayer([("fc", LinearLayer(4, 2, with: &initialiser))])
    let network = try SequentialLayer([("body", inner)])
    let error = #expect(throws: NetworkError.self) { try network.forward(.zeros([3, 5], on: device)) }
    let text = error?.description ?? ""
    #expect(text.contains("body.fc") && text.contains("Linear(4, 2)"))
    #expect(text.contains("[3, 5]") && text.contains("[2, 4]"))
  }

  @Test func sequentialRefusesANameTwice() throws {
    #expect(throws: NetworkError.badLayer(layer: "Sequential", reason: "two parts are named \"a\"")) {
      try SequentialLayer([("a", FlattenLayer()), ("a", FlattenLayer())])
    }
  }

  @Test func aModelWithoutLinearHasNoReadout() throws {
    let network = try SequentialLayer([("a", FlattenLayer())])
    #expect(throws: NetworkError.noReadout(module: network.description)) {
      try network.readout(.zeros([1, 2], on: device))
    }
  }

  @Test func loadStateListsBothSidesAndChangesNothing() throws {
    var initialiser = Initialiser(seed: 1, device: device)
    let layer = try LinearLayer(2, 3, with: &initialiser)
    let before = try layer.weight.floatValues
    let loaded: [Name: Tensor] = [
      "weight": try Tensor.zeros([3, 4], on: device), "scale": try Tensor.zeros([3], on: device),
    ]
    let expected = NetworkError.stateMismatch(
      StateMismatch(
        missing: ["bias"], unexpected: ["scale"],
        shapes: [.init(name: "weight", expected: [3, 2], actual: [3, 4])]))
    let error = #expect(throws: expected) { try layer.load(state: loaded) }
    let text = error?.description ?? ""
    #expect(text.contains("not in the file: bias") && text.contains("not in the model: scale"))
    #expect(text.contains("weight: the model has [3, 2], the file [3, 4]"))
    #expect(try layer.weight.floatValues == before)
  }

  @Test func gradientsAreClippedToTheNorm() throws {
    var parameter = try Tensor.zeros([2], on: device)
    try parameter.requireGradient()
    parameter.gradient = try Tensor([Float(3), 4], shape: [2], on: device)
    #expect(try GradientClipping.clip([parameter], to: 10) == 5)
    #expect(try parameter.gradient?.floatValues == [3, 4])
    #expect(try GradientClipping.clip([parameter], to: 1) == 5)
    let clipped = try #require(parameter.gradient).floatValues
    #expect(abs(clipped[0] - 0.6) < 1e-6 && abs(clipped[1] - 0.8) < 1e-6)
  }

  @Test func modulesLieAHundredDeepAtMost() throws {
    var network: any Module = FlattenLayer()
    for _ in 0..<Nesting.maxDepth - 1 { network = try ResidualLayer(network) }
    #expect(network.descendants.count == Nesting.maxDepth)
    #expect(network.descendants.last?.name.hasPrefix("body.body.body") == true)
    #expect(throws: NetworkError.tooDeep(module: "Residual")) { try ResidualLayer(network) }
    #expect(throws: NetworkError.tooDeep(module: "Sequential of 1 parts")) {
      try SequentialLayer([("a", network)])
    }
  }

  /// A state of two parameters that no optimizer may take over: what is wrong, by the name of the tensor.
  static let wrongStates: [(name: String, shape: [Int], value: Double)] = [
    ("exp_avg.0", [3], 0), ("exp_avg_sq.0", [1], 0), ("max_exp_avg_sq.0", [0], 0), ("step.0", [1], 0),
    ("step.0", [], -1), ("step.0", [], .nan), ("step.0", [], .infinity), ("step.0", [], 1e30),
  ]

  @Test(arguments: wrongStates.indices) func adamTakesNoStateThatDoesNotFit(_ index: Int) throws {
    let wrong = Self.wrongStates[index]
    var parameter = try Tensor.zeros([2], on: device)
    try parameter.requireGradient()
    let optimizer = try Adam([parameter], amsgrad: true)
    parameter.gradient = try Tensor.full([2], 1, on: device)
    try optimizer.step()
    var state = Dictionary(uniqueKeysWithValues: optimizer.state.map { (Name($0.name), $0.tensor) })
    #expect(throws: Never.self) { try optimizer.load(state: state) }
    state[wrong.name] = try Tensor.full(wrong.shape, wrong.value, on: device)
    #expect(throws: NetworkError.self) { try optimizer.load(state: state) }
    #expect(throws: Never.self) { try optimizer.step() }
  }

  @Test func sgdTakesNoVelocityOfAnotherShape() throws {
    var parameter = try Tensor.zeros([1000], on: device)
    try parameter.requireGradient()
    let optimizer = try SGD([parameter], learningRate: 0.1, momentum: 0.9)
    let short = try Tensor.zeros([1], on: device)
    #expect(throws: NetworkError.self) { try optimizer.load(state: ["momentum_buffer.0": short]) }
  }
}
