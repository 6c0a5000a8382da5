/// An operation that multiplies an input by weights.
public protocol SynapticOperation: Operation {
  /// The inputs whose multiplications count, by their number from 0, with the number of weights that each of their
  /// elements is multiplied by.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)]
  /// The attributes that the fan-outs depend on besides the weights and the shape of a sample.
  var attributes: [Int] { get }
}

extension SynapticOperation {
  public var attributes: [Int] { [] }
  public var asSynaptic: (any SynapticOperation)? { self }
}

/// The number of weights that each element of an input is multiplied by, and how many of them are not 0.
///
/// The effective synaptic operations of a sample are the pairs of an element and a weight that are both not 0. Padding
/// and biases do not count. Source: Yik et al., "NeuroBench" (arXiv 2304.04640).
public enum FanOut: Sendable {
  /// Weights that all samples share: the number of nonzero weights per element, int32 `[blocks, period]`, and the
  /// products of one period whatever the values. The elements of the input, in row-major order, are cut into equal
  /// blocks; the elements of a block repeat its row.
  case weights(effective: Tensor, dense: Int)
  /// Every element is multiplied once, by the corresponding element of another tensor minus `offset`.
  case partners(Tensor, offset: Float)

  /// The synaptic operations of each of `samples` equal parts of an input.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func counts(of input: Tensor, samples: Int) throws -> [SynapseCount] {
    let input = try input.contiguous(for: "synaptic operations")
    guard samples > 0, input.count > 0 else {
      return [SynapseCount](repeating: SynapseCount(effective: 0, dense: 0, isBinary: true), count: samples)
    }
    let from = input.sharedFloats
    let length = input.count / samples
    switch self {
    case .partners(let others, let offset):
      let others = try others.contiguous(for: "synaptic operations").sharedFloats
      return input.device.mapped(samples, cost: length) { sample in
        let own = from + sample * length
        let other = others + sample * length
        let counted = Counting.partners(own, other, length, without: offset)
        return SynapseCount(effective: counted.sum, dense: length, isBinary: counted.isBinary)
      }
    case .weights(let effective, let dense):
      let blocks = effective.shape[0]
      let period = effective.shape[1]
      let block = input.count / blocks
      let table = Shared(effective.pointer(Int32.self))
      let products = dense * (input.count / period) / samples
      return input.device.mapped(samples, cost: length) { sample in
        var effective = 0
        var isBinary = true
        var at = sample * length
        let end = at + length
        while at < end {
          let offset = at % block % period
          // Short enough for sums of 32 bits.
          let count = min(end - at, period - offset, block - at % block, 4096)
          let counted = Counting.weights(
            from + at, table + (at / block * period + offset), count, isBinary: isBinary)
          effective += Int(counted.sum)
          isBinary = counted.isBinary
          at += count
        }
        return SynapseCount(effective: effective, dense: products, isBinary: isBinary)
      }
    }
  }
}

/// The synaptic operations of one sample in one operation.
public struct SynapseCount: Sendable, Equatable, BitwiseCopyable {
  public let effective: Int
  public let dense: Int
  /// Whether every element of the input is −1, 0 or 1, so that multiplications are additions.
  public let isBinary: Bool
}

extension Tensor {
  /// How many elements are not 0 in each of `samples` equal parts of this float32 tensor.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func nonZeroCounts(samples: Int) throws -> [Int] {
    let from = try contiguous(for: "count").sharedFloats
    let length = count / max(1, samples)
    return device.mapped(samples, cost: length) { Int(Counting.nonZero(from + $0 * length, length)) }
  }

  /// How many elements differ from those of another float32 tensor of the same shape, in each of `samples` equal parts.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func differences(from other: Tensor, samples: Int) throws -> [Int] {
    let own = try contiguous(for: "count").sharedFloats
    let others = try other.contiguous(for: "count").sharedFloats
    let length = count / max(1, samples)
    return device.mapped(samples, cost: length) {
      Int(Counting.differences(own + $0 * length, others + $0 * length, length))
    }
  }
}

