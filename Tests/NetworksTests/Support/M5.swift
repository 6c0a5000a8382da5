import Networks
import Tensors

/// NeuroBench's M5 (Dai et al. 2016) with its names: conv, bn, act, drop, pool, four times; mean over time; output.
struct M5 {
  let network: SequentialLayer

  init(channels: Int, classes: Int, dropout: Double = 0.2, on device: Device) throws {
    var initialiser = Initialiser(seed: 5, device: device)
    var parts: [(name: String, module: any Networks.Module)] = []
    var inputs = 20
    for (i, outputs) in [channels, channels, 2 * channels, 2 * channels].enumerated() {
      let first = i == 0
      parts += [
        (
          "conv\(i + 1)",
          try Conv1dLayer(
            inputs, outputs, kernel: first ? 4 : 3, Conv1d(stride: first ? 2 : 1), with: &initialiser)
        ),
        ("bn\(i + 1)", try BatchNorm1dLayer(outputs, with: &initialiser)),
        ("act\(i + 1)", ActivationLayer("ReLU", ReLU())),
        ("drop\(i + 1)", try DropoutLayer(dropout, with: &initialiser)),
        ("pool\(i + 1)", MaxPool1dLayer(PoolingWindows(kernel: 2))),
      ]
      inputs = outputs
    }
    parts.append(("mean", GlobalAvgPool1dLayer()))
    parts.append(("output", try LinearLayer(inputs, classes, with: &initialiser)))
    network = try SequentialLayer(parts)
  }

  /// The output of every part by its name, and of the last as `logits`, the one before as `features`.
  func activations(_ input: Tensor) throws -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    var x = input
    for part in network.children {
      x = try part.module.forward(x)
      found[part.name] = x
    }
    found["features"] = found["mean"]
    found["logits"] = x
    return found
  }
}
