import Foundation

/// How loud a sound is.
enum Level {
  /// The mean square of `samples`; 0 when there are none.
  static func power(_ samples: ArraySlice<Float>) -> Double {
    var sums = SIMD4<Float>.zero
    var total = 0.0
    var filled = 0
    let x = samples.span
    let whole = x.count / 4
    for i in 0..<whole {
      let four = SIMD4(x[4 * i], x[4 * i + 1], x[4 * i + 2], x[4 * i + 3])
      sums += four * four
      filled += 1
      // Short sums keep single precision good enough.
      if filled == 64 || i == whole - 1 {
        total += Double(sums.sum())
        sums = .zero
        filled = 0
      }
    }
    for i in whole * 4..<x.count { total += Double(x[i] * x[i]) }
    return x.count == 0 ? 0 : total / Double(x.count)
  }

  /// Scales `samples` so that the largest is `decibels` over full scale; silence stays silent.
  static func setPeak(of samples: inout [Float], toDecibels decibels: Double) {
    var largest: Float = 0
    for sample in samples { largest = max(largest, abs(sample)) }
    guard largest > 0 else { return }
    let scale = Float(Foundation.pow(10, decibels / 20)) / largest
    for i in samples.indices { samples[i] *= scale }
  }

  /// Rounds to what 16 bits hold.
  static func round(_ samples: inout [Float]) {
    for i in samples.indices { samples[i] = Float(SoundFile.sixteenBits(samples[i])) / 32_768 }
  }
}
