extension WaveformAugmentation {
  /// How a spoken word is put into a second of room and noise; the defaults are those of `data synth`.
  public struct Options: Sendable, Equatable {
    /// The rate of the clip that is made, in Hz.
    public var outputRate = 16_000
    /// Standard deviation of the logarithm of the playback speed.
    public var speedDeviation = 0.02
    /// The spectrum leans by up to this many dB an octave, either way, about 1 kHz.
    public var tilt = 2.0
    /// Standard deviation of the equaliser's nine points, in dB.
    public var equaliserDeviation = 1.5
    /// How often there is reverberation, from 0 to 1.
    public var reverberationProbability = 0.4
    /// The time in which reverberation falls by 60 dB, in seconds; uniform.
    public var decayTime = 0.1...0.3
    /// The energy of the direct sound over that of the reverberation, in dB; uniform.
    public var directToReverberant = 6.0...20.0
    /// How often the noise is of each kind; shares of their sum.
    public var noiseShares = NoiseShares()
    /// The word's power over the noise's, in dB; uniform.
    public var signalToNoise = 10.0...40.0
    /// The largest sample, in dB below full scale; uniform.
    public var peak = -20.0 ... -1.0

    /// The recipe's numbers.
    public init() {}

    /// Louder noise, stronger colouring, more rooms: for a data set that separates learners further.
    public static let harder: Options = {
      var options = Options()
      options.signalToNoise = 5...30
      options.tilt = 3
      options.equaliserDeviation = 3
      options.reverberationProbability = 0.5
      return options
    }()

    /// What does not fit, in words; nil when all is well.
    var trouble: String? {
      let shares = [noiseShares.white, noiseShares.pink, noiseShares.babble]
      if !(100...768_000).contains(outputRate) {
        return "the output rate is \(outputRate) Hz; give 100 to 768000"
      }
      if !(0...1).contains(reverberationProbability) {
        return "the probability of reverberation is \(reverberationProbability); give 0 to 1"
      }
      if !shares.allSatisfy({ $0 >= 0 && $0.isFinite }) || shares.reduce(0, +) <= 0 {
        return "the shares of noise are \(shares); give three that are not negative, and one above 0"
      }
      if !(decayTime.lowerBound > 0 && decayTime.upperBound <= 10) {
        return "the decay time is \(decayTime) s; give above 0 to 10"
      }
      let sizes = [
        speedDeviation, tilt, equaliserDeviation, signalToNoise.lowerBound, signalToNoise.upperBound,
        peak.lowerBound,
        peak.upperBound, directToReverberant.lowerBound, directToReverberant.upperBound,
      ]
      if !sizes.allSatisfy(\.isFinite) { return "a setting is not a finite number" }
      if speedDeviation < 0 || speedDeviation > 1 {
        return "the deviation of the speed is \(speedDeviation); give 0 to 1"
      }
      return peak.upperBound > 0
        ? "the peak is up to \(peak.upperBound) dB over full scale; give 0 or less" : nil
    }
  }

  /// How often the noise is of each kind.
  public struct NoiseShares: Sendable, Equatable {
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
