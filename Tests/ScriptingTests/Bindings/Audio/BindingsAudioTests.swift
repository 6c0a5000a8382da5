import Foundation
import LuaHost
import Tensors
import TestSupport
import Testing

@Suite struct BindingsAudioTests {
  static let neuroBench =
    "sample_rate = 48000, n_mfcc = 20, n_fft = 512, hop_length = 240, n_mels = 20, f_min = 20, f_max = 4000"
  static let cases = [
    ("mfcc", "{ \(neuroBench) }"),
    ("mfcc_16k", "{ sample_rate = 16000, n_mfcc = 40, n_fft = 400, hop_length = 160 }"),
  ]

  @Test(arguments: cases) func mfccMatchesPyTorch(_ fixture: String, _ options: String) throws {
    let state = try BindingsState()
    let golden = try GoldenFixture(fixture)
    state.context.files = try FileGate(read: [Fixtures.folder])
    let batch = try state.run(Self.mfcc(fixture, options))
    let features = try #require(batch.first?.object(Tensor.self))
    let (shape, _) = try golden.tensor("mfcc")  // (batch, coefficient, time)
    #expect(features.shape == [shape[0], shape[2], shape[1]])
    let values = try features.floatValues
    let turned = (0..<shape[0]).flatMap { clip in
      (0..<shape[1]).flatMap { c in (0..<shape[2]).map { values[(clip * shape[2] + $0) * shape[1] + c] } }
    }
    try golden.expectClose(turned, "mfcc")
  }

  /// MFCC of the fixture's waveforms; of the batch, or of each clip alone, stacked.
  static func mfcc(_ fixture: String, _ options: String, each: Bool = false) -> String {
    "local waveforms = nj.load('\(Fixtures.path("golden/\(fixture).safetensors"))').waveform\n"
      + (each
        ? "return nj.stack({ nj.audio.mfcc(waveforms[1], \(options)), nj.audio.mfcc(waveforms[2], \(options)) })"
        : "return nj.audio.mfcc(waveforms, \(options))")
  }

