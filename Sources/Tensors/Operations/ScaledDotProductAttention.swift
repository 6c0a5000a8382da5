import Support
import VectorKernels

/// Attention: softmax(q·kᵀ · scale)·v, without keeping the weights of all pairs of positions.
///
/// Inputs: queries `[…, queries, width]`, keys `[…, keys, width]`, values `[…, keys, columns]`, float32, with the same
/// leading dimensions, such as batch and heads. Result: `[…, queries, columns]`. The weights of some queries at a time
/// are computed, and computed again for the gradient. Source: Vaswani et al. 2017 (arXiv 1706.03762), equation 1; in
/// blocks: Dao et al. 2022 (arXiv 2205.14135).
public struct ScaledDotProductAttention: Operation {
  /// What products of queries and keys are multiplied by; nil for 1 / √width.
  public let scale: Float?
  /// Whether a query attends only to keys at its own position and before.
  public let isCausal: Bool

  public init(scale: Float? = nil, causal: Bool = false) {
    self.scale = scale
    isCausal = causal
  }

  public var name: String { "scaled_dot_product_attention" }
  public var isBatchwise: Bool { true }
  public var takesStridedUpstream: Bool { true }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let parts = try inputs.map { try MatrixRows($0, name) }
    let sizes = try sizes(inputs)
    let result = try MatrixRows(like: parts[0], columns: sizes.columns, name)
    let kernel = kernel(sizes)
    let statistics = try Tensor(
      uninitialized: [sizes.count, sizes.queries, 2], .float32, on: inputs[0].device, operation: name)
    let noted = statistics.sharedFloats
    let expiry = Interruption.expiry
    try inputs[0].device.parallel(
      sizes.count, by: 1, scratch: kernel.forwardScratch, operation: name
    ) { range, scratch in
      for index in range {
        let isDone = kernel.forward(
          parts[0][index], parts[1][index], parts[2][index], into: result[index],
          statistics: noted + index * 2 * sizes.queries, scratch,
          isDue: { Interruption.isDue(expiry) })
        if !isDone { return Interruption.noteCut() }
      }
    }
    return Outcome(result.tensor, saving: inputs + [result.tensor, statistics])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let parts = try step.saved.prefix(3).map { try MatrixRows($0, name) }
    let output = try MatrixRows(step.saved[3], name)
    let statistics = step.saved[4].sharedFloats
    let upstream = try MatrixRows(step.upstream, name)
    let gradients = try parts.map { try MatrixRows(like: $0, columns: $0.columns, name) }
    let sizes = try sizes(Array(step.saved.prefix(3)))
    let kernel = kernel(sizes)
    let expiry = Interruption.expiry
    try step.upstream.device.parallel(
      sizes.count, by: 1, scratch: kernel.gradientScratch, operation: name
    ) { range, scratch in
      for index in range {
        let isDone = kernel.gradient(
          (parts[0][index], parts[1][index], parts[2][index]), output: output[index],
          statistics: statistics + index * 2 * sizes.queries, upstream: upstream[index],
          into: (gradients[0][index], gradients[1][index], gradients[2][index]), scratch,
          isDue: { Interruption.isDue(expiry) })
        if !isDone { return Interruption.noteCut() }
      }
    }
    return zip(gradients, step.needs).map { $1 ? $0.tensor : nil }
  }

  private func kernel(_ sizes: Sizes) -> AttentionKernel {
    AttentionKernel(
      queries: sizes.queries, keys: sizes.keys, width: sizes.width, columns: sizes.columns,
      scale: scale ?? 1 / Float(max(1, sizes.width)).squareRoot(), isCausal: isCausal)
  }

  private struct Sizes {
    /// The products of the leading dimensions.
    let count: Int
    let queries: Int
    let keys: Int
    let width: Int
    let columns: Int
  }

  /// - Throws: ``TensorError`` for shapes that do not fit.
  private func sizes(_ inputs: [Tensor]) throws -> Sizes {
    let q = inputs[0].shape
    let k = inputs[1].shape
    let v = inputs[2].shape
    let rank = q.count
    guard k.count == rank, q.dropLast(2) == k.dropLast(2), q[rank - 1] == k[rank - 1] else {
      throw TensorError.shapeMismatch(
        operation: name, left: q, right: k,
        hint: "queries are (…, queries, width) and keys (…, keys, width), with the same leading dimensions")
    }
    guard v.count == rank, k.dropLast() == v.dropLast() else {
      throw TensorError.shapeMismatch(
        operation: name, left: k, right: v,
        hint: "keys are (…, keys, width) and values (…, keys, columns): a value for every key")
    }
    return Sizes(
      count: q.dropLast(2).reduce(1, *), queries: q[rank - 2], keys: k[rank - 2], width: q[rank - 1],
      columns: v[rank - 1])
  }
}

/// The matrices in the last two dimensions of a tensor, their columns contiguous.
private struct MatrixRows: Sendable {
  let tensor: Tensor
  let columns: Int
  private let base: Shared<Float>
  private let stride: Int
  /// Where each matrix begins.
  private let starts: [Int]

  /// The matrices of `x`, in a copy where its columns are not contiguous.
  ///
  /// - Throws: ``TensorError`` for a tensor of fewer than two dimensions or of integers.
  init(_ x: Tensor, _ operation: String) throws {
    try x.requireFloat(operation)
    guard x.rank >= 2 else {
      throw TensorError.badShape(
        operation: operation, shape: x.shape, expected: "at least two dimensions: (…, positions, width)")
    }
    let own = x.strides[x.rank - 1] == 1 || x.shape[x.rank - 1] <= 1 ? x : try x.contiguous(for: operation)
    self.init(own)
  }

  /// Room for matrices with as many rows as those of `other`, in its order of dimensions: heads that were taken out of
  /// a row go back there without a copy.
  ///
  /// - Throws: `TensorError` when the memory budget is exceeded.
  init(like other: Self, columns: Int, _ operation: String) throws {
    let x = other.tensor
    let shape = x.shape.dropLast() + [columns]
    let last = x.rank - 1
    let order = (0..<last).sorted { (x.strides[$0], $1) > (x.strides[$1], $0) } + [last]
    let memory = try Tensor(
      uninitialized: order.map { shape[$0] }, .float32, on: x.device, operation: operation)
    var strides = [Int](repeating: 1, count: x.rank)
    for (place, dimension) in order.enumerated() { strides[dimension] = memory.strides[place] }
    self.init(memory.viewed(as: Array(shape), strides: strides))
  }

  private init(_ x: Tensor) {
    tensor = x
    columns = x.shape[x.rank - 1]
    base = x.sharedFloats
    stride = x.strides[x.rank - 2]
    var starts = [0]
    for (length, step) in zip(x.shape, x.strides).dropLast(2) {
      starts = starts.flatMap { start in (0..<length).map { start + $0 * step } }
    }
    self.starts = starts
  }

  subscript(index: Int) -> AttentionKernel.Rows {
    .init(values: base + starts[index], stride: stride)
  }
}
