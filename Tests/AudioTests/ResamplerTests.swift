import Audio
import Support
import Testing

/// Two rates to resample between.
struct Rates: Sendable, CustomTestStringConvertible {
  let input: Double
  let output: Double
  var testDescription: String { "\(input) → \(output)" }
}

@Suite struct ResamplerTests {
  static let cases = [
    Rates(input: 48_000, output: 16_000), Rates(input: 16_000, output: 48_000),
    Rates(input: 44_100, output: 48_000), Rates(input: 22_050, output: 16_000),
    Rates(input: 22_050 * 1.0213, output: 16_000), Rates(input: 16_000, output: 16_000 * 0.977),
  ]

  /// torchaudio's resample: rounded up.
  @Test(arguments: [
    (count: 100, from: 44_100.0, to: 16_000.0, length: 37), (1_000, 3, 2, 667),
    (48_000, 48_000, 16_000, 16_000),
    (7, 48_000, 16_000, 3), (1_000, 1_030, 1_000, 971), (5, 16_000, 16_000, 5),
    (16_000, 16_480, 16_000, 15_534),
  ])
  func lengthsAreRoundedUp(count: Int, from: Double, to: Double, length: Int) throws {
    #expect(Resampler.length(count, from: from, to: to) == length)
    let steady = [Float](repeating: 0.5, count: count)
    let result = try Resampler.resample(steady, from: from, to: to)
    #expect(result.count == length)
    // The last sample is computed as well.
    #expect(result.last.map { abs($0) > 0.05 } == true)
  }

  @Test(arguments: cases, [200.0, 1_000, 5_000]) func aSineStaysASine(_ rates: Rates, _ hertz: Double) throws
  {
    let count = Int(rates.input)
    let tone = (0..<count).map { Signals.wave(hertz, $0, rates.input) }
    let result = try Resampler.resample(tone, from: rates.input, to: rates.output)
    #expect(result.count == Resampler.length(count, from: rates.input, to: rates.output))
    #expect((0..<1).contains(Double(result.count) - Double(count) * rates.output / rates.input))
    for i in result.count / 10..<result.count * 9 / 10 {
      #expect(abs(result[i] - Signals.wave(hertz, i, rates.output)) < 2e-4)
    }
  }

  @Test func whatTheLowerRateCannotHoldGoes() throws {
    let tone = (0..<48_000).map { Signals.wave(12_000, $0, 48_000) }
    let result = try Resampler.resample(tone, from: 48_000, to: 16_000)
    #expect(Signals.power(result[1_000..<15_000]) < 1e-9)
  }

  @Test func upAndDownAgainIsNearlyTheSame() throws {
    let chirp = (0..<16_000).map { i in Signals.wave(100 + Double(i) / 6, i, 16_000) }
    let up = try Resampler.resample(chirp, from: 16_000, to: 48_000)
    let back = try Resampler.resample(up, from: 48_000, to: 16_000)
    #expect(back.count == chirp.count)
    #expect((500..<15_500).allSatisfy { abs(back[$0] - chirp[$0]) < 1e-3 })
  }

  @Test func oneRateChangesNothing() throws {
    let samples: [Float] = [0.1, -0.7, 0.3]
    #expect(try Resampler.resample(samples, from: 44_100, to: 44_100) == samples)
    #expect(try Resampler.resample([], from: 8_000, to: 16_000).isEmpty)
  }

  /// One sample more than whole steps of three, and lengths of several blocks.
  @Test(arguments: [48_001, 200_000, 1_000_000]) func theEndIsKept(_ count: Int) throws {
    let tone = (0..<count).map { Signals.wave(1_000, $0, 48_000) }
    let result = try Resampler.resample(tone, from: 48_000, to: 16_000)
    #expect(result.count == Resampler.length(count, from: 48_000, to: 16_000))
    for i in result.indices.dropLast(150).suffix(500) {
      #expect(abs(result[i] - Signals.wave(1_000, i, 16_000)) < 2e-4)
    }
    #expect(result.suffix(50).allSatisfy { $0.isFinite } && Signals.power(result.suffix(50)) > 0.1)
  }

  @Test func longWorkCanBeEnded() throws {
    let samples = [Float](repeating: 0.5, count: 1_000)
    #expect(throws: InterruptionError.self) {
      try Interruption.withExpiry({ InterruptionError(during: "a test") }) {
        try Resampler.resample(samples, from: 48_000, to: 16_000)
      }
    }
  }

  @Test func theSameBitsEachTime() throws {
    let tone = (0..<9_000).map { Signals.wave(700, $0, 22_050) }
    let results = try (0..<3).map { _ in try Resampler.resample(tone, from: 22_719.3, to: 16_000) }
    #expect(results[0] == results[1] && results[1] == results[2])
  }

  @Test(arguments: [0, -1, .nan, .infinity]) func ratesMustBePositive(_ rate: Double) {
    #expect(throws: ResamplingError.self) { try Resampler.resample([1], from: rate, to: 16_000) }
    #expect(throws: ResamplingError.self) { try Resampler.resample([1], from: 16_000, to: rate) }
  }
}
