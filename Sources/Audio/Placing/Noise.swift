import Tensors

/// What sounds in the background.
package enum Noise {
  package enum Kind {
    case white, pink, babble

    /// Draws a kind by its share.
    init(random: inout RandomStream, shares: WaveformAugmentation.NoiseShares) {
      let draw = random.uniform() * (shares.white + shares.pink + shares.babble)
      self = draw < shares.white ? .white : draw < shares.white + shares.pink ? .pink : .babble
    }
  }

  /// `count` samples of noise; `babble` is played from a random place on, round and round.
  package static func make(_ kind: Kind, count: Int, babble: [Float], random: inout RandomStream) -> [Float] {
    switch kind {
    case .white: return white(count, random: &random)
    case .pink: return pink(count, random: &random)
    case .babble:
      guard babble.contains(where: { $0 != 0 }) else { return pink(count, random: &random) }
      let start = random.below(babble.count)
      let piece = (0..<count).map { babble[(start + $0) % babble.count] }
      return piece.contains { $0 != 0 } ? piece : pink(count, random: &random)
    }
  }

  /// As much energy at every frequency: independent samples, nearly normal, of power 1.
  static func white(_ count: Int, random: inout RandomStream) -> [Float] {
    var source = NoiseSource(seededBy: &random)
    var samples = [Float](repeating: 0, count: (count + 3) / 4 * 4)
    for i in stride(from: 0, to: samples.count, by: 4) {
      let four = source.normal()
      samples[i] = four.x
      samples[i + 1] = four.y
      samples[i + 2] = four.z
      samples[i + 3] = four.w
    }
    samples.removeLast(samples.count - count)
    return samples
  }

  /// As much energy in every octave.
  ///
  /// White noise through six one-pole filters, −3 dB an octave within 0.05 dB above 0.0002 of the rate.
  /// Source: Paul Kellet's refined method (1999), musicdsp.org.
  static func pink(_ count: Int, random: inout RandomStream) -> [Float] {
    let warmUp = 2048  // the slowest pole's memory
    let white = white(count + warmUp, random: &random)
    let poles = SIMD8<Float>(0.99886, 0.99332, 0.96900, 0.86650, 0.55000, -0.7616, 0, 0)
    let gains = SIMD8<Float>(0.0555179, 0.0750759, 0.1538520, 0.3104856, 0.5329522, -0.0168980, 0, 0)
    var state = SIMD8<Float>.zero
    var previous = Float(0)
    var samples: [Float] = []
    samples.reserveCapacity(count)
    for (i, sample) in white.enumerated() {
      state = state * poles + gains * sample
      if i >= warmUp { samples.append(state.sum() + previous + sample * 0.5362) }
      previous = sample * 0.115926
    }
    return samples
  }
}
