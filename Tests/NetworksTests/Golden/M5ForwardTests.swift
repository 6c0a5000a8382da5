import Support
import Tensors
import TestSupport
import Testing

/// M5 in evaluation against PyTorch. Tolerances: the fixtures' `atol`.
@Suite struct M5ForwardTests {
  private let device = Device()

  @Test func everyActivationOfTheSmallNetworkMatches() throws {
    let golden = try GoldenFixture("m5_small")
    let model = try M5(channels: 16, classes: 20, on: device)
    try model.network.load(state: golden.state("state/", on: device))
    model.network.setTraining(false)
    let found = try model.activations(swapped(golden.floats("input", on: device)))
    for key in golden.names where key.hasPrefix("act/") {
      let x = try #require(found[String(key.dropFirst(4))])
      try golden.expectClose((x.rank == 3 ? swapped(x) : x).floatValues, key)
    }
  }

  @Test func featuresAndReadoutAreTheTwoHalves() throws {
    let golden = try GoldenFixture("m5_small")
    let network = try M5(channels: 16, classes: 20, on: device).network
    try network.load(state: golden.state("state/", on: device))
    network.setTraining(false)
    let features = try network.features(swapped(golden.floats("input", on: device)))
    try golden.expectClose(features.floatValues, "act/features")
    try golden.expectClose(network.readout(features).floatValues, "act/logits")
  }

  @Test func fullSizeMatches() throws {
    let golden = try GoldenFixture("m5_full")
    let parameters = try golden.parameters()
    let model = try M5(channels: 256, classes: 200, on: device)
    var state: [Name: Tensor] = [:]
    for entry in try #require(parameters["state"] as? [[String: Any]]) {
      let recipe = try HashRecipe(entry)
      state[try #require(entry["name"] as? String)] = try recipe.tensor(on: device)
    }
    for i in 1...4 { state["bn\(i).num_batches_tracked"] = try .zeros([], dtype: .int32, on: device) }
    try golden.expectClose(
      Array(try #require(state["conv1.weight"]).floatValues.prefix(16)), "recipe_check")
    try model.network.load(state: state)
    #expect(model.network.parameterCount == 1_503_944)
    model.network.setTraining(false)
    let input = try HashRecipe(try #require(parameters["input"] as? [String: Any])).tensor(on: device)
    let found = try model.activations(swapped(input))
    for i in 1...4 {
      let act = try #require(found["act\(i)"])
      try golden.expectClose(Reduction(.mean, over: [1])(act).floatValues, "act\(i)_mean_over_time")
    }
    try golden.expectClose(#require(found["features"]).floatValues, "features")
    try golden.expectClose(#require(found["logits"]).floatValues, "logits")
  }
}

/// Weights that any language can repeat bit for bit: a 32-bit hash of the index (the recipe is in `m5_full.json`).
private struct HashRecipe {
  let shape: [Int]
  let salt: UInt32
  let scale: Double
  let offset: Double
  let sum: Double

  init(_ entry: [String: Any]) throws {
    shape = try #require(entry["shape"] as? [Int])
    salt = UInt32(try #require(entry["salt"] as? Int))
    scale = try #require(entry["scale"] as? Double)
    offset = try #require(entry["offset"] as? Double)
    sum = try #require(entry["sum"] as? Double)
  }

  func tensor(on device: Device) throws -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { value(UInt32($0)) }
    #expect(abs(values.reduce(0.0) { $0 + Double($1) } - sum) < 1e-9)
    return try Tensor(values, shape: shape, on: device)
  }

  private func value(_ index: UInt32) -> Float {
    var h = index &+ salt &* 0x9E37_79B9
    h = (h ^ h >> 16) &* 0x85EB_CA6B
    h = (h ^ h >> 13) &* 0xC2B2_AE35
    h ^= h >> 16
    return Float(offset + scale * (2 * Double(h >> 8) / 16_777_216 - 1))
  }
}
