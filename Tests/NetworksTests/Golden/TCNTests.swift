import Networks
import TestSupport
import Tensors
import Testing

/// A temporal convolutional network against tcn_lib on PyTorch. Tolerances: the fixtures' `atol`.
@Suite struct TCNTests {
  private let device = Device()

  @Test func everyActivationMatches() throws {
    let golden = try GoldenFixture("tcn_forward")
    let model = try TCN(on: device)
    try model.network.load(state: golden.state("state/", on: device))
    model.network.setTraining(false)
    let input = try swapped(golden.floats("input", on: device))
    try golden.expectClose(model.network.features(input).floatValues, "act/embedding")
    try golden.expectClose(model.network.forward(input).floatValues, "act/logits")
    var x = input
    for (i, block) in model.blocks.enumerated() {
      x = try block.forward(x)
      try golden.expectClose(swapped(x).floatValues, "act/block\(i)")
      for (name, value) in block.trace {
        try golden.expectClose(swapped(value).floatValues, "act/block\(i).\(name)")
      }
    }
  }

  @Test func threeStepsMatch() throws {
    let golden = try GoldenFixture("tcn_train")
    let network = try TCN(on: device).network
    try network.load(state: golden.state("initial/state/", on: device))
    let optimizer = try SGD(network.namedParameters.map(\.tensor), learningRate: 0.05, momentum: 0.9)
    let (inputs, labels) = (
      try swapped(golden.floats("input", on: device)), try golden.integers("labels", on: device)
    )
    var losses: [Float] = []
    for step in 0..<3 {
      let loss = try CrossEntropy()(network.forward(inputs.select(0, step)), labels.select(0, step))
      optimizer.zeroGradients()
      try loss.backward()
      losses.append(Float(try loss.item()))
      if step == 0 { try golden.expectGradients(of: network, "step1/grad/") }
      try optimizer.step()
      if step == 0 { try golden.expectState(of: network, "step1/state/") }
    }
    try golden.expectClose(losses, "loss")
    try golden.expectState(of: network, "final/state/")
    network.setTraining(false)
    try golden.expectClose(network.forward(inputs.select(0, 0)).floatValues, "final/eval_logits")
  }
}
