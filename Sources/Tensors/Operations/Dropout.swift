import VectorKernels

/// Elements set to 0 with a probability p, the others scaled by 1 / (1 − p); all to 0 where p is 1. Any shape, float32.
///
/// The mask is a function of the position in the random stream, so that nothing is saved for the gradient.
/// Source: Srivastava et al. 2014.
public struct Dropout: Operation {
  public let probability: Double
  private let philox: Philox
  private let stream: UInt64
  private let first: UInt64

  /// Reserves the random numbers of `count` elements in `random`.
  public init(probability: Double, count: Int, from random: inout RandomStream) {
    self.probability = probability
    philox = random.philox
    stream = random.stream
    first = random.reserve(
      blocks: (count + Self.blockElements - 1) / Self.blockElements * (Self.blockElements / 8))
  }

  public var name: String { "dropout" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome { Outcome(try masked(inputs[0])) }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] { [try masked(step.upstream)] }

  private func masked(_ input: Tensor) throws -> Tensor {
    try input.requireFloat(name)
    let x = try input.contiguous(for: name)
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = x.sharedFloats
    let to = result.sharedFloats
    // Sixteen bits an element: eight elements a block. Where they equal those of the probability, 32 more decide.
    let threshold = probability * 65_536
    let limit = Int32(threshold)
    let rest = threshold - Double(limit)
    let scale = probability < 1 ? Float(1 / (1 - probability)) : 0
    x.device.parallel(x.count, by: Device.chunkElements) { range in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockElements / 2) { words in
        guard let words = words.baseAddress else { return }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockElements) {
          philox.fill(words, count: Self.blockElements / 8, from: first + UInt64(start / 8), stream: stream)
          let bits = UnsafeRawPointer(words).assumingMemoryBound(to: UInt16.self)
          let source = from + start
          let target = to + start
          let count = min(Self.blockElements, range.upperBound - start)
          let isUndecided = nj_drop(bits, limit, scale, source, target, count) != 0
          guard isUndecided, rest > 0 else { continue }
          for i in 0..<count where Int32(bits[i]) == limit && isDropped(start + i, below: rest) {
            target[i] = source[i] * 0
          }
        }
      }
    }
    return result
  }

  /// Whether an element is set to 0 with a probability, by a random number besides its sixteen bits.
  private func isDropped(_ element: Int, below probability: Double) -> Bool {
    let words = philox.block(
      first + UInt64(element / 8), stream: stream ^ (1 << 63 | UInt64(element % 8) << 60))
    return Double(words[0]) < probability * 0x1p32
  }

  /// The elements whose random bits are drawn together: a divisor of a chunk, few enough for the first-level cache.
  private static let blockElements = 2048
}
