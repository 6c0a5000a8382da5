/// Elements set to 0 with a probability, the others scaled by 1 / (1 − p) (Srivastava et al. 2014).
///
/// Which ones is a function of the generator's place in its stream, so nothing is kept for the gradient.
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
    first = random.reserve(blocks: (count + 7) / 8)
  }

  public var name: String { "dropout" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome { Outcome(try masked(inputs[0])) }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] { [try masked(step.upstream)] }

  private func masked(_ input: Tensor) throws -> Tensor {
    try input.requireFloat(name)
    let x = try input.packed(name)
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let (from, to) = (x.sharedFloats, result.sharedFloats)
    // Sixteen bits an element: eight elements a block. The kept share is exact to 1/65,536.
    let limit = UInt32((probability * 65_536).rounded())
    let scale = limit >= 65_536 ? 0 : 65_536 / Float(65_536 - limit)
    x.device.parallel(x.count, by: Device.chunkElements) { range in
      for base in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
        let words = philox.block(first + UInt64(base / 8), stream: stream)
        let low = Self.factors(words & 0xFFFF, limit, scale)
        let high = Self.factors(words &>> 16, limit, scale)
        if base + 8 <= range.upperBound {
          let (source, target) = (UnsafeRawPointer(from + base), UnsafeMutableRawPointer(to + base))
          let (a, b) = (
            source.loadUnaligned(as: SIMD4<Float>.self),
            source.loadUnaligned(fromByteOffset: 16, as: SIMD4<Float>.self)
          )
          target.storeBytes(of: a * low, as: SIMD4<Float>.self)
          target.storeBytes(of: b * high, toByteOffset: 16, as: SIMD4<Float>.self)
        } else {
          for lane in 0..<range.upperBound - base {
            to[base + lane] = from[base + lane] * (lane < 4 ? low[lane] : high[lane - 4])
          }
        }
      }
    }
    return result
  }

  /// 0 where the bits are below the limit, else the scale.
  @inline(__always)
  private static func factors(_ bits: SIMD4<UInt32>, _ limit: UInt32, _ scale: Float) -> SIMD4<Float> {
    let kept = SIMD4<Float>(repeating: scale)
    return kept.replacing(with: 0, where: bits .< SIMD4(repeating: limit))
  }
}
