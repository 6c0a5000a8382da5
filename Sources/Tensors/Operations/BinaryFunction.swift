import Foundation
import VectorKernels

/// A function of two numbers with both partial derivatives.
public protocol BinaryFunction: Sendable {
  /// The name users know it by.
  var name: String { get }
  /// The value at `a` and `b`.
  func value(_ a: Float, _ b: Float) -> Float
  /// The partial derivatives at `a` and `b`, where the value is `y`.
  func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float)
  /// The function of integers, exact, where it has one. Its results are nil where they are no integers, and may exceed
  /// int32.
  var onIntegers: (@Sendable (Int, Int) -> Int?)? { get }
  /// Whether the derivatives depend on `a` and `b`, which are then saved for the gradient.
  var needsValues: Bool { get }

  /// How it runs in a recorded program; nil where that has no instruction for it.
  var tile: TilePair? { get }

  /// ``value(_:_:)`` of all pairs, broadcast to the shape of `result`. A requirement, so that each function gets a
  /// specialized loop.
  func map(_ a: Tensor, _ b: Tensor, into result: Tensor)
  /// `upstream` times the derivative with respect to `a` if `first`, else to `b`, both broadcast to its shape.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func mapDerivative(_ a: Tensor, _ b: Tensor, _ upstream: Tensor, first: Bool) throws -> Tensor
}

extension BinaryFunction {
  public var needsValues: Bool { true }
  public var onIntegers: (@Sendable (Int, Int) -> Int?)? { nil }
  public var tile: TilePair? { nil }

  public func map(_ a: Tensor, _ b: Tensor, into result: Tensor) {
    let shape = result.shape
    if a.shape == shape, b.shape == shape, a.isContiguous, b.isContiguous, result.isContiguous {
      let to = result.sharedFloats
      let left = a.sharedFloats
      let right = b.sharedFloats
      result.device.parallel(result.count, by: Device.chunkElements) { range in
        let start = range.lowerBound
        row(to + start, 1, left + start, 1, right + start, 1, range.count)
      }
      return
    }
    let loop = StridedLoop(
      shape: shape,
      operands: [result.strides, a.strides(broadcastTo: shape), b.strides(broadcastTo: shape)])
    let to = result.sharedFloats
    let left = a.sharedFloats
    let right = b.sharedFloats
    let length = loop.rowLength
    let s0 = loop.step(0)
    let s1 = loop.step(1)
    let s2 = loop.step(2)
    guard result.count > 0 else { return }
    if loop.rows == 1 {
      result.device.parallel(length, by: Device.chunkElements) { range in
        let start = range.lowerBound
        row(to + start * s0, s0, left + start * s1, s1, right + start * s2, s2, range.count)
      }
    } else {
      result.device.parallel(loop.rows, by: max(1, Device.chunkElements / length)) { rows in
        loop.forEachRow(in: rows) { _, at in
          row(to + at[0], s0, left + at[1], s1, right + at[2], s2, length)
        }
      }
    }
  }

  @inline(__always)
  private func row(
    _ to: UnsafeMutablePointer<Float>, _ s0: Int, _ a: UnsafeMutablePointer<Float>, _ s1: Int,
    _ b: UnsafeMutablePointer<Float>, _ s2: Int, _ count: Int
  ) {
    // The common layouts get loops that the compiler can vectorize.
    if s0 == 1 && s1 == 1 && s2 == 1 {
      for i in 0..<count { to[i] = value(a[i], b[i]) }
    } else if s0 == 1 && s1 == 1 && s2 == 0 {
      let fixed = b[0]
      for i in 0..<count { to[i] = value(a[i], fixed) }
    } else {
      for i in 0..<count { to[i * s0] = value(a[i * s1], b[i * s2]) }
    }
  }

  public func mapDerivative(_ a: Tensor, _ b: Tensor, _ upstream: Tensor, first: Bool) throws -> Tensor {
    let result = try Tensor(uninitialized: upstream.shape, .float32, on: upstream.device, operation: name)
    let shape = upstream.shape
    let left = try a.expanded(to: shape).contiguous(for: name)
    let right = try b.expanded(to: shape).contiguous(for: name)
    let x = left.sharedFloats
    let y = right.sharedFloats
    let up = upstream.sharedFloats
    let to = result.sharedFloats
    upstream.device.parallel(upstream.count, by: Device.chunkElements) { range in
      for i in range {
        let both = derivatives(x[i], y[i], value(x[i], y[i]))
        to[i] = up[i] * (first ? both.0 : both.1)
      }
    }
    return result
  }
}

/// A function of two numbers applied to the pairs of two float32 tensors, broadcast to one shape; of two int32 tensors
/// where the function has a form for integers, with int32 results and without a gradient.
public struct BinaryElementwise: Operation {
  /// The function of each pair.
  public let formula: any BinaryFunction

  public init(_ formula: any BinaryFunction) { self.formula = formula }

