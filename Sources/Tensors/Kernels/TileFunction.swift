import VectorKernels

/// How a tile of a recorded program computes a function of one number, with the bits of ``UnaryFunction/value(_:)``.
public struct TileFunction: Sendable {
  let operation: nj_tile_operation
  /// The gradient from that of the result, the operand and the result; nil where it is 0.
  let gradient: nj_tile_operation?
  let p: Float
  let q: Float
  /// The constants of the gradient, where they are others.
  let gradientP: Float
  let gradientQ: Float

  init(
    _ operation: nj_tile_operation, _ gradient: nj_tile_operation?, p: Float = 0, q: Float = 0,
    gradientP: Float? = nil, gradientQ: Float? = nil
  ) {
    self.operation = operation
    self.gradient = gradient
    self.p = p
    self.q = q
    self.gradientP = gradientP ?? p
    self.gradientQ = gradientQ ?? q
  }
}

/// How a tile of a recorded program computes a function of two numbers, with the bits of
/// ``BinaryFunction/value(_:_:)``.
public struct TilePair: Sendable {
  let operation: nj_tile_operation
  /// The gradients with respect to both operands, from that of the result and the operands; nil where it is that of
  /// the result.
  let gradients: [Gradient?]

  struct Gradient: Sendable {
    let operation: nj_tile_operation
    var p: Float = 0
    var q: Float = 0
  }

  init(_ operation: nj_tile_operation, _ first: Gradient?, _ second: Gradient?) {
    self.operation = operation
    gradients = [first, second]
  }

  init(_ operation: nj_tile_operation, _ first: nj_tile_operation, _ second: nj_tile_operation) {
    self.init(operation, Gradient(operation: first), Gradient(operation: second))
  }
}
