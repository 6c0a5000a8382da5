import Networks
import TestSupport
import Tensors
import Testing

/// Five Adam steps of a small M5 against PyTorch. Tolerances: the fixture's `atol`.
@Suite struct M5TrainingTests {
  @Test(arguments: [1, 2, 5]) func fiveStepsMatch(threads: Int) throws {
    let device = Device(threads: threads)
    let golden = try GoldenFixture("m5_train")
    let network = try M5(channels: 16, classes: 20, dropout: 0, on: device).network
    try network.load(state: golden.state("initial/state/", on: device))
    let optimizer = try Adam(
      network.namedParameters.map(\.tensor), learningRate: 0.01, weightDecay: 0.0001)
    let scheduler = Scheduler(optimizer, StepDecay(size: 2, gamma: 0.1))
    let inputs = try swapped(golden.floats("input", on: device))
    let labels = try golden.integers("labels", on: device)
    var losses = [Float]()
    var rates = [Float]()
    for step in 0..<5 {
      rates.append(Float(optimizer.learningRate))
      let logits = try network.forward(inputs.select(0, step))
      let loss = try CrossEntropy()(logits, labels.select(0, step))
      optimizer.zeroGradients()
      try loss.backward()
      losses.append(Float(try loss.item()))
      if step == 0 {
        try golden.expectClose(logits.floatValues, "step1/logits")
        try golden.expectGradients(of: network, "step1/grad/")
      }
      try optimizer.step()
      scheduler.advance()
      if step == 0 { try golden.expectState(of: network, "step1/state/") }
    }
    try golden.expectClose(losses, "loss")
    try golden.expectClose(rates, "lr")
    try golden.expectState(of: network, "final/state/")
    network.setTraining(false)
    try golden.expectClose(network.forward(inputs.select(0, 0)).floatValues, "final/eval_logits")
  }

  @Test func oneAndManyThreadsGiveTheSameBits() throws {
    let states = try [1, 3, 8].map { threads in
      let device = Device(threads: threads)
      let network = try M5(channels: 32, classes: 30, on: device).network
      let optimizer = try Adam(network.namedParameters.map(\.tensor), learningRate: 0.01)
      var random = RandomStream(seed: 8, purpose: "inputs")
      let x = try Tensor.randn([48, 201, 20], from: &random, on: device)
      let labels = try Tensor((0..<48).map { Int32($0 % 30) }, shape: [48], on: device)
      for _ in 0..<2 {
        optimizer.zeroGradients()
        try CrossEntropy()(network.forward(x), labels).backward()
        try optimizer.step()
      }
      return try network.state.flatMap { try $0.tensor.numbers }
    }
    #expect(states[0] == states[1])
    #expect(states[0] == states[2])
  }

  @Test func aSecondStepNeedsNoMoreMemory() throws {
    let device = Device()
    let network = try M5(channels: 16, classes: 20, on: device).network
    let optimizer = try Adam(network.namedParameters.map(\.tensor))
    var random = RandomStream(seed: 8, purpose: "inputs")
    let x = try Tensor.randn([16, 201, 20], from: &random, on: device)
    let labels = try Tensor((0..<16).map { Int32($0) }, shape: [16], on: device)
    let peaks = try (0..<4).map { _ in
      optimizer.zeroGradients()
      device.pool.resetPeak()
      try CrossEntropy()(network.forward(x), labels).backward()
      try optimizer.step()
      return device.pool.usage.peak
    }
    #expect(peaks[2] == peaks[1])
    #expect(peaks[3] == peaks[1])
  }
}
