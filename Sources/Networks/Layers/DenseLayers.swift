import Tensors

/// x·weightᵀ + bias: (…, in) → (…, out).
///
/// `weight` is (out, in), `bias` (out), as in `torch.nn.Linear`.
public final class LinearLayer: Module {
  public let weight: Tensor
  public let bias: Tensor?
  public var isTraining = true

  /// A layer from `inputs` to `outputs` features.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless both are positive.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, with initialiser: inout Initialiser) throws {
    try requirePositive("Linear", ["in": inputs, "out": outputs])
    weight = try initialiser.uniform([outputs, inputs], fanIn: inputs)
    self.bias = bias ? try initialiser.uniform([outputs], fanIn: inputs) : nil
  }

  /// A layer without a bias and with this weight (out, in), a leaf.
  init(weight: Tensor) {
    self.weight = weight
    bias = nil
  }

  public var description: String { "Linear(\(weight.shape[1]), \(weight.shape[0]))" }
  public var parameters: [(name: String, tensor: Tensor)] {
    [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try Linear().apply([input, weight] + (bias.map { [$0] } ?? []))
  }
}

/// Rows of a table selected by int32 indices: (…) → (…, width).
///
/// `weight` is (entries, width), as in `torch.nn.Embedding`.
public final class EmbeddingLayer: Module {
  public let weight: Tensor
  /// The index of the first row.
  public let first: Int32
  public var isTraining = true

  /// A table of `entries` rows of `width` elements; the first row has index `first`.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless both sizes are positive.
  public init(_ entries: Int, _ width: Int, first: Int32 = 0, with initialiser: inout Initialiser) throws {
    try requirePositive("Embedding", ["entries": entries, "width": width])
    weight = try initialiser.normal([entries, width])
    self.first = first
  }

  public var description: String { "Embedding(\(weight.shape[0]), \(weight.shape[1]))" }
  public var parameters: [(name: String, tensor: Tensor)] { [("weight", weight)] }
  public func forward(_ input: Tensor) throws -> Tensor {
    try Embedding()(weight, first == 0 ? input : input.shiftedIndices(by: -first))
  }
}

/// A function of every element: (…) → the same shape.
public final class ActivationLayer: Module {
  public let function: any UnaryFunction
  private let name: String
  public var isTraining = true

  /// `name` is what PyTorch calls the layer.
  public init(_ name: String, _ function: any UnaryFunction) {
    self.name = name
    self.function = function
  }

  public var description: String { name }
  public func forward(_ input: Tensor) throws -> Tensor { try Elementwise(function)(input) }
}

/// Sets elements to 0 with a probability in training and scales the others by 1/(1 − probability); the identity in
/// evaluation. (…) → the same shape.
///
/// Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (JMLR 2014);
/// `torch.nn.Dropout`.
public final class DropoutLayer: Module {
  public let probability: Double
  private var random: RandomStream
  public var isTraining = true

  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` unless `probability` is in [0, 1].
  public init(_ probability: Double, with initialiser: inout Initialiser) throws {
    guard probability >= 0, probability <= 1 else {
      throw NetworkError.badLayer(
        layer: "Dropout", reason: "the probability is \(probability), it must be in [0, 1]")
    }
    self.probability = probability
    random = initialiser.layerStream("dropout")
  }

  public var randomPosition: UInt64? {
    get { random.counter }
    set { if let newValue { random.resume(at: newValue) } }
  }

  public var description: String { "Dropout(\(probability))" }

  /// Whether its output is its input.
  var isIdentity: Bool { !isTraining || probability == 0 }

  public func forward(_ input: Tensor) throws -> Tensor {
    guard !isIdentity else { return input }
    return try Dropout(probability: probability, count: input.count, from: &random)(input)
  }
}

/// Joins all dimensions but the first: (batch, …) → (batch, features).
public final class FlattenLayer: Module {
  public var isTraining = true
  public init() {}
  public var description: String { "Flatten" }
  public func forward(_ input: Tensor) throws -> Tensor { try input.flattened(1, -1) }
}
