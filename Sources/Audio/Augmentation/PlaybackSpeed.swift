import Foundation

/// Playback at another speed, which changes duration and pitch together, as `torchaudio.functional.speed`, for
/// augmentation: the number of samples stays, and the middle of the clip stays in the middle.
///
/// Band-limited interpolation with eight taps of a Kaiser-windowed sinc (Smith, "Digital audio resampling", 2002):
/// within 1 % up to 0.4 times the Nyquist frequency, within 10 % up to 0.6 times. ``Resampler`` is better and several
/// times as slow.
public enum PlaybackSpeed {
  /// The speeds that are possible.
  public static let range = 0.25...4.0

  private static let taps = 8
  private static let phases = 64

  /// `samples` played `factor` times as fast; silence where the clip has ended.
  ///
  /// - Throws: ``FeatureError`` for a factor outside ``range``.
  public static func change(_ samples: [Float], by factor: Double) throws(FeatureError) -> [Float] {
    guard range.contains(factor) else {
      throw FeatureError(
        "speed", "the factor is \(factor), expected \(range.lowerBound) to \(range.upperBound)")
    }
    guard factor != 1, !samples.isEmpty else { return samples }
    let kernels = kernels(cutoff: min(1, 1 / factor))
    let padded = [Float](repeating: 0, count: taps) + samples + [Float](repeating: 0, count: taps)
    let x = padded.span
    let table = kernels.span
    let middle = Double(samples.count - 1) / 2
    let last = Double(samples.count) - 1 + Double(taps / 2)
    var result = [Float](repeating: 0, count: samples.count)
    var output = result.mutableSpan
    for i in 0..<samples.count {
      let position = middle + (Double(i) - middle) * factor
      guard position > -Double(taps / 2), position < last else { continue }
      let whole = position.rounded(.down)
      let phase = (position - whole) * Double(phases)
      let row = Int(phase)
      let kernel = table[row] + (table[row + 1] - table[row]) * Float(phase - Double(row))
      let first = Int(whole) - taps / 2 + 1 + taps
      let window = SIMD8(
        x[first], x[first + 1], x[first + 2], x[first + 3], x[first + 4], x[first + 5], x[first + 6],
        x[first + 7])
      output[i] = (window * kernel).sum()
    }
    return result
  }

  /// The taps for each of the fractions of a sample, from 0 to 1; each row sums to 1.
  private static func kernels(cutoff: Double) -> [SIMD8<Float>] {
    (0...phases).map { phase in
      let fraction = Double(phase) / Double(phases)
      var row = SIMD8<Double>.zero
      for tap in 0..<taps {
        let distance = Double(tap - taps / 2 + 1) - fraction
        row[tap] = sinc(distance * cutoff) * window(distance / Double(taps / 2))
      }
      return SIMD8<Float>(row / row.sum())
    }
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }

  /// Kaiser's window with β = 5 over −1 to 1.
  private static func window(_ x: Double) -> Double {
    abs(x) >= 1 ? 0 : bessel(5 * (1 - x * x).squareRoot()) / bessel(5)
  }

  /// The modified Bessel function I₀, by its power series.
  private static func bessel(_ x: Double) -> Double {
    var sum = 1.0
    var term = 1.0
    for k in 1...20 {
      term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
      sum += term
    }
    return sum
  }
}
