/// Elements set to 0 with a probability, the others scaled by 1 / (1 − p) (Srivastava et al. 2014).
///
/// Which ones is a function of the generator’s place in its stream, so nothing is kept for the gradient.
public struct Dropout: Operation {
  public let probability: Float
  private let philox: Philox
  private let stream: UInt64
  private let first: UInt64

  /// Sets aside the numbers for `count` elements in `random`.
  public init(probability: Float, count: Int, from random: inout RandomStream) {
    self.probability = probability
    philox = random.philox
    stream = random.stream
    first = random.reserve(blocks: (count + Self.stretch - 1) / Self.stretch * (Self.stretch / 8))
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
    // Sixteen bits an element: eight elements a block. The kept share is exact to 1/65,536.
    let limit = Int32((probability * 65_536).rounded())
    let scale = limit >= 65_536 ? 0 : 65_536 / Float(65_536 - limit)
    x.device.parallel(x.count, by: Device.chunkElements) { range in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.stretch / 2) { words in
        guard let words = words.baseAddress else { return }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.stretch) {
          philox.fill(words, count: Self.stretch / 8, from: first + UInt64(start / 8), stream: stream)
          let bits = UnsafeRawPointer(words).assumingMemoryBound(to: UInt16.self)
          let source = from + start
          let target = to + start
          for i in 0..<min(Self.stretch, range.upperBound - start) {
            target[i] = source[i] * (Int32(bits[i]) < limit ? 0 : scale)
          }
        }
      }
    }
    return result
  }

  /// Elements whose random bits are drawn at a time: a divisor of a chunk, few enough for the nearest cache.
  private static let stretch = 2048
}
