import Tensors

/// Changes of a clip for training: position, noise and room. Each keeps the number of samples.
public enum ClipEffect {
  /// The sound `count` samples later, or earlier where negative; silence comes in from the other end.
  public static func shifted(_ samples: [Float], by count: Int) -> [Float] {
    let silence = [Float](repeating: 0, count: min(samples.count, Int(clamping: count.magnitude)))
    return count >= 0
      ? silence + samples.dropLast(silence.count) : samples.dropFirst(silence.count) + silence
  }

  /// The sound with noise added, `ratio` dB below it by their mean squares over the whole clip, as
  /// `torchaudio.functional.add_noise`. Silence and clips with silent noise stay as they are.
  public static func adding(_ noise: [Float], to samples: [Float], signalToNoise ratio: Double) -> [Float] {
    guard let gain = Level.gain(of: noise, decibels: ratio, below: samples[...]) else { return samples }
    return zip(samples, noise).map { $0 + gain * $1 }
  }

  /// The sound in a room that is simulated by decaying noise (Polack's model of late reverberation, 1988).
  ///
  /// - Parameters:
  ///   - samples: the sound.
  ///   - decayTime: seconds in which reverberation falls by 60 dB, above 0 and up to 10.
  ///   - ratio: the energy of the direct sound over that of the reverberation, in dB.
  ///   - rate: samples in a second, in Hz.
  ///   - random: what the room is drawn from.
  /// - Throws: ``FeatureError`` for a decay time out of range.
  public static func reverberated(
    _ samples: [Float], decayTime: Double, directToReverberant ratio: Double, rate: Int,
    random: inout RandomStream
  ) throws(FeatureError) -> [Float] {
    guard decayTime > 0, decayTime <= 10 else {
      throw FeatureError("reverberate", "the decay time is \(decayTime) s, expected above 0 and up to 10")
    }
    let room = Reverberation.response(
      decayTime: decayTime, directToReverberant: ratio, rate: rate, random: &random)
    let plan = SignalPlan(SignalPlan.fastLength(samples.count + room.count))
    let response = plan.spectrum(room)
    var spectrum = plan.spectrum(samples)
    for bin in spectrum.indices { spectrum[bin] = spectrum[bin] * response[bin] }
    return Array(plan.signal(spectrum).prefix(samples.count))
  }
}
