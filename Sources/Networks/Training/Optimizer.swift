import Tensors

/// Changes parameters by their gradients: what a training loop needs.
public protocol GradientStep: AnyObject {
  /// Changes every parameter that has a gradient.
  func step() throws
  /// Forgets the gradients.
  func zeroGradients() throws
}

/// Changes parameters by their gradients, and can go on from where it was.
public protocol Optimizer: GradientStep {
  /// The parameters it changes, by name or number.
  var parameters: [Tensor] { get }
  /// The step size; schedules set it.
  var learningRate: Double { get set }
  /// What it keeps between steps, by name.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Takes over what ``state`` gave, to go on from there.
  func load(state: [String: Tensor]) throws
}

extension Optimizer {
  public func zeroGradients() {
    for parameter in parameters { parameter.gradient = nil }
  }

  /// Throws unless there is something to change, and only leaves.
  static func check(_ parameters: [Tensor], _ name: String) throws {
    guard !parameters.isEmpty else {
      throw NetworkError.badLayer(layer: name, reason: "the list of parameters is empty")
    }
    guard parameters.allSatisfy({ $0.isParameter && $0.isContiguous }) else {
      throw NetworkError.badLayer(
        layer: name, reason: "a parameter is not a leaf that wants a gradient",
        hint: "give model:parameters()")
    }
  }
}

extension Optimizer {
  /// A float32 tensor of a state, of the shape that the kernels rely on; nil when it is not there.
  fileprivate static func kept(_ name: String, in state: [String: Tensor], shape: [Int]) throws -> Tensor? {
    guard let tensor = state[name] else { return nil }
    guard tensor.shape == shape else {
      throw TensorError.shapeMismatch(
        operation: "load_state (\(name))", left: shape, right: tensor.shape,
        hint: "the state is of another model.")
    }
    guard tensor.dtype == .float32 else {
      throw TensorError.wrongType(operation: "load_state (\(name))", expected: .float32, got: tensor.dtype)
    }
    return try tensor.contiguous()
  }
}

/// Stochastic gradient descent with momentum, as torch.optim.SGD.
public final class SGD: Optimizer {
  public let parameters: [Tensor]
  public var learningRate: Double
  private let rule: UpdateRules.SGD
  private var velocities: [Int: Tensor] = [:]

  public init(
    _ parameters: [Tensor], learningRate: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) throws {
    try Self.check(parameters, "SGD")
    guard !nesterov || (momentum > 0 && dampening == 0) else {
      throw NetworkError.badLayer(layer: "SGD", reason: "nesterov needs a momentum and no dampening")
    }
    self.parameters = parameters
    self.learningRate = learningRate
    rule = UpdateRules.SGD(
      learningRate: Float(learningRate), momentum: Float(momentum), dampening: Float(dampening),
      weightDecay: Float(weightDecay), nesterov: nesterov)
  }

  public var state: [(name: String, tensor: Tensor)] {
    velocities.sorted { $0.key < $1.key }.map { ("momentum_buffer.\($0.key)", $0.value) }
  }

  public func load(state: [String: Tensor]) throws {
    var loaded: [Int: Tensor] = [:]
    for (index, parameter) in parameters.enumerated() {
      loaded[index] = try Self.kept("momentum_buffer.\(index)", in: state, shape: parameter.shape)
    }
    velocities = loaded
  }

  public func step() throws {
    var rule = rule
    rule.learningRate = Float(learningRate)
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = parameter.gradient else { continue }
      let isFirst = velocities[index] == nil
      if isFirst, rule.momentum != 0 { velocities[index] = try .zeros(parameter.shape, on: parameter.device) }
      try rule.apply(parameter, gradient, velocity: velocities[index], isFirst: isFirst)
    }
  }
}

/// Adam and AdamW, as torch.optim has them.
public final class Adam: Optimizer {
  /// The moments of one parameter.
  private struct Moments {
    /// The number of steps, a float32 as PyTorch keeps it: exact to 2²⁴.
    let count: Tensor
    let first: Tensor
    let second: Tensor
    let largest: Tensor?
  }

  public let parameters: [Tensor]
  public var learningRate: Double
  private let betas: (Double, Double)
  private let epsilon: Double
  private let weightDecay: Double
  private let isDecoupled: Bool
  private let amsgrad: Bool
  private var moments: [Int: Moments] = [:]

  /// `decoupled` true is AdamW.
  public init(
    _ parameters: [Tensor], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, decoupled: Bool = false
  ) throws {
    try Self.check(parameters, decoupled ? "AdamW" : "Adam")
    self.parameters = parameters
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.amsgrad = amsgrad
    isDecoupled = decoupled
  }

  public var state: [(name: String, tensor: Tensor)] {
    moments.sorted { $0.key < $1.key }.flatMap { index, kept in
      [("exp_avg.\(index)", kept.first), ("exp_avg_sq.\(index)", kept.second)]
        + (kept.largest.map { [("max_exp_avg_sq.\(index)", $0)] } ?? [])
        + [("step.\(index)", kept.count)]
    }
  }

  public func load(state: [String: Tensor]) throws {
    var loaded: [Int: Moments] = [:]
    for (index, parameter) in parameters.enumerated() {
      guard let first = try Self.kept("exp_avg.\(index)", in: state, shape: parameter.shape),
        let second = try Self.kept("exp_avg_sq.\(index)", in: state, shape: parameter.shape),
        let count = try Self.kept("step.\(index)", in: state, shape: [])
      else { continue }
      guard 0...Self.maxSteps ~= (try count.item()) else {
        throw TensorError.badArgument(
          operation: "load_state",
          reason: "step.\(index) is \(try count.item()), it counts steps from 0 to 2^24")
      }
      loaded[index] = Moments(
        count: count, first: first, second: second,
        largest: try Self.kept("max_exp_avg_sq.\(index)", in: state, shape: parameter.shape))
    }
    moments = loaded
  }

  /// The count is a float32, and goes no further.
  private static let maxSteps = 16_777_216.0

  public func step() throws {
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = parameter.gradient else { continue }
      let kept = try moments[index] ?? fresh(parameter)
      let step = try kept.count.item() + 1
      try kept.count.assign(step)
      moments[index] = kept
      try UpdateRules.Adam(
        learningRate: Float(learningRate), beta1: betas.0, beta2: betas.1,
        epsilon: Float(epsilon),
        weightDecay: Float(weightDecay), isDecoupled: isDecoupled, step: Int(step)
      ).apply(parameter, gradient, first: kept.first, second: kept.second, largest: kept.largest)
    }
  }

  private func fresh(_ parameter: Tensor) throws -> Moments {
    let zeros = { try Tensor.zeros(parameter.shape, on: parameter.device) }
    return Moments(
      count: try .zeros([], on: parameter.device), first: try zeros(), second: try zeros(),
      largest: amsgrad ? try zeros() : nil)
  }
}

/// Keeping gradients in bounds.
public enum GradientClipping {
  /// Scales the gradients so that the norm of all of them together is at most `limit` (Pascanu et al. 2013).
  ///
  /// - Returns: the norm before.
  public static func clip(_ parameters: [Tensor], to limit: Double) throws -> Double {
    let gradients = parameters.compactMap { parameter in parameter.gradient.map { (parameter, $0) } }
    let squares = try gradients.reduce(0.0) { sum, pair in
      sum + (try Reduction(.sum)(Elementwise(Square())(pair.1)).item())
    }
    let norm = squares.squareRoot()
    if norm > limit {
      for (parameter, gradient) in gradients {
        parameter.gradient = try gradient.scaled(by: Float(limit / (norm + 1e-6)))
      }
    }
    return norm
  }
}
