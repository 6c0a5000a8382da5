import Foundation
import Tensors

/// The colour of a microphone: a curve of gains at nine frequencies an octave apart, straight in between.
struct EqualizerCurve {
  /// The lowest of the nine frequencies, in Hz; the fifth is 1 kHz, the last 16 kHz.
  static let lowest = 62.5
  static let points = 9

  /// Gains in dB.
  let decibels: [Float]

  /// A slope of up to ±`tilt` dB an octave about 1 kHz, and at each point an error of `deviation` dB.
  init(random: inout RandomStream, tilt: Double, deviation: Double) {
    let slope = random.uniform(-tilt, tilt)
    var decibels: [Float] = []
    for point in 0..<Self.points {
      decibels.append(Float(slope * Double(point - Self.points / 2) + deviation * random.normal()))
    }
    self.decibels = decibels
  }

  /// Where `hertz` lies on the curve: 0 at the first point and below, 8 at the last and above.
  static func position(_ hertz: Double) -> Float {
    Float(min(max(Foundation.log2(hertz / lowest), 0), Double(points - 1)))
  }

  /// The factor for the amplitude at a place of ``position(_:)``.
  func gain(at position: Float) -> Float {
    let point = min(Int(position), Self.points - 2)
    let level = decibels[point] + (decibels[point + 1] - decibels[point]) * (position - Float(point))
    return Foundation.exp2(level * 0.166_096_405)  // log2(10) / 20
  }
}
