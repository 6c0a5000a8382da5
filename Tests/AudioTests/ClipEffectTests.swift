import Audio
import Foundation
import Tensors
import Testing

@Suite struct ClipEffectTests {
  private static let rate = 16_000

  private static func tone(_ frequency: Double, count: Int = rate) -> [Float] {
    (0..<count).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / Double(rate))) }
  }

  @Test(arguments: [0.8, 0.95, 1.1, 1.3]) func aFasterToneIsAHigherTone(_ factor: Double) throws {
    let played = try PlaybackSpeed.change(Self.tone(1_000), by: factor)
    #expect(played.count == Self.rate)
    let middle = Array(played[4_000..<12_000])
    #expect(abs(Signals.amplitude(middle, at: 1_000 * factor, rate: Self.rate) - 0.5) < 0.005)
    #expect(Signals.amplitude(middle, at: 1_000, rate: Self.rate) < 0.02)
  }

  @Test(arguments: [0.85, 1.15]) func aToneIsReadBetweenItsSamples(_ factor: Double) throws {
    for frequency in [200.0, 1_000, 3_000, 5_000] {
      let played = try PlaybackSpeed.change(Self.tone(frequency), by: factor)
      let middle = Double(Self.rate - 1) / 2
      let error = (2_000..<14_000).map { i in
        let time = (middle + (Double(i) - middle) * factor) / Double(Self.rate)
        return abs(Double(played[i]) - 0.5 * sin(2 * .pi * frequency * time))
      }
      #expect((error.max() ?? 1) < 0.5 * (frequency > 4_000 ? 0.1 : 0.01), "at \(frequency) Hz")
    }
  }

  @Test func equalSpeedChangesNothingAndOthersAreRefused() throws {
    let sound = Self.tone(440)
    #expect(try PlaybackSpeed.change(sound, by: 1) == sound)
    #expect(try PlaybackSpeed.change([], by: 2) == [])
    #expect(throws: FeatureError.self) { try PlaybackSpeed.change(sound, by: 0.2) }
    #expect(throws: FeatureError.self) { try PlaybackSpeed.change(sound, by: .nan) }
  }

  @Test(arguments: [
    (0, [1, 2, 3, 4]), (1, [0, 1, 2, 3]), (-3, [4, 0, 0, 0]), (4, [0, 0, 0, 0]), (Int.min, [0, 0, 0, 0]),
    (Int.max, [0, 0, 0, 0]),
  ])
  func silenceComesInFromTheOtherEnd(_ count: Int, _ expected: [Float]) {
    #expect(ClipEffect.shifted([1, 2, 3, 4], by: count) == expected)
  }

  @Test(arguments: [-5.0, 0, 20]) func noiseHasItsRatio(_ ratio: Double) {
    var random = RandomStream(seed: 1, purpose: "noise")
    let sound = Self.tone(500)
    let noise = Noise.make(.pink, count: Self.rate, random: &random)
    let mixed = ClipEffect.adding(noise, to: sound, signalToNoise: ratio)
    let added = zip(mixed, sound).map { $0 - $1 }
    let measured = 10 * log10(Signals.power(sound) / Signals.power(added))
    #expect(abs(measured - ratio) < 0.01)
  }

  @Test func silenceStaysSilent() {
    let silence = [Float](repeating: 0, count: 100)
    let tone = Self.tone(500, count: 100)
    #expect(ClipEffect.adding(silence, to: tone, signalToNoise: 5) == tone)
    #expect(ClipEffect.adding(tone, to: silence, signalToNoise: 5) == silence)
  }

  @Test(arguments: [(Noise.Color.white, 0.0), (.pink, -3), (.brown, -6)])
  func coloursHaveTheirSlopes(_ color: Noise.Color, _ slope: Double) throws {
    var random = RandomStream(seed: 2, purpose: "colours")
    let spectrogram = try Spectrogram(.init(nFFT: 1_024))
    let frames = try spectrogram(Noise.make(color, count: 1 << 17, random: &random))
    func mean(_ bins: Range<Int>) -> Double {
      stride(from: 0, to: frames.count, by: spectrogram.bins).reduce(0) { sum, frame in
        bins.reduce(sum) { $0 + Double(frames[frame + $1]) }
      } / Double(bins.count)
    }
    // Three octaves from a 32nd to a fourth of the rate.
    let measured = 10 * log10(mean(200..<312) / mean(25..<39)) / 3
    #expect(abs(measured - slope) < 0.4)
  }

  @Test func aRoomDecaysInItsTime() throws {
    var random = RandomStream(seed: 3, purpose: "room")
    var click = [Float](repeating: 0, count: Self.rate)
    click[0] = 1
    let heard = try ClipEffect.reverberated(
      click, decayTime: 0.5, directToReverberant: 6, rate: Self.rate, random: &random)
    #expect(abs(heard[0] - 1) < 1e-4)
    #expect(abs(10 * log10(1 / (Signals.power(Array(heard[1...])) * Double(Self.rate - 1))) - 6) < 0.1)
    // A quarter of a second later it is 30 dB quieter.
    let fall = 10 * log10(Signals.power(Array(heard[1..<401])) / Signals.power(Array(heard[4_000..<4_400])))
    #expect(abs(fall - 30) < 2)
    #expect(throws: FeatureError.self) {
      try ClipEffect.reverberated(click, decayTime: 0, directToReverberant: 6, rate: 1, random: &random)
    }
  }

  @Test func packedSamplesOfSixteenBitsAreExact() {
    let exact = (0..<999).map { Float(($0 * 7_919) % 65_536 - 32_768) / 32_768 }
    #expect(PackedSamples.pack(exact).count == PackedSamples.width(999))
    #expect(PackedSamples.unpack(PackedSamples.pack(exact), count: 999) == exact)
    #expect(PackedSamples.unpack(PackedSamples.pack([]), count: 0) == [])
  }

  @Test(arguments: [Float(1e-6), 0.7, 9_000]) func otherSamplesAreRoundedToTheLargest(_ largest: Float) {
    let sound = Self.tone(37).map { $0 * 2 * largest }
    let back = PackedSamples.unpack(PackedSamples.pack(sound), count: sound.count)
    let error = zip(sound, back).map { abs($0 - $1) }.max() ?? 1
    #expect(error <= largest / 65_000)
  }
}
