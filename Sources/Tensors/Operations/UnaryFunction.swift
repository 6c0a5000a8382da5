import Foundation

/// A function of one number with its derivative; tensors, gradients and bindings follow from it.
public protocol UnaryFunction: Sendable {
  /// The name users know it by.
  var name: String { get }
  /// The value at `x`.
  func value(_ x: Float) -> Float
  /// The derivative at `x`, where the value is `y`.
  func derivative(_ x: Float, _ y: Float) -> Float
  /// What the derivative is computed from: only that is kept for the gradient.
  var derivativeNeeds: DerivativeNeeds { get }
  /// Whether what it gives is the activity of units, whose zeros activation sparsity counts.
  var isActivation: Bool { get }

  /// ``value(_:)`` of every element. A requirement, so that each formula gets a compiled loop of its own.
  func map(_ x: Tensor) throws -> Tensor
  /// `upstream` times ``derivative(_:_:)`` of every element.
  func mapDerivative(_ x: Tensor, _ y: Tensor, _ upstream: Tensor) throws -> Tensor
}

/// What the derivative of a formula depends on.
public enum DerivativeNeeds: Sendable { case nothing, input, output, both }

extension UnaryFunction {
  public var derivativeNeeds: DerivativeNeeds { .both }
  public var isActivation: Bool { false }

  public func map(_ x: Tensor) throws -> Tensor {
    try x.requireFloat(name)
    let source = try x.contiguous(for: name)
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = source.sharedFloats
    let to = result.sharedFloats
    x.device.parallel(x.count, by: Device.chunkElements) { range in
      for i in range { to[i] = value(from[i]) }
    }
    return result
  }

  public func mapDerivative(_ x: Tensor, _ y: Tensor, _ upstream: Tensor) throws -> Tensor {
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = x.sharedFloats
    let values = y.sharedFloats
    let up = upstream.sharedFloats
    let to = result.sharedFloats
    x.device.parallel(x.count, by: Device.chunkElements) { range in
      for i in range { to[i] = up[i] * derivative(from[i], values[i]) }
    }
    return result
  }
}

/// A unary formula over a tensor of any shape.
public struct Elementwise: Operation {
  /// What is done to every element.
  public let formula: any UnaryFunction

  public init(_ formula: any UnaryFunction) { self.formula = formula }

  public var name: String { formula.name }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let y = try formula.map(inputs[0])
    switch formula.derivativeNeeds {
    case .nothing: return Outcome(y)
    case .input: return Outcome(y, saving: [inputs[0]])
    case .output: return Outcome(y, saving: [y])
    case .both: return Outcome(y, saving: [inputs[0], y])
    }
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    // What the derivative does not need is filled in with what is at hand, and not looked at.
    let x = try step.saved.first?.contiguous(for: name) ?? step.upstream
    return [
      try formula.mapDerivative(x, step.saved.last?.contiguous(for: name) ?? step.upstream, step.upstream)
    ]
  }
}