extension Device {
  /// The results of `body` for 0 ..< `count`, each of which reads about `cost` elements.
  fileprivate func mapped<Result: BitwiseCopyable & Sendable>(
    _ count: Int, cost: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    [Result](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let start = buffer.baseAddress else { return }
      let results = Shared(start)
      parallel(count, by: Device.chunkElements / max(1, cost)) { range in
        for number in range { results[number] = body(number) }
      }
      filled = count
    }
  }
}

extension Linear: SynapticOperation {
  /// Element (…, k) of the input meets column k of the weight.
  ///
  /// - Throws: as ``SynapticOperation/fanOuts(_:)``.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    try MatrixProduct().fanOuts([inputs[0], inputs[1].transposed(0, 1)])
  }
}

extension MatrixProduct: SynapticOperation {
  /// Element (i, k) of the left matrix meets row k of the right one.
  ///
  /// - Throws: as ``SynapticOperation/fanOuts(_:)``.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    let a = inputs[0]
    let b = inputs[1].rank == 1 ? try inputs[1].unsqueezed(-1) : inputs[1]
    guard b.rank >= 2 else { return [] }
    let inner = b.shape[b.rank - 2]
    let columns = b.shape[b.rank - 1]
    guard b.rank > 2 else {
      // Transposed, as the weights of linear layers are stored, so that contiguous rows are added.
      let weights = try b.transposed(0, 1).contiguous(for: name)
      return [(0, .weights(effective: try weights.nonZeroRows(of: 1), dense: inner * columns))]
    }
    // A matrix for each batch of the left one.
    let batch = Array(a.shape.dropLast(2))
    let count = batch.reduce(1, *)
    let expanded = try b.expanded(to: batch + [inner, columns]).transposed(-2, -1).contiguous(for: name)
    let weights = try expanded.reshaped([count * columns, inner])
    return [(0, .weights(effective: try weights.nonZeroRows(of: count), dense: inner * columns))]
  }
}

extension Conv1d: SynapticOperation {
  /// Channel c at time t meets the weights of the taps of all windows that contain it.
  ///
  /// - Throws: as ``SynapticOperation/fanOuts(_:)``.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    let x = inputs[0]
    let weight = inputs[1]
    let time = x.shape[1]
    let channels = x.shape[2]
    let kernel = weight.shape[2]
    let own = weight.shape[1]
    let outputs = weight.shape[0] / groups
    // (group, channel of the group · tap): weights that are not 0, over the outputs of the group.
    let taps = try weight.contiguous(for: name).reshaped([weight.shape[0], own * kernel]).nonZeroRows(
      of: groups)
    let table = try Tensor.zeros([1, time * channels], dtype: .int32, on: x.device)
    let from = taps.pointer(Int32.self)
    let to = table.pointer(Int32.self)
    let windows = (time + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
    var products = 0
    for tap in 0..<kernel {
      let first = tap * dilation - padding
      for window in 0..<windows where 0..<time ~= first + window * stride {
        let row = to + (first + window * stride) * channels
        for channel in 0..<channels { row[channel] &+= from[channel * kernel + tap] }
        products += channels * outputs
      }
    }
    return [(0, .weights(effective: table, dense: products))]
  }

  public var attributes: [Int] { [stride, padding, dilation, groups] }
}

extension Tensor {
  /// How many elements of each column are not 0, in each of `blocks` equal parts of the rows of this contiguous matrix:
  /// (blocks, columns) of int32.
  fileprivate func nonZeroRows(of blocks: Int) throws -> Tensor {
    let rows = shape[0] / blocks
    let columns = shape[1]
    let result = try Tensor.zeros([blocks, columns], dtype: .int32, on: device)
    let from = sharedFloats
    let to = Shared(result.pointer(Int32.self))
    // A chunk of columns, in all blocks and rows.
    device.parallel(columns, by: Device.chunkElements / Swift.max(1, shape[0])) { range in
      for row in 0..<rows * blocks {
        let source = from + row * columns
        let target = to + row / rows * columns
        for column in range { target[column] &+= source[column] != 0 ? 1 : 0 }
      }
    }
    return result
  }
}
