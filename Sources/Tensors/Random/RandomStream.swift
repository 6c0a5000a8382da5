import Foundation

/// A stream of random numbers for one purpose, derived from a seed and a name.
///
/// Two purposes of one seed have different numbers, and adding a purpose changes no other. A value type: a copy
/// continues independently from the same point.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// The generator behind the stream.
  public let philox: Philox
  /// The number of the stream of the generator.
  public let stream: UInt64
  /// The number of the next block.
  public private(set) var counter: UInt64 = 0
  private var words = SIMD4<UInt32>()
  private var left = 0

  /// The stream of `purpose` (a name such as "dropout") and `index` (a clip, a repeat, a layer) under `seed`.
  public init(seed: UInt64, purpose: String, index: UInt64 = 0) {
    var mixed: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a spreads the name over the key
    for byte in purpose.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    philox = Philox(key: seed ^ mixed)
    stream = index
  }

  public mutating func next() -> UInt64 {
    let low = nextWord()
    return UInt64(low) | UInt64(nextWord()) << 32
  }

  private mutating func nextWord() -> UInt32 {
    if left == 0 {
      words = philox.block(counter, stream: stream)
      counter += 1
      left = 4
    }
    left -= 1
    return words[3 - left]
  }

  /// Reserves blocks of four words for a parallel fill.
  ///
  /// - Returns: the number of the first of them.
  public mutating func reserve(blocks: Int) -> UInt64 {
    left = 0
    defer { counter += UInt64(blocks) }
    return counter
  }

  /// Continues at a block, so that a resumed run draws the numbers that it would have drawn.
  public mutating func resume(at block: UInt64) {
    counter = block
    left = 0
  }

  /// A uniform number in [0, 1) of 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A uniform number in [`low`, `high`).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// A standard normal number. Source: Box and Muller 1958.
  public mutating func normal() -> Double {
    let radius = (-2 * Foundation.log(1 - uniform())).squareRoot()
    return radius * Foundation.cos(2 * .pi * uniform())
  }

  /// A uniform integer of 0 ..< `bound`; `bound` is positive.
  public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// A random permutation of 0 ..< `count`. Source: Fisher and Yates.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, below(i + 1)) }
    return order
  }
}
