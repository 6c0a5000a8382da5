import VectorKernels

/// Philox 4×32 with ten rounds: random numbers as a function of a key and a counter.
///
/// Any block can be computed without its predecessors, so parallel chunks draw the same numbers for every number of
/// threads. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
public struct Philox: Sendable {
  private let key: SIMD2<UInt32>

  /// A generator with a 64-bit key.
  public init(key: UInt64) {
    self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// The four 32-bit words at `counter` of `stream`.
  @inline(__always)
  public func block(_ counter: UInt64, stream: UInt64 = 0) -> SIMD4<UInt32> {
    rounds(
      SIMD4(
        UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)))
  }

  /// Ten rounds over one counter; public for the tests against the reference vectors.
  @inline(__always)
  public func rounds(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    let words = rounds(counter[0], counter[1], counter[2], counter[3])
    return SIMD4(words.0, words.1, words.2, words.3)
  }

  /// The four words of `count` blocks from `first` on, as four rows of `count` words.
  func fill(_ rows: UnsafeMutablePointer<UInt32>, count: Int, from first: UInt64, stream: UInt64) {
    withUnsafeBytes(of: key) { key in
      nj_random_words(key.assumingMemoryBound(to: UInt32.self).baseAddress, first, stream, rows, count)
    }
  }

  /// Uses scalars: the words of a vector would be extracted and inserted in every round.
  @inline(__always)
  private func rounds(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var a = a
    var b = b
    var c = c
    var d = d
    var k0 = key[0]
    var k1 = key[1]
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) &* UInt64(a)
      let second = UInt64(0xCD9E_8D57) &* UInt64(c)
      a = UInt32(truncatingIfNeeded: second >> 32) ^ b ^ k0
      b = UInt32(truncatingIfNeeded: second)
      c = UInt32(truncatingIfNeeded: first >> 32) ^ d ^ k1
      d = UInt32(truncatingIfNeeded: first)
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return (a, b, c, d)
  }
}
