/// An operation that multiplies what comes in by weights.
public protocol SynapticOperation: Operation {
  /// Inputs, by their numbers, with how many weights each of their elements is multiplied; empty where none is counted.
  func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)]
  /// What they hang on besides the weights and the shape of a sample.
  var attributes: [Int] { get }
}

extension SynapticOperation {
  public var attributes: [Int] { [] }
}

/// With how many weights each element of an input is multiplied, and with how many that are not 0.
///
/// The effective synaptic operations of a sample are the pairs of an element that is not 0 and a weight that is not 0
/// (Yik et al., "NeuroBench", arXiv 2304.04640): the sum of `effective` over the sample's elements that are not 0.
/// Padding is no element of the input, and biases are no weights: neither counts.
public struct FanOut: Sendable {
  /// (blocks, period) of int32: weights that are not 0. The input's elements, in row-major order, are cut into equal
  /// blocks, and those of a block repeat its row.
  private let effective: Tensor
  /// All products of one period, whatever the values.
  private let dense: Int

  init(effective: Tensor, dense: Int) throws {
    (self.effective, self.dense) = (try effective.packed("synaptic operations"), dense)
  }

  /// Every element multiplied once, by the element of `other` in its place.
  static func pairs(with other: Tensor) throws -> FanOut {
    let isThere = try Comparison.ne(other, Tensor(0, on: other.device)).converted(to: .int32)
    return try FanOut(effective: isThere.reshaped([1, other.count]), dense: other.count)
  }

  /// What each of `samples` equal parts of an input comes to.
  public func counts(of input: Tensor, samples: Int) throws -> [SynapseCount] {
    let input = try input.packed("synaptic operations")
    guard samples > 0, effective.count > 0, input.count > 0 else {
      return [SynapseCount](repeating: SynapseCount(effective: 0, dense: 0, isBinary: true), count: samples)
    }
    let (blocks, period) = (effective.shape[0], effective.shape[1])
    let (length, block) = (input.count / samples, input.count / blocks)
    let (from, table) = (input.sharedFloats, Shared(effective.pointer(Int32.self)))
    let dense = dense * (input.count / period) / samples
    return input.device.mapped(samples, cost: length) { sample in
      var (effective, others, at) = (0, 0, sample * length)
      let end = at + length
      while at < end {
        let place = at % block % period
        // Short enough for sums of 32 bits.
        let count = min(end - at, period - place, block - at % block, 4096)
        let part = Self.count(from + at, table + (at / block * period + place), count)
        effective += Int(part.effective)
        others += Int(part.others)
        at += count
      }
      return SynapseCount(effective: effective, dense: dense, isBinary: others == 0)
    }
  }

  /// Weights that meet an element other than 0, and elements that are none of −1, 0 and 1.
  private static func count(
    _ x: UnsafeMutablePointer<Float>, _ weights: UnsafeMutablePointer<Int32>, _ count: Int
  ) -> (effective: Int32, others: Int32) {
    var (effective, others): (Int32, Int32) = (0, 0)
    for i in 0..<count {
      let value = x[i]
      effective &+= value != 0 ? weights[i] : 0
      others &+= value != 0 && abs(value) != 1 ? 1 : 0
    }
    return (effective, others)
  }
}

/// The synaptic operations of one sample in one operation.
public struct SynapseCount: Sendable, Equatable, BitwiseCopyable {
  public let effective: Int
  public let dense: Int
  /// Whether every element that came in is −1, 0 or 1: multiplying by it is an addition.
  public let isBinary: Bool
}

extension Tensor {
  /// How many elements are not 0 in each of `samples` equal parts of this tensor.
  public func nonZeroCounts(samples: Int) throws -> [Int] {
    let from = try packed("count").sharedFloats
    let length = count / max(1, samples)
    return device.mapped(samples, cost: length) { sample in
      let start = sample * length
      var total: Int32 = 0
      for i in start..<start + length { total &+= from[i] != 0 ? 1 : 0 }
      return Int(total)
    }
  }

  /// How many elements differ from those of another tensor of the same shape, in each of `samples` equal parts.
  public func differences(from other: Tensor, samples: Int) throws -> [Int] {
    let (own, others) = (try packed("count").sharedFloats, try other.packed("count").sharedFloats)
    let length = count / max(1, samples)
    return device.mapped(samples, cost: length) { sample in
      let start = sample * length
      var total: Int32 = 0
      for i in start..<start + length { total &+= own[i] != others[i] ? 1 : 0 }
      return Int(total)
    }
  }
}

extension Device {
  /// The results of `body` for 0 ..< `count`, each of which looks at about `cost` elements.
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
  /// One more weight for every output that an input reaches.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    try MatrixProduct().fanOuts([inputs[0], inputs[1].transposed(0, 1)])
  }
}

extension MatrixProduct: SynapticOperation {
  /// Element (i, k) of the left matrix meets row k of the right one.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    let (a, b) = (inputs[0], inputs[1].rank == 1 ? try inputs[1].unsqueezed(-1) : inputs[1])
    guard b.rank >= 2 else { return [] }
    let columns = b.shape[b.rank - 1]
    let isThere = try Comparison.ne(b, Tensor(0, on: b.device)).converted(to: .float32)
    let rows = try Reduction(.sum, over: [-1])(isThere).converted(to: .int32)
    let inner = rows.shape[rows.rank - 1]
    guard b.rank > 2 else {
      return [(0, try FanOut(effective: rows.unsqueezed(0), dense: inner * columns))]
    }
    // A matrix for each batch. One matrix on the left that meets many on the right has no samples of its own.
    let batch = Array(a.shape.dropLast(2))
    guard try Tensor.broadcast(batch, Array(b.shape.dropLast(2)), name) == batch else { return [] }
    let spelt = try rows.expanded(to: batch + [inner]).packed(name).reshaped([batch.reduce(1, *), inner])
    return [(0, try FanOut(effective: spelt, dense: inner * columns))]
  }
}

extension Conv1d: SynapticOperation {
  /// Channel c at time t meets the weights of the taps whose window lies on it.
  public func fanOuts(_ inputs: [Tensor]) throws -> [(input: Int, fanOut: FanOut)] {
    let (x, weight) = (inputs[0], inputs[1])
    let (time, channels, kernel) = (x.shape[1], x.shape[2], weight.shape[2])
    let own = weight.shape[1]
    let outputs = weight.shape[0] / groups
    // (tap, channel): weights that are not 0, over the outputs of the channel's group.
    let isThere = try Comparison.ne(weight, Tensor(0, on: x.device)).converted(to: .float32)
    let taps = try Reduction(.sum, over: [1])(isThere.reshaped([groups, outputs, own, kernel]))
      .reshaped([channels, kernel]).transposed(0, 1).packed(name)
    let windows = (time + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
    let meets = try Tensor.zeros([time, kernel], on: x.device)
    var products = 0
    for tap in 0..<kernel {
      let first = tap * dilation - padding
      for window in 0..<windows where 0..<time ~= first + window * stride {
        meets.floats[(first + window * stride) * kernel + tap] = 1
        products += channels * outputs
      }
    }
    let table = try MatrixProduct()(meets, taps).converted(to: .int32)
    return [(0, try FanOut(effective: table.reshaped([1, time * channels]), dense: products))]
  }

  public var attributes: [Int] { [stride, padding, dilation, groups] }
}