  @Test func threadsAndBatchingChangeNothing() throws {
    let options = "{ \(Self.neuroBench) }"
    let results = try [(1, false), (2, false), (5, false), (2, true)].map { threads, each in
      let state = try BindingsState(threads: threads)
      state.context.files = try FileGate(read: [Fixtures.folder])
      let given = try state.run(Self.mfcc("mfcc", options, each: each))
      return try #require(given.first?.object(Tensor.self)).floatValues
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func spikesMatchTheReference() throws {
    let state = try BindingsState()
    let golden = try GoldenFixture("s2s")
    state.context.files = try FileGate(read: [Fixtures.folder])
    let given = try state.run(
      "return nj.audio.s2s(nj.load('\(Fixtures.path("golden/mfcc.safetensors"))').waveform)")
    let spikes = try #require(given.first?.object(Tensor.self))
    let stored = try golden.int32s("spikes")
    #expect(spikes.shape == stored.shape)
    #expect(try spikes.floatValues.map { Int32($0) } == stored.values)
  }

  @Test func shapesAreChannelsLast() throws {
    let given = try BindingsState().run(
      """
      local x = nj.randn(3, 4000)
      local function sizes(t) return table.concat(t.shape, " ") end
      return sizes(nj.audio.spectrogram(x)),
        sizes(nj.audio.spectrogram(x[1], { n_fft = 256, hop_length = 100 })),
        sizes(nj.audio.mel_spectrogram(x, { n_mels = 23 })), sizes(nj.audio.mfcc(x[1], { n_mfcc = 13 })),
        sizes(nj.audio.mel_filterbank { n_freqs = 129, n_mels = 10 }),
        sizes(nj.audio.delta(nj.randn(2, 7, 5))),
        sizes(nj.audio.delta(nj.randn(7, 5), { win_length = 3 })), sizes(nj.audio.resample(x, 8000, 16000)),
        sizes(nj.audio.resample(x[1], 16000, 8000)), sizes(nj.audio.mfcc(nj.zeros { 0, 4000 })),
        sizes(nj.audio.s2s(nj.randn(2, 48000)))
      """)
    #expect(
      given.map(\.string) == [
        "3 21 201", "41 129", "3 21 23", "21 13", "129 10", "2 7 5", "7 5", "3 8000", "2000", "0 21 40",
        "2 200 20",
      ])
  }

  @Test func topDbCanBeSwitchedOff() throws {
    let given = try BindingsState().run(
      """
      local x = nj.cat { nj.zeros { 8000 }, nj.randn(8000) }
      local limited, free = nj.audio.mfcc(x), nj.audio.mfcc(x, { top_db = false })
      return limited:min():item() > free:min():item(), nj.audio.mfcc(x, { log_mels = true }).shape[2]
      """)
    #expect(given == [true, 40])
  }

  @Test func soundFilesComeBack() throws {
    let state = try BindingsState()
    let given = try state.run(
      """
      local x = nj.rand(1600) * 0.5
      nj.audio.write(FILES .. "/a.wav", x, 16000)
      local y, rate = nj.audio.read(FILES .. "/a.wav")
      local z, half = nj.audio.read(FILES .. "/a.wav", { rate = 8000 })
      return (x - y):abs():max():item() < 1e-4, rate, z.shape[1], half
      """)
    #expect(given == [true, 16000, 800, 8000])
  }

  static let bad = [
    BadScript("nj.audio.mfcc('x')", "mfcc: argument 1 (waveforms): expected tensor, got string"),
    BadScript(
      "nj.audio.mfcc(nj.zeros{2, 3, 4000})", "got [2, 3, 4000], expected (samples) or (batch, samples)"),
    BadScript("nj.audio.mfcc(nj.zeros({4000}, { dtype = 'int32' }))", "expected float32"),
    BadScript("nj.audio.mfcc(nj.zeros{0})", "0 samples are too few for n_fft 400", .data),
    BadScript("nj.audio.mfcc(nj.zeros{3, 100})", "100 samples are too few", .data),
    BadScript("nj.audio.mfcc(nj.zeros{4000}, { n_mfccs = 3 })", "did you mean 'n_mfcc'?"),
    BadScript(
      "nj.audio.mfcc(nj.zeros{4000}, { n_mfcc = 200 })", "n_mfcc is 200, expected 1 to n_mels", .data),
    BadScript("nj.audio.mfcc(nj.zeros{4000}, { mel_scale = 'htc' })", "did you mean 'htk'?"),
    BadScript("nj.audio.mfcc(nj.zeros{4000}, { f_min = 0/0 })", "f_min is NaN", .data),
    BadScript("nj.audio.mfcc(nj.zeros{4000}, { top_db = true })", "top_db is true", .data),
    BadScript("nj.audio.mfcc(nj.zeros{4000}, { hop_length = 0 })", "hop_length"),
    BadScript("nj.audio.mfcc(nj.full({2, 4000}, 0/0))", "clip 1, sample 1 is NaN", .data),
    BadScript("local x = nj.zeros{4000} x[7] = 1/0 nj.audio.spectrogram(x)", "sample 7 is infinite", .data),
    BadScript("nj.audio.resample(nj.zeros{10}, 0, 16000)", "rates must be positive", .data),
    BadScript("nj.audio.resample(nj.zeros{2, 0, 1}, 8000, 16000)", "expected (samples) or (batch, samples)"),
    BadScript(
      "nj.audio.write(FILES .. '/a.wav', nj.zeros{20000}, 8000) "
        + "nj.audio.read(FILES .. '/a.wav', { rate = 10000000 })", "read: allocating [1, 25000000]", .limit),
    BadScript("nj.audio.delta(nj.zeros{7})", "expected (time, channel) or (batch, time, channel)"),
    BadScript("nj.audio.delta(nj.zeros{7, 5}, { win_length = 2 })", "of at least 3"),
    BadScript("nj.audio.s2s(nj.zeros{48000}, { threshold = 0 })", "expected both above 0", .data),
    BadScript("nj.audio.mel_filterbank { f_min = 9000 }", "expected f_min to be the lower", .data),
    BadScript("nj.audio.read(FILES .. '/none.wav')", "there is no such file", .data),
    BadScript("nj.audio.read(SECRET .. '/a.wav')", "fs.read="),
    BadScript("nj.audio.write(SECRET .. '/a.wav', nj.zeros{10}, 8000)", "fs.write="),
    BadScript(
      "nj.audio.write(FILES .. '/a.txt', nj.zeros{10}, 8000)", "is not that of a sound format", .data),
    BadScript("nj.audio.write(FILES .. '/a.wav', nj.zeros{0}, 8000)", "no samples", .data),
    BadScript("nj.audio.write(FILES .. '/a.wav', nj.full({4}, 0/0), 8000)", "not a finite number", .data),
    BadScript("nj.audio.write(FILES .. '/a.wav', nj.zeros{2, 10}, 8000)", "expected (samples)"),
    BadScript("nj.audio.write(FILES .. '/a.wav', nj.zeros{10}, 0)", "rate"),
    BadScript("nj.audio.spectrogram(nj.zeros{16, 100000}, { hop_length = 1 })", "--memory", .limit),
  ]

  @Test(arguments: bad) func badInputIsExplained(_ c: BadScript) throws {
    c.check(in: try BindingsState(memory: 64 << 20))
  }
}
