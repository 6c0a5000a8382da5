import Networks
import Tensors
import TestSupport

/// tcn_lib's block: conv → norm → chomp → ReLU → conv → norm → chomp, plus the input (through a 1×1 convolution and a
/// norm when the widths differ), then ReLU. Convolutions pad both sides; the tail is cut off after the norm.
final class TCNBlock: Networks.Module {
  private let layers: [(name: String, module: any Networks.Module)]
  var isTraining = true
  /// What every part gave in the last pass, by PyTorch's name.
  private(set) var trace: [String: Tensor] = [:]

  init(
    _ inputs: Int, _ outputs: Int, kernel: Int, dilation: Int, with initialiser: inout Initialiser
  ) throws {
    func pair(_ inputs: Int, _ kernel: Int, _ operation: Conv1d) throws -> SequentialLayer {
      try SequentialLayer([
        (
          "0",
          try Conv1dLayer(inputs, outputs, kernel: kernel, operation, bias: false, with: &initialiser)
        ),
        ("1", try BatchNorm1dLayer(outputs, with: &initialiser)),
      ])
    }
    let causal = Conv1d(padding: (kernel - 1) * dilation, dilation: dilation)
    var layers: [(name: String, module: any Networks.Module)] = [
      ("temp_layer1", try pair(inputs, kernel, causal)), ("temp_layer2", try pair(outputs, kernel, causal)),
    ]
    if inputs != outputs { layers.append(("downsample", try pair(inputs, 1, Conv1d()))) }
    self.layers = layers
  }

  var description: String { "TCNBlock" }
  var children: [(name: String, module: any Networks.Module)] { layers }

  func forward(_ input: Tensor) throws -> Tensor {
    let time = input.shape[1]
    let relu = Elementwise(Rectifier())
    let first = try relu(Slice(1, from: 0, count: time)(run(0, input)))
    let second = try Slice(1, from: 0, count: time)(run(1, first))
    return try relu(second.adding(layers.count > 2 ? run(2, input) : input))
  }

  private func run(_ layer: Int, _ input: Tensor) throws -> Tensor {
    var x = input
    for part in layers[layer].module.children {
      x = try part.module.forward(x)
      trace["\(layers[layer].name).\(part.name)"] = x
    }
    return x
  }
}

/// The network of the fixtures: three blocks of 16 channels, the last time step, a readout.
struct TCN {
  let blocks: [TCNBlock]
  let network: TCNNetwork

  init(on device: Device) throws {
    var initialiser = Initialiser(seed: 3, device: device)
    blocks = try (0..<3).map { i in
      try TCNBlock(i == 0 ? 20 : 16, 16, kernel: 5, dilation: 1 << i, with: &initialiser)
    }
    network = TCNNetwork(
      embedder: try SequentialLayer([
        ("0", try SequentialLayer(blocks.enumerated().map { ("\($0.offset)", $0.element) }))
      ]),
      output: try LinearLayer(16, 10, with: &initialiser))
  }
}

final class TCNNetwork: Networks.Module {
  let embedder: SequentialLayer
  let output: LinearLayer
  var isTraining = true

  init(embedder: SequentialLayer, output: LinearLayer) { (self.embedder, self.output) = (embedder, output) }

  var description: String { "TCN" }
  var children: [(name: String, module: any Networks.Module)] { [("embedder", embedder), ("fc", output)] }
  func features(_ input: Tensor) throws -> Tensor { try embedder.forward(input).select(1, -1) }
  func readout(_ features: Tensor) throws -> Tensor { try output.forward(features) }
  func forward(_ input: Tensor) throws -> Tensor { try readout(features(input)) }
}
