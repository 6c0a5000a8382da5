import Tensors

/// Draws initial weights from the distributions of PyTorch's layers.
public struct Initialiser {
  /// The device that the weights are allocated on.
  public let device: Device
  /// The stream that weights are drawn from.
  public var random: RandomStream
  /// How many layers with a random stream of their own were created.
  public private(set) var randomLayers: UInt64 = 0
  private let seed: UInt64

  /// An initialiser for one run's seed.
  public init(seed: UInt64, device: Device) {
    self.seed = seed
    self.device = device
    random = RandomStream(seed: seed, purpose: "weights")
  }

  /// Uniform in ±1/√fanIn, as PyTorch's Linear and Conv1d draw weights and biases.
  ///
  /// Source: He et al. 2015, arXiv 1502.01852, with a = √5; `torch.nn.Linear.reset_parameters`.
  /// - Throws: `TensorError` when the memory budget does not admit it.
  mutating func uniform(_ shape: [Int], fanIn: Int) throws -> Tensor {
    let bound = 1 / Float(max(1, fanIn)).squareRoot()
    let drawn = try Tensor.rand(shape, from: &random, on: device)
    return try leaf(Elementwise(Affine(scale: 2 * bound, shift: -bound))(drawn))
  }

  /// Standard normal, as PyTorch's Embedding draws its weight.
  mutating func normal(_ shape: [Int]) throws -> Tensor { try leaf(.randn(shape, from: &random, on: device)) }

  /// A parameter whose elements are all `value`.
  func constant(_ shape: [Int], _ value: Double) throws -> Tensor {
    try leaf(.full(shape, value, on: device))
  }

  /// A uniformly distributed orthogonal matrix, (size, size).
  ///
  /// Source: Saxe et al. 2013, arXiv 1312.6120; `torch.nn.init.orthogonal_`.
  mutating func orthogonal(_ size: Int) throws -> Tensor {
    let (q, r) = try Tensor.randn([size, size], from: &random, on: device).qr()
    // Signs that make R's diagonal positive, without which the draw would not be uniform.
    return try leaf(q.multiplied(by: Elementwise(Sign())(r.diagonal())))
  }

  /// The random stream of the next layer that draws numbers while it runs.
  mutating func layerStream(_ purpose: String) -> RandomStream {
    defer { randomLayers += 1 }
    return RandomStream(seed: seed, purpose: purpose, index: randomLayers)
  }

  /// The tensor as a parameter: a leaf that requires a gradient.
  func leaf(_ tensor: Tensor) throws -> Tensor {
    var leaf = tensor
    try leaf.requireGradient()
    return leaf
  }
}

/// Checks that every size is 1 or more.
///
/// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` with the first one that is not.
func requirePositive(_ layer: String, _ sizes: KeyValuePairs<String, Int>) throws {
  for (name, size) in sizes where size < 1 {
    throw NetworkError.badLayer(layer: layer, reason: "\(name) is \(size), it must be 1 or more")
  }
}

/// Checks that `input` is (batch, time, channels).
///
/// - Throws: `TensorError.badShape` otherwise.
func requireSequence(_ input: Tensor, _ layer: String, channels: Int) throws {
  guard input.rank == 3, input.shape[2] == channels else {
    throw TensorError.badShape(
      operation: layer, shape: input.shape, expected: "(batch, time, channels) with \(channels) channels")
  }
}