  public var name: String { formula.name }
  public var isBatchwise: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let a = inputs[0]
    let b = inputs[1]
    if a.dtype == .int32, b.dtype == .int32, let function = formula.onIntegers {
      return Outcome(try IntegerElements.map(a, b, name, function))
    }
    try a.requireFloat(name)
    try b.requireFloat(name)
    let shape = try Tensor.broadcast(a.shape, b.shape, name)
    let result = try Tensor(uninitialized: shape, .float32, on: a.device, operation: name)
    formula.map(a, b, into: result)
    return Outcome(result, saving: formula.needsValues ? [a, b] : [])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    try [0, 1].map { side in
      guard step.needs[side] else { return nil }
      return try derivative(step, first: side == 0).summed(to: step.shapes[side])
    }
  }

  private func derivative(_ step: BackwardStep, first: Bool) throws -> Tensor {
    if formula.needsValues {
      return try formula.mapDerivative(step.saved[0], step.saved[1], step.upstream, first: first)
    }
    let constant = first ? formula.derivatives(0, 0, 0).0 : formula.derivatives(0, 0, 0).1
    return constant == 1 ? step.upstream : try Elementwise(Affine(scale: constant))(step.upstream)
  }
}

extension BinaryElementwise {
  /// The function of the pairs of two tensors, recorded if one of them requires a gradient.
  ///
  /// - Throws: ``TensorError`` as ``forward(_:)``.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    guard a.isShortAndPlain, b.isShortAndPlain, a.shape == b.shape, a.dtype == .float32, b.dtype == .float32,
      Recording.wantsResultAlone
    else { return try apply([a, b]) }
    a.device.countOperation()
    let result = try Tensor(uninitialized: a.shape, .float32, on: a.device, operation: name)
    formula.map(a, b, into: result)
    return result
  }
}

/// a + b.
public struct Addition: BinaryFunction {
  public init() {}
  public var name: String { "add" }
  public var needsValues: Bool { false }
  public var onIntegers: (@Sendable (Int, Int) -> Int?)? { { $0 + $1 } }
  public var tile: TilePair? { TilePair(NJ_TILE_ADD, nil, nil) }
  public func value(_ a: Float, _ b: Float) -> Float { a + b }
  public func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float) { (1, 1) }
}

/// a − b.
public struct Subtraction: BinaryFunction {
  public init() {}
  public var name: String { "sub" }
  public var needsValues: Bool { false }
  public var onIntegers: (@Sendable (Int, Int) -> Int?)? { { $0 - $1 } }
  public var tile: TilePair? { TilePair(NJ_TILE_SUBTRACT, nil, .init(operation: NJ_TILE_AFFINE, p: -1)) }
  public func value(_ a: Float, _ b: Float) -> Float { a - b }
  public func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float) { (1, -1) }
}

/// a · b.
public struct Multiplication: BinaryFunction {
  public init() {}
  public var name: String { "mul" }
  public var onIntegers: (@Sendable (Int, Int) -> Int?)? { { $0 * $1 } }
  public var tile: TilePair? {
    TilePair(NJ_TILE_MULTIPLY, NJ_TILE_PRODUCT_WITH_THIRD, NJ_TILE_PRODUCT_WITH_SECOND)
  }
  public func value(_ a: Float, _ b: Float) -> Float { a * b }
  public func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float) { (b, a) }
}

/// a / b.
public struct Division: BinaryFunction {
  public init() {}
  public var name: String { "div" }
  public var tile: TilePair? { TilePair(NJ_TILE_DIVIDE, NJ_TILE_DIVIDE_FIRST, NJ_TILE_DIVIDE_SECOND) }
  public func value(_ a: Float, _ b: Float) -> Float { a / b }
  public func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float) { (1 / b, -y / b) }
}

/// aᵇ; the derivative with respect to b at a = 0 is 0 for b of at least 0, as in PyTorch.
public struct PowerOf: BinaryFunction {
  public init() {}
  public var name: String { "pow" }
  public var onIntegers: (@Sendable (Int, Int) -> Int?)? { { IntegerElements.power($0, $1) } }
  public func value(_ a: Float, _ b: Float) -> Float { pow(a, b) }
  public func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float) {
    (b == 0 ? 0 : b * pow(a, b - 1), a == 0 && b >= 0 ? 0 : y * log(a))
  }
}

/// The larger of two; where they are equal, each gets half the gradient, and with a NaN both get all of it, as in
/// PyTorch.
public struct Maximum: BinaryFunction {
  public init() {}
  public var name: String { "maximum" }
  public var onIntegers: (@Sendable (Int, Int) -> Int?)? { { max($0, $1) } }
  public var tile: TilePair? { TilePair(NJ_TILE_MAXIMUM, NJ_TILE_MAXIMUM_FIRST, NJ_TILE_MAXIMUM_SECOND) }
  public func value(_ a: Float, _ b: Float) -> Float { a != a || a > b ? a : b }
  public func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float) {
    a == b ? (0.5, 0.5) : (a < b ? 0 : 1, a > b ? 0 : 1)
  }
}

/// The smaller of two; where they are equal, each gets half the gradient, and with a NaN both get all of it, as in
/// PyTorch.
public struct Minimum: BinaryFunction {
  public init() {}
  public var name: String { "minimum" }
  public var onIntegers: (@Sendable (Int, Int) -> Int?)? { { min($0, $1) } }
  public var tile: TilePair? { TilePair(NJ_TILE_MINIMUM, NJ_TILE_MINIMUM_FIRST, NJ_TILE_MINIMUM_SECOND) }
  public func value(_ a: Float, _ b: Float) -> Float { a != a || a < b ? a : b }
  public func derivatives(_ a: Float, _ b: Float, _ y: Float) -> (Float, Float) {
    a == b ? (0.5, 0.5) : (a > b ? 0 : 1, a < b ? 0 : 1)
  }
}
