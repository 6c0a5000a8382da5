import Networks
import TestSupport
import Tensors
import Testing

/// Ten steps of every optimizer on a small least-squares problem, against PyTorch. Tolerances: the fixture's `atol`.
@Suite struct OptimizerTests {
  static let cases = [
    "sgd", "sgd_momentum", "sgd_nesterov", "sgd_dampening_wd", "adam", "adam_wd", "adam_amsgrad", "adamw",
    "adam_steplr",
  ]

  @Test(arguments: cases) func tenStepsMatch(_ name: String) throws {
    let device = Device()
    let golden = try GoldenFixture("optim")
    let a = try golden.floats("A", on: device)
    let y = try golden.floats("y", on: device)
    var weight = try golden.floats("W0", on: device)
    var bias = try golden.floats("b0", on: device)
    try weight.requireGradient()
    try bias.requireGradient()
    let all = try #require(golden.parameters()["cases"] as? [String: [String: Any]])
    let optimizer = try make(#require(all[name]), [weight, bias])
    let scheduler = name == "adam_steplr" ? Scheduler(optimizer, StepDecay(size: 3, gamma: 0.5)) : nil
    var found: [String: [Float]] = [:]
    for _ in 0..<10 {
      let loss = try Losses.squaredError(Linear()(a, weight, bias), y)
      try optimizer.zeroGradients()
      try loss.backward()
      found["loss", default: []].append(Float(try loss.item()))
      for (key, parameter) in [("W", weight), ("b", bias)] {
        found["\(key).grad", default: []] += try #require(parameter.gradient).floatValues
      }
      try optimizer.step()
      scheduler?.advance()
      for (key, parameter) in [("W", weight), ("b", bias)] {
        found[key, default: []] += try parameter.floatValues
      }
      for (slot, tensor) in optimizer.state where tensor.dtype == .float32 {
        let parts = slot.split(separator: ".")
        found["\(parts[1] == "0" ? "W" : "b").\(parts[0])", default: []] += try tensor.floatValues
      }
    }
    for key in golden.names where key.hasPrefix(name + "/") {
      try golden.expectClose(#require(found[String(key.dropFirst(name.count + 1))], "\(key)"), key)
    }
  }

  private func make(_ options: [String: Any], _ parameters: [Tensor]) throws -> any Optimizer {
    let number = { (key: String, other: Double) in options[key] as? Double ?? other }
    let kind = try #require(options["optimizer"] as? String)
    if kind == "SGD" {
      return try SGD(
        parameters, learningRate: number("lr", 0), momentum: number("momentum", 0),
        dampening: number("dampening", 0), weightDecay: number("weight_decay", 0),
        nesterov: options["nesterov"] as? Bool ?? false)
    }
    let betas = options["betas"] as? [Double] ?? [0.9, 0.999]
    return try Adam(
      parameters, learningRate: number("lr", 0), betas: (betas[0], betas[1]), epsilon: number("eps", 1e-8),
      weightDecay: number("weight_decay", 0), amsgrad: options["amsgrad"] as? Bool ?? false,
      decoupled: kind == "AdamW")
  }
}
