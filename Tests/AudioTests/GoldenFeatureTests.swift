import Audio
import TestSupport
import Testing

/// A fixture of PyTorch's MFCC and the settings it was made with.
struct MFCCCase: Sendable, CustomTestStringConvertible {
  let fixture: String
  let options: MFCC.Options
  var testDescription: String { fixture }
}

@Suite struct GoldenFeatureTests {
  static let cases = [
    MFCCCase(fixture: "mfcc", options: .neuroBench),
    MFCCCase(
      fixture: "mfcc_16k",
      options: MFCC.Options(
        sampleRate: 16_000, nMFCC: 40, spectrogram: .init(nFFT: 400, hopLength: 160), mel: .init(nMels: 128)
      )),
  ]

  @Test(arguments: cases) func tablesMatch(_ c: MFCCCase) throws {
    let golden = try GoldenFixture(c.fixture)
    let mfcc = try MFCC(c.options)
    try golden.expectClose(Window.hann.values(c.options.spectrogram.nFFT), "window")
    try golden.expectClose(mfcc.melSpectrogram.filterbank.matrix, "mel_filterbank")
    try golden.expectClose(mfcc.dct.matrix, "dct_matrix")
  }

  @Test(arguments: cases) func everyStepMatches(_ c: MFCCCase) throws {
    let golden = try GoldenFixture(c.fixture)
    let mfcc = try MFCC(c.options)
    let mel = mfcc.melSpectrogram
    let chosen = try #require(golden.parameters()["power_frame_indices"] as? [Int])
    var power = [Float]()
    var bands = [Float]()
    var levels = [Float]()
    var coefficients = [Float]()
    for wave in try waveforms(golden) {
      let frames = try mel.spectrogram(wave)
      let bins = mel.spectrogram.bins
      power += (0..<bins).flatMap { bin in chosen.map { frames[$0 * bins + bin] } }
      bands += channelsFirst(try mel(wave), mel.mels)
      levels += channelsFirst(try mfcc.levels(wave), mel.mels)
      coefficients += channelsFirst(try mfcc(wave), mfcc.coefficients)
    }
    try golden.expectClose(power, "power_frames")
    try golden.expectClose(bands, "mel")
    try golden.expectClose(levels, "mel_db")
    try golden.expectClose(coefficients, "mfcc")
  }

  @Test(arguments: zip(cases, [Float(-447.2136), -1131.3696]))
  func silenceIsNotAnError(_ c: MFCCCase, _ first: Float) throws {
    let mfcc = try MFCC(c.options)
    let features = try mfcc([Float](repeating: 0, count: c.options.sampleRate))
    for (i, value) in features.enumerated() {
      let expected = i % mfcc.coefficients == 0 ? first : 0
      #expect(abs(value - expected) < 2e-3, "coefficient \(i)")
    }
  }

  @Test func scratchChangesNothing() throws {
    let mfcc = try MFCC(.neuroBench)
    var scratch = mfcc.scratch()
    var result = [Float]()
    for wave in try waveforms(GoldenFixture("mfcc")) {
      try mfcc(wave, into: &result, &scratch)
      #expect(result == (try mfcc(wave)))
    }
  }

  @Test func speechBecomesTheSameSpikes() throws {
    let golden = try GoldenFixture("s2s")
    let encoding = try SpikeEncoding()
    var levels = [Float]()
    var spikes = [Float]()
    for wave in try waveforms(GoldenFixture("mfcc")) {
      levels += channelsFirst(try encoding.logMel(wave), encoding.channels)
      spikes += try encoding(wave)
      #expect(encoding.steps(wave.count) == 200)
    }
    try golden.expectClose(levels, "log_mel")
    #expect(spikes.map { Int32($0) } == (try golden.int32s("spikes").values))
  }

  @Test func deltaModulationIsExact() throws {
    let golden = try GoldenFixture("s2s")
    let encoding = try SpikeEncoding()
    let (shape, values) = try golden.tensor("log_mel")
    let size = shape[1] * shape[2]
    let events = (0..<shape[0]).flatMap { clip in
      let signal = channelsFirst(Array(values[clip * size..<(clip + 1) * size]), shape[2])
      return channelsFirst(encoding.events(signal), shape[1])
    }
    #expect(events.map { Int32($0) } == (try golden.int32s("events_all_steps").values))
  }

  /// The waveforms of a fixture, (clips, samples), as a list.
  private func waveforms(_ golden: GoldenFixture) throws -> [[Float]] {
    let (shape, values) = try golden.tensor("waveform")
    return (0..<shape[0]).map { Array(values[$0 * shape[1]..<($0 + 1) * shape[1]]) }
  }

  /// (rows × columns) → (columns × rows).
  private func channelsFirst(_ matrix: [Float], _ columns: Int) -> [Float] {
    (0..<columns).flatMap { column in stride(from: column, to: matrix.count, by: columns).map { matrix[$0] } }
  }
}
