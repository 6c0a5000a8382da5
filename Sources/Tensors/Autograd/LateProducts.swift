/// The gradients of weights that every time step multiplies by: Σ upstreamᵀ·input over the steps, as a few large
/// products.
///
/// One product a step would read and write the whole gradient at each of them.
///
/// Used by the one thread that works on its part of a batch.
final class DeferredWeightGradients {
  private var pairs: [Int: [(upstream: Tensor, input: Tensor)]] = [:]
  private(set) var sums: [Int: Tensor] = [:]

  /// Rows that are multiplied together: enough for the product to be worth more than the gradient's way from memory.
  private static let rows = 512

  func add(_ upstream: Tensor, _ input: Tensor, to weight: Int) {
    pairs[weight, default: []].append((upstream, input))
  }

  /// Multiplies what has gathered; in the end all of it.
  func gather(isLast: Bool = false) throws {
    for (weight, waiting) in pairs {
      let rows = waiting.reduce(0) { $0 + $1.upstream.count / max(1, $1.upstream.shape.last ?? 1) }
      guard rows > 0, isLast || rows >= Self.rows else { continue }
      func tall(_ x: Tensor) throws -> Tensor { try x.reshaped([-1, x.shape[x.rank - 1]]) }
      let upstream = try Concatenation(0).apply(waiting.map { try tall($0.upstream) })
      let input = try Concatenation(0).apply(waiting.map { try tall($0.input) })
      let product = try MatrixProduct()(upstream.transposed(0, 1), input)
      if let sum = sums[weight] { Addition().map(sum, product, into: sum) } else { sums[weight] = product }
      pairs[weight] = []
    }
  }
}
