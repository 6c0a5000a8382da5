import Foundation

/// A function of one number with its derivative, from which tensor operations, gradients and bindings are made.
public protocol UnaryFunction: Sendable {
  /// The name users know it by.
  var name: String { get }
  /// The value at `x`.
  func value(_ x: Float) -> Float
  /// The derivative at `x`, where the value is `y`.
  func derivative(_ x: Float, _ y: Float) -> Float
  /// What the derivative is computed from; only that is saved for the gradient.
  var derivativeNeeds: DerivativeNeeds { get }
  /// The function of integers, exact, where it has one; its results for int32 fit 64 bits.
  var onIntegers: (@Sendable (Int) -> Int)? { get }
  /// Whether it is an activation function, whose zeros activation sparsity counts.
  var isActivation: Bool { get }

  /// How it runs in a recorded program; nil where that has no instruction for it.
  var tile: TileFunction? { get }

  /// ``value(_:)`` of every element of a float32 tensor. A requirement, so that each function gets a specialized loop.
  ///
  /// - Throws: ``TensorError`` for another type, or when the memory budget is exceeded.
  func map(_ x: Tensor) throws -> Tensor
  /// `upstream` times ``derivative(_:_:)`` of every element; all three tensors have one shape.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func mapDerivative(_ x: Tensor, _ y: Tensor, _ upstream: Tensor) throws -> Tensor
}

/// What the derivative of a function is computed from.
public enum DerivativeNeeds: Sendable { case nothing, input, output, both }

extension UnaryFunction {
  public var derivativeNeeds: DerivativeNeeds { .both }
  public var isActivation: Bool { false }
  public var onIntegers: (@Sendable (Int) -> Int)? { nil }
  public var tile: TileFunction? { nil }

  public func map(_ x: Tensor) throws -> Tensor { try mapEach(x) }

  public func mapDerivative(_ x: Tensor, _ y: Tensor, _ upstream: Tensor) throws -> Tensor {
    try mapEachDerivative(x, y, upstream)
  }

  /// ``value(_:)`` of every element, by a loop.
  func mapEach(_ x: Tensor) throws -> Tensor {
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

  /// `upstream` times ``derivative(_:_:)`` of every element, by a loop.
  func mapEachDerivative(_ x: Tensor, _ y: Tensor, _ upstream: Tensor) throws -> Tensor {
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

/// A function of one number applied to every element of a float32 tensor of any shape; of an int32 tensor where the
/// function has a form for integers, with int32 results and without a gradient.
public struct Elementwise: Operation {
  /// The function of each element.
  public let formula: any UnaryFunction

  public init(_ formula: any UnaryFunction) { self.formula = formula }

  public var name: String { formula.name }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    if inputs[0].dtype == .int32, let function = formula.onIntegers {
      return Outcome(try IntegerElements.map(inputs[0], name, function))
    }
    let y = try formula.map(inputs[0])
    switch formula.derivativeNeeds {
    case .nothing: return Outcome(y)
    case .input: return Outcome(y, saving: [inputs[0]])
    case .output: return Outcome(y, saving: [y])
    case .both: return Outcome(y, saving: [inputs[0], y])
    }
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    // An operand that the derivative does not use is replaced by any tensor of its shape.
    let x = try step.saved.first?.contiguous(for: name) ?? step.upstream
    return [
      try formula.mapDerivative(x, step.saved.last?.contiguous(for: name) ?? step.upstream, step.upstream)
    ]
  }
}

extension Elementwise {
  /// The function of every element, recorded if the tensor requires a gradient.
  ///
  /// - Throws: ``TensorError`` as ``forward(_:)``.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    guard x.isShortAndPlain, x.dtype == .float32, Recording.wantsResultAlone else { return try apply([x]) }
    x.device.countOperation()
    return try formula.map(x)
  }
}
