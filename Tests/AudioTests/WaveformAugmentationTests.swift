import Audio
import Foundation
import Tensors
import Testing

@Suite struct WaveformAugmentationTests {
  static let babble = (0..<40_000).map { Float(sin(Double($0) * 0.3)) }

  @Test(arguments: [16_000, 48_000]) func everyClipIsOneSecondAtItsLevel(_ rate: Int) throws {
    var options = WaveformAugmentation.Options()
    options.outputRate = rate
    let augmentation = try WaveformAugmentation(options)
    for index in 0..<60 {
      var random = RandomStream(seed: 5, purpose: "placing", index: UInt64(index))
      let clip = try augmentation.place(
        word: word(seconds: 0.2 + 0.02 * Double(index)), rate: 22_050, babble: Self.babble, random: &random)
      #expect(clip.count == rate)
      let peak = 20 * log10(Double(clip.map(abs).max() ?? 0))
      #expect((-20.02 ... -0.99).contains(peak), "clip \(index)")
      #expect(clip.allSatisfy { $0 * 32_768 == ($0 * 32_768).rounded() })
    }
  }

  @Test func oneStreamMakesTheSameBits() throws {
    let augmentation = try WaveformAugmentation(.harder)
    let clips = try [7, 7, 8].map { seed in
      try (0..<8).map { index in
        var random = RandomStream(seed: UInt64(seed), purpose: "placing", index: UInt64(index))
        return try augmentation.place(
          word: word(seconds: 0.5), rate: 22_050, babble: Self.babble, random: &random)
      }
    }
    #expect(clips[0] == clips[1])
    #expect(zip(clips[0], clips[2]).allSatisfy { $0 != $1 })
    #expect(Set(clips[0]).count == 8)
  }

  @Test(arguments: [(1.0, 0.0, 0.0), (0, 1, 0), (0, 0, 1)])
  func noiseIsAsLoudAsDrawn(_ white: Double, _ pink: Double, _ babble: Double) throws {
    var options = plain()
    options.noiseWeights = WaveformAugmentation.NoiseWeights(white: white, pink: pink, babble: babble)
    for decibels in [5.0, 20, 30] {
      options.signalToNoise = decibels...decibels
      var random = RandomStream(seed: 6, purpose: "noise")
      let tone = Signals.sine(1_000, rate: 16_000, count: 4_000, amplitude: 0.3)
      let clip = try WaveformAugmentation(options).place(
        word: tone, rate: 16_000, babble: Self.babble, random: &random)
      let start = try #require(loudest(clip, 4_000))
      let signal = pow(Signals.amplitude(clip[start..<start + 4_000], at: 1_000, rate: 16_000), 2) / 2
      let outside = Array(clip[..<max(start - 50, 0)]) + Array(clip[min(start + 4_050, 16_000)...])
      let ratio = 10 * log10(signal / Signals.power(outside))
      #expect(abs(ratio - decibels) < 1)
    }
  }

  @Test func aWordIsOnlyMovedWhenNothingElseIsAsked() throws {
    let tone = Signals.sine(500, rate: 16_000, count: 8_000, amplitude: 0.5)
    var starts: Set<Int> = []
    for index in 0..<20 {
      var random = RandomStream(seed: 9, purpose: "plain", index: UInt64(index))
      let clip = try WaveformAugmentation(plain()).place(
        word: tone, rate: 16_000, babble: [], random: &random)
      let start = try #require(loudest(clip, 8_000))
      starts.insert(start / 1_000)
      let gain = clip[start..<start + 8_000].map(abs).max() ?? 0
      #expect((0..<8_000).allSatisfy { abs(clip[start + $0] - tone[$0] * 2 * gain) < 2e-3 })
    }
    #expect(starts.count >= 5 && starts.allSatisfy { $0 <= 8 })
  }

  @Test(arguments: [0, 8_000]) func silenceStaysSilent(_ count: Int) throws {
    var random = RandomStream(seed: 10, purpose: "silence")
    let clip = try WaveformAugmentation().place(
      word: [Float](repeating: 0, count: count), rate: 16_000, babble: Self.babble, random: &random)
    #expect(clip == [Float](repeating: 0, count: 16_000))
  }

