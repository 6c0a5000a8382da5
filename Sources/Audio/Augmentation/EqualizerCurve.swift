import Foundation
import Tensors

/// The frequency response of a microphone: gains at nine frequencies an octave apart, linear in between.
struct EqualizerCurve {
  /// The lowest of the nine frequencies, in Hz; the fifth is 1 kHz, the last 16 kHz.
  static let lowest = 62.5
  static let points = 9

  /// Gains in dB.
  let decibels: [Float]

  /// A slope of up to ±`tilt` dB per octave around 1 kHz, plus a normal error of `deviation` dB at each point.
  init(random: inout RandomStream, tilt: Double, deviation: Double) {
    let slope = random.uniform(-tilt, tilt)
    var decibels: [Float] = []
    for point in 0..<Self.points {
      decibels.append(Float(slope * Double(point - Self.points / 2) + deviation * random.normal()))
    }
    self.decibels = decibels
  }

  /// The position of a frequency on the curve: 0 at the first point and below, 8 at the last and above.
  static func position(_ hertz: Double) -> Float {
    Float(min(max(Foundation.log2(hertz / lowest), 0), Double(points - 1)))
  }

  /// The factor on the amplitude at a ``position(_:)``.
  func gain(at position: Float) -> Float {
    let point = min(Int(position), Self.points - 2)
    let level = decibels[point] + (decibels[point + 1] - decibels[point]) * (position - Float(point))
    return Foundation.exp2(level * 0.166_096_405)  // log2(10) / 20
  }
}

/// Places a word in a second and filters it by equalizer and room at once, in the frequency domain.
struct SpectralFilter: Sendable {
  private let rate: Int
  private let plan: SignalPlan
  /// The position of each bin on an ``EqualizerCurve``.
  private let positions: [Float]

  /// For clips of a second at `rate` Hz and rooms that reverberate for up to `tail` seconds.
  init(rate: Int, tail: Double) {
    // The curve has no phase and so rings both ways for some milliseconds; the margin keeps that apart.
    let margin = rate / 50
    let plan = SignalPlan(SignalPlan.fastLength(rate + Int(tail * Double(rate)) + 1 + margin))
    positions = (0...plan.count / 2).map { EqualizerCurve.position(Double($0 * rate) / Double(plan.count)) }
    self.rate = rate
    self.plan = plan
  }

  /// A second of sound with `word` from sample `start` on, equalized, and in a room if its response is given.
  func apply(_ curve: EqualizerCurve, _ room: [Float]?, to word: [Float], from start: Int) -> [Float] {
    var clip = [Float](repeating: 0, count: rate)
    for i in word.indices { clip[start + i] = word[i] }
    var spectrum = plan.spectrum(clip)
    if let room {
      let response = plan.spectrum(room)
      for bin in spectrum.indices { spectrum[bin] = spectrum[bin] * response[bin] }
    }
    for bin in spectrum.indices {
      let gain = curve.gain(at: positions[bin])
      spectrum[bin] = Complex(spectrum[bin].re * gain, spectrum[bin].im * gain)
    }
    return Array(plan.signal(spectrum).prefix(rate))
  }
}

/// A room's reverberation, simulated by decaying noise.
enum Reverberation {
  /// The room's impulse response: 1, then noise with the envelope `10^(−3·t/decayTime)`.
  ///
  /// Source: Polack's model of late reverberation (1988), without early reflections.
  /// - Parameters:
  ///   - decayTime: seconds in which the tail decays by 60 dB; also its duration.
  ///   - directToReverberant: the energy of the first sample relative to that of the rest, in dB.
  ///   - rate: samples in a second, in Hz.
  ///   - random: what the noise is drawn from.
  static func response(
    decayTime: Double, directToReverberant: Double, rate: Int, random: inout RandomStream
  ) -> [Float] {
    var response = Noise.white(Int(decayTime * Double(rate)) + 1, random: &random)
    let decay = Foundation.pow(10, -3 / (decayTime * Double(rate)))
    var envelope = 1.0
    var energy = 0.0
    for i in 1..<max(response.count, 1) {
      envelope *= decay
      response[i] *= Float(envelope)
      energy += Double(response[i] * response[i])
    }
    let scale = energy > 0 ? Float((Foundation.pow(10, -directToReverberant / 10) / energy).squareRoot()) : 0
    for i in response.indices { response[i] *= scale }
    response[0] = 1
    return response
  }
}
