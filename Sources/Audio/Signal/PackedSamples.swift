/// Samples in half the space: a scale and 16 bits a sample, two of them in the bits of each float32.
///
/// Samples that are multiples of 1/32768, as 16-bit files hold them, come back exactly; others are rounded, by at most
/// 96 dB below the largest sample.
package enum PackedSamples {
  /// The elements that `count` samples are packed into.
  package static func width(_ count: Int) -> Int { 1 + (count + 1) / 2 }

  /// The scale, then the samples.
  package static func pack(_ samples: [Float]) -> [Float] {
    let isExact = samples.allSatisfy { $0 >= -1 && $0 < 1 && ($0 * 32_768).rounded() == $0 * 32_768 }
    let largest = samples.reduce(Float(0)) { max($0, abs($1)) }
    let scale = isExact ? 1 / 32_768 : largest / 32_767
    let values = samples.map { scale > 0 ? UInt32(UInt16(bitPattern: Int16(($0 / scale).rounded()))) : 0 }
    var packed = [scale]
    packed.reserveCapacity(width(samples.count))
    for i in stride(from: 0, to: values.count, by: 2) {
      let second = i + 1 < values.count ? values[i + 1] : 0
      packed.append(Float(bitPattern: values[i] | second << 16))
    }
    return packed
  }

  /// The first `count` samples of what ``pack(_:)`` returned.
  package static func unpack(_ packed: [Float], count: Int) -> [Float] {
    let scale = packed[0]
    var samples = [Float](repeating: 0, count: count)
    for i in 0..<count {
      let pair = packed[1 + i / 2].bitPattern
      samples[i] = Float(Int16(truncatingIfNeeded: pair >> (i % 2 == 0 ? 0 : 16))) * scale
    }
    return samples
  }
}