  @Test func playbackRateMovesThePitch() throws {
    let tone = Signals.sine(1_000, rate: 16_000, count: 8_000, amplitude: 0.5)
    var random = RandomStream(seed: 11, purpose: "pitch")
    let clip = try WaveformAugmentation(plain()).place(
      word: tone, rate: 16_000, playbackRate: 1.1, babble: [], random: &random)
    #expect(
      Signals.amplitude(clip, at: 1_100, rate: 16_000) > 20 * Signals.amplitude(clip, at: 1_000, rate: 16_000)
    )
  }

  @Test func reverberationIsATail() throws {
    var options = plain()
    options.reverberationProbability = 1
    options.decayTime = 0.2...0.2
    options.directToReverberant = 6...6
    var click = [Float](repeating: 0, count: 400)
    click[0] = 1
    var ratios: [Double] = []
    for index in 0..<20 {
      var random = RandomStream(seed: 12, purpose: "room", index: UInt64(index))
      let clip = try WaveformAugmentation(options).place(
        word: click, rate: 16_000, babble: [], random: &random)
      let start = try #require(clip.indices.max { abs(clip[$0]) < abs(clip[$1]) })
      guard start < 12_000 else { continue }
      let tail = clip[(start + 1)...].reduce(0) { $0 + Double($1 * $1) }
      ratios.append(10 * log10(Double(clip[start] * clip[start]) / tail))
      let early = Signals.power(clip[start + 1..<start + 400])
      let late = Signals.power(clip[start + 1_600..<start + 2_000])
      let fall = 10 * log10(early / late)
      #expect(abs(fall - 30) < 4)  // 0.1 s at 60 dB in 0.2 s
    }
    #expect(ratios.count > 5 && ratios.allSatisfy { abs($0 - 6) < 0.2 })
  }

  @Test func tiltLeansTheSpectrum() throws {
    var options = plain()
    options.tilt = 3
    let tones = zip(
      Signals.sine(500, rate: 16_000, count: 16_000, amplitude: 0.3),
      Signals.sine(4_000, rate: 16_000, count: 16_000, amplitude: 0.3)
    ).map(+)
    let slopes = try (0..<40).map { index in
      var random = RandomStream(seed: 13, purpose: "tilt", index: UInt64(index))
      let clip = try WaveformAugmentation(options).place(
        word: tones, rate: 16_000, babble: [], random: &random)
      let low = Signals.amplitude(clip, at: 500, rate: 16_000)
      let high = Signals.amplitude(clip, at: 4_000, rate: 16_000)
      return 20 * log10(high / low) / 3
    }
    #expect((slopes.map(abs).max() ?? 9) < 3.05)
    #expect((slopes.max() ?? 0) > 1.5 && (slopes.min() ?? 0) < -1.5)
  }

  @Test func pinkNoiseFallsThreeDecibelsAnOctave() throws {
    var random = RandomStream(seed: 14, purpose: "pink")
    let noise = Noise.make(.pink, count: 65_536, random: &random)
    let spectrogram = try Spectrogram(.init(nFFT: 1_024))
    let frames = try spectrogram(noise)
    func power(_ bins: Range<Int>) -> Double {
      stride(from: 0, to: frames.count, by: spectrogram.bins).reduce(0) { sum, frame in
        bins.reduce(sum) { $0 + Double(frames[frame + $1]) }
      }
    }
    for low in [8, 16, 32, 64, 128] {  // each octave holds the same energy
      let step = 10 * log10(power(low * 2..<low * 4) / power(low..<low * 2))
      #expect(abs(step) < 0.7, "from bin \(low)")
    }
  }

  @Test func whiteNoiseIsNearlyNormal() {
    var random = RandomStream(seed: 15, purpose: "white")
    let noise = Noise.make(.white, count: 100_001, random: &random)
    #expect(noise.count == 100_001)
    #expect(abs(noise.reduce(0, +) / 100_001) < 0.01)
    #expect(abs(Signals.power(noise) - 1) < 0.02)
    let neighbours = zip(noise, noise.dropFirst()).reduce(0) { $0 + Double($1.0 * $1.1) } / 100_000
    #expect(abs(neighbours) < 0.01)
  }

  @Test func settingsOutOfRangeAreNamed() {
    var options = WaveformAugmentation.Options()
    options.reverberationProbability = 2
    #expect(throws: FeatureError.self) { try WaveformAugmentation(options) }
    options = WaveformAugmentation.Options()
    options.noiseWeights = .init(white: 0, pink: 0, babble: 0)
    #expect(throws: FeatureError.self) { try WaveformAugmentation(options) }
    var random = RandomStream(seed: 1, purpose: "x")
    #expect(throws: ResamplingError.self) {
      try WaveformAugmentation().place(word: [1], rate: 0, babble: [], random: &random)
    }
  }

  @Test func babbleHoldsAllVoices() {
    var random = RandomStream(seed: 16, purpose: "babble")
    let words = [Signals.sine(300, rate: 16_000, count: 6_000, amplitude: 0.01), [0, 0], word(seconds: 0.3)]
    let pool = Babble.pool(of: words, count: 32_000, voices: 6, random: &random)
    #expect(pool.count == 32_000 && abs(Signals.power(pool) - 6) < 3)
    #expect(Babble.pool(of: [[0, 0]], count: 10, random: &random) == [Float](repeating: 0, count: 10))
  }

  /// Options with every step but the place switched off.
  private func plain() -> WaveformAugmentation.Options {
    var options = WaveformAugmentation.Options()
    options.speedDeviation = 0
    options.tilt = 0
    options.equaliserDeviation = 0
    options.reverberationProbability = 0
    options.signalToNoise = 200...200
    options.peak = -3 ... -3
    return options
  }

  /// Something like a voice: a buzz that swells and fades.
  private func word(seconds: Double) -> [Float] {
    let count = Int(seconds * 22_050)
    return (0..<count).map { i in
      let t = Double(i) / 22_050
      let buzz = (1...20).reduce(0.0) { $0 + sin(2 * .pi * 130 * Double($1) * t) / Double($1) }
      return Float(0.3 * buzz * sin(.pi * Double(i) / Double(count)))
    }
  }

  /// Where the `count` samples with the most energy start.
  private func loudest(_ clip: [Float], _ count: Int) -> Int? {
    let sums = clip.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + Double($1 * $1)) }
    return (0...clip.count - count).max { sums[$0 + count] - sums[$0] < sums[$1 + count] - sums[$1] }
  }
}
