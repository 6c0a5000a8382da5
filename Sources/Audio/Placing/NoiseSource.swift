import Tensors

/// Random numbers for noise, faster than a ``RandomStream``, from which it takes its seed.
///
/// xoshiro128++ in four lanes (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021).
struct NoiseSource {
  private var a: SIMD4<UInt32>
  private var b: SIMD4<UInt32>
  private var c: SIMD4<UInt32>
  private var d: SIMD4<UInt32>

  init(seededBy random: inout RandomStream) {
    func words(_ random: inout RandomStream) -> SIMD4<UInt32> {
      let first = random.next()
      let second = random.next()
      return SIMD4(
        UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first >> 32),
        UInt32(truncatingIfNeeded: second), UInt32(truncatingIfNeeded: second >> 32))
    }
    a = words(&random)
    b = words(&random)
    c = words(&random)
    d = words(&random)
  }

  /// Four words, each of 32 random bits.
  @inline(__always) mutating func next() -> SIMD4<UInt32> {
    let result = Self.rotate(a &+ d, 7) &+ a
    let shifted = b &<< 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = Self.rotate(d, 11)
    return result
  }

  /// Four numbers with mean 0 and variance 1, nearly normal: each the sum of four uniform ones.
  @inline(__always) mutating func normal() -> Lanes {
    let first = next()
    let second = next()
    let sum = (first & 0xFFFF) &+ (first &>> 16) &+ (second & 0xFFFF) &+ (second &>> 16)
    let centred = SIMD4<Int32>(truncatingIfNeeded: sum) &- 131_070
    // Each of the four has the variance (65536² − 1) / 12.
    return Lanes(centred) * 2.642_857e-5
  }

  @inline(__always) private static func rotate(_ x: SIMD4<UInt32>, _ bits: UInt32) -> SIMD4<UInt32> {
    (x &<< bits) | (x &>> (32 - bits))
  }
}
