import Tensors
import TestSupport
import Testing

/// The prototype readout (Snell et al. 2017) made of tensor operations, against the reference over a base phase and two
/// sessions. Tolerances: the fixture's `atol`; predictions are exact.
@Suite struct PrototypeTests {
  private let device = Device()

  @Test func everySessionMatches() throws {
    let golden = try GoldenFixture("prototypes")
    let weight = try golden.floats("initial_weight", on: device)
    let bias = try golden.floats("initial_bias", on: device)
    let queries = try golden.floats("queries", on: device)
    let parameters = try golden.parameters()
    var seen = try #require(parameters["base"] as? [Int])
    let base = try golden.floats("base_embeddings", on: device)
    for (row, word) in seen.enumerated() { try learn(base.select(0, row), word, weight, bias) }
    try check(golden, 0, weight, bias, queries, seen)
    for (i, words) in try #require(parameters["sessions"] as? [[Int]]).enumerated() {
      let support = try golden.floats("session\(i + 1)/support", on: device)
      let byShot = try support.reshaped([-1, words.count, support.shape[1]])  // rows are shot by shot
      for (place, word) in words.enumerated() { try learn(byShot.select(1, place), word, weight, bias) }
      seen += words
      try check(golden, i + 1, weight, bias, queries, seen)
    }
  }

  @Test func sumsOverTimeMatch() throws {
    let golden = try GoldenFixture("prototypes")
    let support = try golden.floats("spiking/support", on: device)
    let time = support.shape[1]
    let width = support.shape[2]
    let byShot = try support.reshaped([5, 10, time, width])
    let means = try Reduction(.sum, over: [0, 2])(byShot).scaled(by: 1 / 5)
    let weight = try means.scaled(by: 2)
    let bias = try Reduction(.sum, over: [1])(means.multiplied(by: means)).scaled(by: -1 / Float(time))
    let scores = try Linear()(golden.floats("spiking/queries", on: device), weight, bias)
    try golden.expectClose(weight.floatValues, "spiking/weight")
    try golden.expectClose(bias.floatValues, "spiking/bias")
    try golden.expectClose(Reduction(.sum, over: [1])(scores).floatValues, "spiking/logits")
  }

  /// −|x − m|² = 2 m·x − m·m − x·x, and x·x is the same for all classes.
  private func learn(_ samples: Tensor, _ word: Int, _ weight: Tensor, _ bias: Tensor) throws {
    let mean = try Reduction(.sum, over: [0])(samples).scaled(by: 1 / Float(samples.shape[0]))
    try weight.select(0, word).assign(mean.scaled(by: 2))
    try bias.select(0, word).assign(Reduction(.sum)(mean.multiplied(by: mean)).scaled(by: -1))
  }

  private func check(
    _ golden: GoldenFixture, _ session: Int, _ weight: Tensor, _ bias: Tensor, _ queries: Tensor,
    _ seen: [Int]
  ) throws {
    let logits = try Linear()(queries, weight, bias)
    let mask = (0..<weight.shape[0]).map { seen.contains($0) ? 0 : -Float.infinity }
    let masked = try logits.adding(Tensor(mask, shape: [mask.count], on: device))
    try golden.expectClose(weight.floatValues, "session\(session)/weight")
    try golden.expectClose(bias.floatValues, "session\(session)/bias")
    try golden.expectClose(logits.floatValues, "session\(session)/logits")
    try golden.expectClose(masked.floatValues, "session\(session)/masked_logits")
    let predictions = try Softmax(1)(masked).argmax(1).values(as: Int32.self)
    #expect(predictions == (try golden.int32s("session\(session)/prediction").values))
  }
}
