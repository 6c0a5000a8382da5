import Networks
import Tensors
import Testing

/// A sequence evaluates convolutions together with the layers that follow them; the bits are those of the layers one by
/// one.
@Suite struct InferenceBlockTests {
  struct Block: Sendable, CustomTestStringConvertible {
    var channels = 5
    var operation = Conv1d()
    var hasNorm = true
    var hasReLU = true
    var pool: PoolingWindows?
    let testDescription: String
  }

  static let blocks: [Block] = [
    Block(pool: PoolingWindows(kernel: 2), testDescription: "all, pairs"),
    Block(channels: 32, pool: PoolingWindows(kernel: 2), testDescription: "all, many channels"),
    Block(
      channels: 32, operation: Conv1d(padding: 4, dilation: 2), pool: PoolingWindows(kernel: 3, stride: 2),
      testDescription: "dilated, overlapping windows"),
    Block(operation: Conv1d(stride: 2, padding: 1), hasNorm: false, testDescription: "no norm"),
    Block(hasReLU: false, pool: PoolingWindows(kernel: 2, padding: 1), testDescription: "padded windows"),
    Block(operation: Conv1d(groups: 5), testDescription: "depthwise"),
  ]

  private let device = Device(memory: 1 << 28, threads: 2)

  private func normal(_ shape: [Int]) throws -> Tensor {
    var random = RandomStream(seed: 3, purpose: "input")
    return try .randn(shape, from: &random, on: device)
  }

  private func layers(_ block: Block) throws -> SequentialLayer {
    var random = Initialiser(seed: 1, device: device)
    let c = block.channels
    var parts: [(name: String, module: any Module)] = [
      ("conv", try Conv1dLayer(c, c, kernel: 3, block.operation, with: &random))
    ]
    if block.hasNorm {
      let norm = try BatchNorm1dLayer(c, with: &random)
      _ = try norm(normal([40, c]))
      parts.append(("norm", norm))
    }
    if block.hasReLU { parts.append(("relu", ActivationLayer("ReLU", ReLU()))) }
    parts.append(("drop", try DropoutLayer(0.5, with: &random)))
    if let pool = block.pool { parts.append(("pool", MaxPool1dLayer(pool))) }
    let sequence = try SequentialLayer(parts)
    sequence.setTraining(false)
    return sequence
  }

  @Test(arguments: blocks) func hasTheBitsOfItsLayers(_ block: Block) throws {
    let sequence = try layers(block)
    let x = try normal([7, 29, block.channels])
    let together = try Recording.off { try sequence(x) }
    let oneByOne = try sequence.children.reduce(x) { try $1.module($0) }
    #expect(together.shape == oneByOne.shape)
    #expect(try together.floatValues == oneByOne.floatValues)
    // With gradients the layers run one by one.
    #expect(try sequence(x).requiresGradient)
  }

  @Test func anErrorNamesTheLayer() throws {
    let sequence = try layers(Block(pool: PoolingWindows(kernel: 9), testDescription: "too long"))
    let x = try Tensor.zeros([2, 10, 5], on: device)
    #expect { try Recording.off { try sequence(x) } } throws: { error in
      guard case NetworkError.inLayer(let path, _, _) = error else { return false }
      return path == "pool"
    }
  }

  @Test func aNormInTrainingUsesTheBatch() throws {
    let sequence = try layers(Block(testDescription: "training"))
    sequence.children[1].module.isTraining = true
    let x = try normal([4, 20, 5])
    let together = try Recording.off { try sequence(x) }
    let oneByOne = try sequence.children.reduce(x) { try $1.module($0) }
    #expect(try together.floatValues == oneByOne.floatValues)
  }
}
