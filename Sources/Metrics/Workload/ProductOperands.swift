import Tensors

extension MatrixProduct {
  /// The operands of a product of matrices with what comes in on the left, without batches of one, and spelt out
  /// where it meets a matrix for each of many batches.
  static func operands(_ first: Tensor, _ second: Tensor, hasWeightsLeft: Bool) throws -> [Tensor] {
    guard first.rank > 1, second.rank > 1 else { return [first, second] }
    func plain(_ x: Tensor) throws -> Tensor {
      guard x.rank > 2, x.shape.dropLast(2).allSatisfy({ $0 == 1 }) else { return x }
      return try x.reshaped(Array(x.shape.suffix(2)))
    }
    var a = try plain(first)
    var b = try plain(second)
    if hasWeightsLeft || (a.rank == 2 && b.rank > 2) {
      // Weights from the left: a·b = (bᵀ·aᵀ)ᵀ.
      (a, b) = (try b.transposed(-2, -1), try a.transposed(-2, -1))
    }
    if b.rank > 2 {
      // The product has been made, so the lengths fit: equal, or 1 and repeated.
      let missing = b.rank - a.rank
      let own = Array(repeating: 1, count: max(0, missing)) + a.shape.dropLast(2)
      let other = Array(repeating: 1, count: max(0, -missing)) + b.shape.dropLast(2)
      let batch = zip(own, other).map { $0 == 1 ? $1 : $0 }
      a = try a.expanded(to: batch + a.shape.suffix(2))
    }
    return [a, b]
  }
}
