import Foundation
import Tensors

/// A room made of noise that dies away.
enum Reverberation {
  /// The room's impulse response: 1, then noise under `10^(−3·t/decayTime)`.
  ///
  /// Source: Polack's model of late reverberation (1988), without early reflections.
  /// - Parameters:
  ///   - decayTime: seconds in which the tail falls by 60 dB; also how long it is.
  ///   - directToReverberant: the energy of the first sample over that of the rest, in dB.
  static func response(
    decayTime: Double, directToReverberant: Double, rate: Int, random: inout RandomStream
  ) -> [Float] {
    var response = Noise.white(Int(decayTime * Double(rate)) + 1, random: &random)
    let fall = Foundation.pow(10, -3 / (decayTime * Double(rate)))
    var envelope = 1.0
    var energy = 0.0
    for i in 1..<max(response.count, 1) {
      envelope *= fall
      response[i] *= Float(envelope)
      energy += Double(response[i] * response[i])
    }
    let scale = energy > 0 ? Float((Foundation.pow(10, -directToReverberant / 10) / energy).squareRoot()) : 0
    for i in response.indices { response[i] *= scale }
    response[0] = 1
    return response
  }
}
