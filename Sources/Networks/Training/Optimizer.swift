import Support
import Tensors

/// Updates parameters by their gradients: what a training loop needs.
public protocol GradientStep: AnyObject {
  /// Updates every parameter that has a gradient.
  ///
  /// - Throws: `TensorError` when a shape does not fit or the memory budget is exceeded.
  func step() throws
  /// Removes the gradients.
  ///
  /// - Throws: the errors of an optimizer that is not built in, such as that of a script.
  func zeroGradients() throws
}

/// Updates parameters by their gradients, and can be saved and resumed.
public protocol Optimizer: GradientStep {
  /// The parameters that it updates.
  var parameters: [Tensor] { get }
  /// The step size, which schedules set.
  var learningRate: Double { get set }
  /// What it remembers between steps by name, such as `exp_avg.0` for parameter 0.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Restores a ``state``.
  ///
  /// - Throws: ``NetworkError/badOptimizerState(tensor:reason:)`` when a tensor does not fit its parameter.
  func load(state: [Name: Tensor]) throws
}

extension Optimizer {
  public func zeroGradients() {
    for parameter in parameters { parameter.gradient = nil }
  }

  /// Checks that there are parameters, and that all of them are leaves that require a gradient.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` or ``NetworkError/notParameters(optimizer:)``.
  static func check(_ parameters: [Tensor], _ name: String) throws(NetworkError) {
    guard !parameters.isEmpty else { throw .badLayer(layer: name, reason: "the list of parameters is empty") }
    guard parameters.allSatisfy({ $0.isParameter && $0.isContiguous }) else {
      throw .notParameters(optimizer: name)
    }
  }

  /// A float32 tensor of a state, checked to have the shape that the kernels rely on; nil when it is not there.
  fileprivate static func tensor(_ name: String, in state: [Name: Tensor], shape: [Int]) throws -> Tensor? {
    guard let tensor = state[name] else { return nil }
    guard tensor.shape == shape, tensor.dtype == .float32 else {
      throw NetworkError.badOptimizerState(
        tensor: name,
        reason: "is \(tensor.shape) of \(tensor.dtype.rawValue), expected \(shape) of float32")
    }
    return try tensor.contiguous()
  }
}

/// Stochastic gradient descent with momentum, as `torch.optim.SGD`.
///
/// v ← μv + (1 − dampening)(g + λp), at first v = g + λp; p ← p − η·v, with Nesterov's momentum p ← p − η(g + λp +
/// μv). Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (ICML 2013).
public final class SGD: Optimizer {
  public let parameters: [Tensor]
  public var learningRate: Double
  private let rule: UpdateRules.SGD
  private var velocities: [Int: Tensor] = [:]

  /// An optimizer of `parameters`.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` or ``NetworkError/notParameters(optimizer:)`` for an empty
  ///   list, tensors that are not parameters, or Nesterov's momentum with dampening or without momentum.
  public init(
    _ parameters: [Tensor], learningRate: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) throws {
    try Self.check(parameters, "SGD")
    guard !nesterov || (momentum > 0 && dampening == 0) else {
      throw NetworkError.badLayer(
        layer: "SGD", reason: "nesterov requires a momentum above 0 and a dampening of 0")
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

  public func load(state: [Name: Tensor]) throws {
    var loaded: [Int: Tensor] = [:]
    for (index, parameter) in parameters.enumerated() {
      loaded[index] = try Self.tensor("momentum_buffer.\(index)", in: state, shape: parameter.shape)
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

/// Adam and AdamW, as `torch.optim.Adam` and `torch.optim.AdamW`.
///
/// Sources: Kingma and Ba 2014, arXiv 1412.6980; Loshchilov and Hutter 2017, arXiv 1711.05101 (AdamW); Reddi et al.
/// 2019, arXiv 1904.09237 (AMSGrad).
public final class Adam: Optimizer {
  /// The moments of one parameter.
  private struct Moments {
    /// The number of steps as a float32, as in PyTorch; exact up to 2²⁴.
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

  /// An optimizer of `parameters`; `decoupled` true is AdamW.
  ///
  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` for an empty list,
  ///   ``NetworkError/notParameters(optimizer:)`` for tensors that are not parameters.
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
    moments.sorted { $0.key < $1.key }.flatMap { index, moments in
      [("exp_avg.\(index)", moments.first), ("exp_avg_sq.\(index)", moments.second)]
        + (moments.largest.map { [("max_exp_avg_sq.\(index)", $0)] } ?? [])
        + [("step.\(index)", moments.count)]
    }
  }

  public func load(state: [Name: Tensor]) throws {
    var loaded: [Int: Moments] = [:]
    for (index, parameter) in parameters.enumerated() {
      guard let first = try Self.tensor("exp_avg.\(index)", in: state, shape: parameter.shape),
        let second = try Self.tensor("exp_avg_sq.\(index)", in: state, shape: parameter.shape),
        let count = try Self.tensor("step.\(index)", in: state, shape: [])
      else { continue }
      guard 0...Self.maxSteps ~= (try count.item()) else {
        throw NetworkError.badOptimizerState(
          tensor: "step.\(index)", reason: "is \(try count.item()), expected a number of steps from 0 to 2^24"
        )
      }
      loaded[index] = Moments(
        count: count, first: first, second: second,
        largest: try Self.tensor("max_exp_avg_sq.\(index)", in: state, shape: parameter.shape))
    }
    moments = loaded
  }

  /// The number of steps is a float32, whose integers end there.
  private static let maxSteps = 16_777_216.0

  public func step() throws {
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = parameter.gradient else { continue }
      let own = try moments[index] ?? fresh(parameter)
      let step = try own.count.item() + 1
      try own.count.assign(step)
      moments[index] = own
      try UpdateRules.Adam(
        learningRate: Float(learningRate), beta1: betas.0, beta2: betas.1,
        epsilon: Float(epsilon),
        weightDecay: Float(weightDecay), isDecoupled: isDecoupled, step: Int(step)
      ).apply(parameter, gradient, first: own.first, second: own.second, largest: own.largest)
    }
  }

  private func fresh(_ parameter: Tensor) throws -> Moments {
    let zeros = { try Tensor.zeros(parameter.shape, on: parameter.device) }
    return Moments(
      count: try .zeros([], on: parameter.device), first: try zeros(), second: try zeros(),
      largest: amsgrad ? try zeros() : nil)
  }
}

/// Limits the size of gradients.
public enum GradientClipping {
  /// What one of many small gradients costs, in operations of arithmetic.
  private static let gradientCost = 1 << 14

  /// Scales the gradients so that the norm of all of them together is at most `limit`.
  ///
  /// Source: Pascanu et al. 2013, arXiv 1211.5063; `torch.nn.utils.clip_grad_norm_`.
  /// - Returns: the norm before scaling.
  /// - Throws: `TensorError` when the memory budget is exceeded.
  public static func clip(_ parameters: [Tensor], to limit: Double) throws -> Double {
    let gradients = parameters.compactMap { parameter in parameter.gradient.map { (parameter, $0) } }
    var watch = Interruption.Watch()
    let squares = try gradients.reduce(0.0) { sum, pair in
      try watch.count(Self.gradientCost, "clip_grad_norm")
      return sum + (try Reduction(.sum)(Elementwise(Square())(pair.1)).item())
    }
    let norm = squares.squareRoot()
    if norm > limit {
      for (parameter, gradient) in gradients {
        try watch.count(Self.gradientCost, "clip_grad_norm")
        parameter.gradient = try gradient.scaled(by: Float(limit / (norm + 1e-6)))
      }
    }
    return norm
  }
}
