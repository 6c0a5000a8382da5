import Foundation
import Tensors

/// Places a spoken word in a second of sound with random speed, position, microphone, room, noise and level.
///
/// The steps follow in that order, all at the output rate (resampling first is the same as resampling at the end,
/// as the steps are linear up to the noise). Everything is drawn from the given stream, which determines the clip
/// bit for bit. A value that may be used from many threads at once.
public struct WaveformAugmentation: Sendable {
  /// The settings.
  public let options: Options
  private let filter: SpectralFilter

  /// - Throws: ``FeatureError`` when a setting is out of range.
  public init(_ options: Options = Options()) throws(FeatureError) {
    if let problem = options.problem { throw FeatureError("augmentation", problem) }
    self.options = options
    let tail = options.reverberationProbability > 0 ? options.decayTime.upperBound : 0
    filter = SpectralFilter(rate: options.outputRate, tail: tail)
  }

  /// One clip of exactly a second at the output rate, whose samples are multiples of 1/32768.
  ///
  /// A word that is too long is cut at its end. A silent or empty word makes a silent clip.
  ///
  /// - Parameters:
  ///   - word: the samples of the word alone.
  ///   - rate: samples of `word` in a second, in Hz.
  ///   - playbackRate: the factor on the speed of playback, which changes pitch and duration like another speaker.
  ///   - babble: other people's talk at the output rate, played in a loop from a random sample on; pink noise
  ///     replaces it where it is empty or silent.
  ///   - random: what speed, position, microphone, room, noise and level are drawn from.
  /// - Throws: ``ResamplingError`` when `rate` or `playbackRate` is not positive; `InterruptionError`.
  public func place(
    word: [Float], rate: Int, playbackRate: Double = 1, babble: [Float], random: inout RandomStream
  ) throws -> [Float] {
    let second = options.outputRate
    let speed = playbackRate * Foundation.exp(options.speedDeviation * random.normal())
    var spoken = try Resampler.resample(word, from: Double(rate) * speed, to: Double(second))
    if spoken.count > second { spoken.removeLast(spoken.count - second) }
    let start = random.below(second - spoken.count + 1)

    let curve = EqualizerCurve(random: &random, tilt: options.tilt, deviation: options.equaliserDeviation)
    let room = drawRoom(&random)
    var clip = filter.apply(curve, room, to: spoken, from: start)

    let span = start..<start + spoken.count
    addNoise(to: &clip, over: span, babble, &random)
    Level.setPeak(of: &clip, toDecibels: random.uniform(options.peak.lowerBound, options.peak.upperBound))
    Level.round(&clip)
    return clip
  }

  /// The impulse response of a room; nil for no reverberation.
  private func drawRoom(_ random: inout RandomStream) -> [Float]? {
    guard random.uniform() < options.reverberationProbability else { return nil }
    let decay = random.uniform(options.decayTime.lowerBound, options.decayTime.upperBound)
    let ratio = random.uniform(options.directToReverberant.lowerBound, options.directToReverberant.upperBound)
    return Reverberation.response(
      decayTime: decay, directToReverberant: ratio, rate: options.outputRate, random: &random)
  }

  /// Draws the noise and its level relative to the word in `span`, and adds it.
  private func addNoise(
    to clip: inout [Float], over span: Range<Int>, _ babble: [Float], _ random: inout RandomStream
  ) {
    let background = Noise.Background(random: &random, weights: options.noiseWeights)
    let ratio = random.uniform(options.signalToNoise.lowerBound, options.signalToNoise.upperBound)
    let noise = Noise.make(background, count: clip.count, babble: babble, random: &random)
    guard let gain = Level.gain(of: noise, decibels: ratio, below: clip[span]) else { return }
    for i in clip.indices { clip[i] += gain * noise[i] }
  }
}

/// Measures and changes the level of a sound.
enum Level {
  /// The mean square of `samples`; 0 without samples.
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
      // Single precision is accurate enough for short sums.
      if filled == 64 || i == whole - 1 {
        total += Double(sums.sum())
        sums = .zero
        filled = 0
      }
    }
    for i in whole * 4..<x.count { total += Double(x[i] * x[i]) }
    return x.count == 0 ? 0 : total / Double(x.count)
  }

  /// The factor that brings noise `ratio` dB below a sound, by their mean squares; nil for silent noise.
  static func gain(of noise: [Float], decibels ratio: Double, below sound: ArraySlice<Float>) -> Float? {
    let gain = Float((power(sound) / power(noise[...]) * Foundation.pow(10, -ratio / 10)).squareRoot())
    return gain.isFinite ? gain : nil
  }

  /// Scales `samples` so that the largest magnitude is `decibels` relative to full scale; silence stays silent.
  static func setPeak(of samples: inout [Float], toDecibels decibels: Double) {
    var largest: Float = 0
    for sample in samples { largest = max(largest, abs(sample)) }
    guard largest > 0 else { return }
    let scale = Float(Foundation.pow(10, decibels / 20)) / largest
    for i in samples.indices { samples[i] *= scale }
  }

  /// Rounds to multiples of 1/32768, as 16 bits hold them.
  static func round(_ samples: inout [Float]) {
    for i in samples.indices { samples[i] = Float(SoundFile.sixteenBits(samples[i])) / 32_768 }
  }
}
