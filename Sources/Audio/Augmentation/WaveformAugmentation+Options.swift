extension WaveformAugmentation {
  /// The distributions that clips are drawn from; the defaults are those of synthesised data sets.
  public struct Options: Sendable, Equatable {
    /// The rate of the clip that is made, in Hz.
    public var outputRate = 16_000
    /// Standard deviation of the logarithm of the playback speed.
    public var speedDeviation = 0.02
    /// The largest slope of the spectrum around 1 kHz, in dB per octave, up or down; uniform.
    public var tilt = 2.0
    /// Standard deviation of the equalizer's nine gains, in dB.
    public var equaliserDeviation = 1.5
    /// The probability of reverberation, from 0 to 1.
    public var reverberationProbability = 0.4
    /// The time in which reverberation falls by 60 dB, in seconds; uniform.
    public var decayTime = 0.1...0.3
    /// The energy of the direct sound over that of the reverberation, in dB; uniform.
    public var directToReverberant = 6.0...20.0
    /// The relative frequencies of the kinds of noise.
    public var noiseWeights = NoiseWeights()
    /// The word's power over the noise's, in dB; uniform.
    public var signalToNoise = 10.0...40.0
    /// The largest sample, in dB below full scale; uniform.
    public var peak = -20.0 ... -1.0

    /// The defaults.
    public init() {}

    /// Louder noise, a stronger equalizer and more reverberation, for a data set that separates learners further.
    public static let harder: Options = {
      var options = Options()
      options.signalToNoise = 5...30
      options.tilt = 3
      options.equaliserDeviation = 3
      options.reverberationProbability = 0.5
      return options
    }()

    /// The first setting that is out of range, for messages; nil when all are valid.
    var problem: String? {
      let weights = [noiseWeights.white, noiseWeights.pink, noiseWeights.babble]
      if !(100...768_000).contains(outputRate) {
        return "the output rate is \(outputRate) Hz, expected 100 to 768000"
      }
      if !(0...1).contains(reverberationProbability) {
        return "the probability of reverberation is \(reverberationProbability), expected 0 to 1"
      }
      if !weights.allSatisfy({ $0 >= 0 && $0.isFinite }) || weights.reduce(0, +) <= 0 {
        return "the weights of the noises are \(weights), expected numbers of 0 or more, one of them above 0"
      }
      if !(decayTime.lowerBound > 0 && decayTime.upperBound <= 10) {
        return "the decay time is \(decayTime) s, expected above 0 and up to 10"
      }
      let sizes = [
        speedDeviation, tilt, equaliserDeviation, signalToNoise.lowerBound, signalToNoise.upperBound,
        peak.lowerBound,
        peak.upperBound, directToReverberant.lowerBound, directToReverberant.upperBound,
      ]
      if !sizes.allSatisfy(\.isFinite) { return "a setting is not a finite number" }
      if speedDeviation < 0 || speedDeviation > 1 {
        return "the deviation of the speed is \(speedDeviation), expected 0 to 1"
      }
      return peak.upperBound > 0
        ? "the peak is up to \(peak.upperBound) dB over full scale, expected 0 or less" : nil
    }
  }

  /// The relative frequencies of the kinds of noise; their sum need not be 1.
  public struct NoiseWeights: Sendable, Equatable {
    public var white = 0.3
    public var pink = 0.4
    public var babble = 0.3

    public init(white: Double = 0.3, pink: Double = 0.4, babble: Double = 0.3) {
      self.white = white
      self.pink = pink
      self.babble = babble
    }
  }
}
