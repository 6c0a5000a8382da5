import Tensors

/// Makes initial weights as PyTorch's layers do.
public struct Initialiser {
  /// Where the weights go.
  public let device: Device
  /// What they are drawn from.
  public var random: RandomStream
  /// Layers with randomness of their own made so far; each gets a stream of its own.
  public private(set) var randomLayers: UInt64 = 0
  private let seed: UInt64

  /// An initialiser for one run's seed.
  public init(seed: UInt64, device: Device) {
    self.seed = seed
    self.device = device
    random = RandomStream(seed: seed, purpose: "weights")
  }

  /// Uniform in ±1/√fanIn: what PyTorch's Linear and Conv1d draw for weights and biases (He et al. 2015 with a = √5).
  mutating func uniform(_ shape: [Int], fanIn: Int) throws -> Tensor {
    let bound = 1 / Float(max(1, fanIn)).squareRoot()
    let drawn = try Tensor.rand(shape, from: &random, on: device)
    return try leaf(Elementwise(Affine(scale: 2 * bound, shift: -bound))(drawn))
  }

  /// Standard normal, as PyTorch's Embedding draws.
  mutating func normal(_ shape: [Int]) throws -> Tensor { try leaf(.randn(shape, from: &random, on: device)) }

  /// All one value.
  func constant(_ shape: [Int], _ value: Double) throws -> Tensor {
    try leaf(.full(shape, value, on: device))
  }

  /// An orthogonal matrix (size, size), uniform among them (Saxe et al. 2013, arXiv 1312.6120).
  mutating func orthogonal(_ size: Int) throws -> Tensor {
    let (q, r) = try Tensor.randn([size, size], from: &random, on: device).qr()
    // Signs that make R's diagonal positive, without which the draw would not be uniform.
    return try leaf(q.multiplied(by: Elementwise(Sign())(r.diagonal())))
  }

  /// The stream of the next layer that draws while it runs.
  mutating func layerStream(_ purpose: String) -> RandomStream {
    defer { randomLayers += 1 }
    return RandomStream(seed: seed, purpose: purpose, index: randomLayers)
  }

  func leaf(_ tensor: Tensor) throws -> Tensor {
    var leaf = tensor
    try leaf.requireGradient()
    return leaf
  }
}

/// Throws unless every size is 1 or more.
func requirePositive(_ layer: String, _ sizes: KeyValuePairs<String, Int>) throws {
  for (name, size) in sizes where size < 1 {
    throw NetworkError.badLayer(layer: layer, reason: "\(name) is \(size), it must be 1 or more")
  }
}
