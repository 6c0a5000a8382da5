import Foundation

/// Tensors of random numbers: element i depends on the stream and i alone, not on the threads.
enum RandomKernels {
  /// Uniform in [0, 1), 24 bits, four elements a block.
  static func uniform(
    _ target: Shared<Float>, _ count: Int, from random: inout RandomStream, _ device: Device
  ) {
    fill(target, count, from: &random, device) { words in
      (words &>> 8).asFloats * 0x1p-24
    }
  }

  /// Standard normal, four elements a block (Box and Muller 1958).
  static func normal(_ target: Shared<Float>, _ count: Int, from random: inout RandomStream, _ device: Device)
  {
    fill(target, count, from: &random, device) { words in
      let u = ((words &>> 8).asFloats + 0.5) * 0x1p-24
      let r1 = (-2 * log(u[0])).squareRoot()
      let r2 = (-2 * log(u[2])).squareRoot()
      let a1 = 2 * Float.pi * u[1]
      let a2 = 2 * Float.pi * u[3]
      return SIMD4(r1 * cos(a1), r1 * sin(a1), r2 * cos(a2), r2 * sin(a2))
    }
  }

  /// Whole numbers of a range that fits an int32, four elements a block: the word's share of the range
  /// (Lemire 2019, without the rejection; no number is preferred by more than 2⁻³²).
  static func whole(
    _ target: Shared<Int32>, _ count: Int, _ range: Range<Int>, from random: inout RandomStream,
    _ device: Device
  ) {
    let low = range.lowerBound
    let width = UInt64(range.count)
    fill(target, count, from: &random, device) { words in
      var numbers = SIMD4<Int32>()
      for lane in 0..<4 {
        numbers[lane] = Int32(truncatingIfNeeded: low + Int((UInt64(words[lane]) * width) >> 32))
      }
      return numbers
    }
  }

  @inline(__always)
  private static func fill<T: SIMDScalar & Sendable>(
    _ target: Shared<T>, _ count: Int, from random: inout RandomStream, _ device: Device,
    _ convert: @escaping @Sendable (SIMD4<UInt32>) -> SIMD4<T>
  ) {
    let first = random.reserve(blocks: (count + 3) / 4)
    let philox = random.philox
    let stream = random.stream
    device.parallel(count, by: Device.chunkElements) { range in
      // Chunks are multiples of four elements, so every block belongs to one chunk.
      for base in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
        let numbers = convert(philox.block(first + UInt64(base / 4), stream: stream))
        for lane in 0..<min(4, range.upperBound - base) { target[base + lane] = numbers[lane] }
      }
    }
  }
}

extension SIMD4<UInt32> {
  @inline(__always)
  fileprivate var asFloats: SIMD4<Float> {
    SIMD4<Float>(Float(self[0]), Float(self[1]), Float(self[2]), Float(self[3]))
  }
}
