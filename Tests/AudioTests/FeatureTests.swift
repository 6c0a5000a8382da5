import Audio
import Foundation
import Tensors
import Testing

@Suite struct FeatureTests {
  @Test func aToneStandsInItsBin() throws {
    let spectrogram = try Spectrogram(.init(nFFT: 400, hopLength: 100, power: 1))
    let frames = try spectrogram(Signals.sine(1_000, rate: 16_000, count: 4_000, amplitude: 1))
    #expect(frames.count == spectrogram.frames(4_000) * spectrogram.bins && spectrogram.frames(4_000) == 41)
    let middle = frames[20 * 201..<21 * 201]
    #expect(middle.indices.max { middle[$0] < middle[$1] } == 20 * 201 + 25)
    #expect(abs((middle.max() ?? 0) - 100) < 0.1)  // amplitude · Σ window / 2
  }

  @Test(arguments: [Float(0.5), 1, 3]) func powersAgree(_ power: Float) throws {
    var random = RandomStream(seed: 1, purpose: "power")
    let noise = (0..<1_000).map { _ in Float(random.normal()) }
    let squares = try Spectrogram(.init(nFFT: 171, power: 2))(noise)
    let others = try Spectrogram(.init(nFFT: 171, power: power))(noise)
    for (square, other) in zip(squares, others) {
      #expect(abs(pow(square, power / 2) - other) <= 1e-5 * other)
    }
  }

  @Test func aShortWindowIsCentred() throws {
    let noise = (0..<512).map { i in Signals.wave(700, i, 16_000) }
    let options = Spectrogram.Options(nFFT: 512, windowLength: 200, hopLength: 512, centre: false)
    let short = try Spectrogram(options)(noise)
    var masked = [Float](repeating: 0, count: 512)
    for (n, weight) in Window.hann.values(200).enumerated() { masked[156 + n] = weight * noise[156 + n] }
    let expected = try Spectrogram(.init(nFFT: 512, hopLength: 512, window: .rectangular, centre: false))(
      masked)
    #expect(zip(short, expected).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func frameCountsAreTorchs() throws {
    let neuroBench = try MFCC(.neuroBench)
    #expect(neuroBench.frames(48_000) == 201)
    #expect(try Spectrogram(.init(nFFT: 171, hopLength: 80)).frames(16_000) == 200)
    #expect(try Spectrogram(.init(nFFT: 512, hopLength: 256, centre: false)).frames(1_000) == 2)
  }

  @Test(arguments: MelScale.allCases) func melScalesComeBack(_ scale: MelScale) {
    for hertz in [0.0, 60, 999, 1_000, 1_001, 7_900] {
      #expect(abs(scale.hertz(scale.mel(hertz)) - hertz) < 1e-8)
    }
  }

  @Test func melScalesHaveTheirKnownValues() {
    #expect(abs(MelScale.htk.mel(1_000) - 999.9856) < 1e-3)
    #expect(abs(MelScale.slaney.mel(1_000) - 15) < 1e-12)
    #expect(abs(MelScale.slaney.mel(6_400) - 42) < 1e-9)
  }

  @Test func slaneysBandsHaveTheAreaOfOne() throws {
    let bank = try MelFilterbank(
      bins: 2_049, sampleRate: 16_000, .init(nMels: 10, scale: .slaney, norm: .slaney))
    for mel in 0..<10 {
      let area = (0..<2_049).reduce(Float(0)) { $0 + bank.matrix[$1 * 10 + mel] } * 8_000 / 2_048
      #expect(abs(area - 1) < 2e-3)
    }
  }

  @Test(arguments: MelScale.allCases, [0.0, 3_990]) func rowsAndMatrixAreOne(
    _ scale: MelScale, _ fMin: Double
  ) throws {
    let bank = try MelFilterbank(bins: 33, sampleRate: 8_000, .init(nMels: 50, fMin: fMin, scale: scale))
    #expect((0..<33).flatMap(bank.row) == bank.matrix)
    // Every triangle as torchaudio writes it, over all the frequencies.
    let low = scale.mel(fMin)
    let high = scale.mel(4_000)
    let edges = (0...51).map { scale.hertz(low + (high - low) * Double($0) / 51) }
    let expected = (0..<33).flatMap { bin in
      (0..<50).map { mel in
        let frequency = 4_000 * Double(bin) / 32
        let rise = (frequency - edges[mel]) / (edges[mel + 1] - edges[mel])
        return Float(max(0, min(rise, (edges[mel + 2] - frequency) / (edges[mel + 2] - edges[mel + 1]))))
      }
    }
    #expect(bank.matrix == expected)
  }

  @Test func theTransformIsOrthonormal() {
    let matrix = DCT(inputs: 7, outputs: 7).matrix
    for a in 0..<7 {
      for b in 0..<7 {
        let product = (0..<7).reduce(Float(0)) { $0 + matrix[$1 * 7 + a] * matrix[$1 * 7 + b] }
        #expect(abs(product - (a == b ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test func oddCountsOfCoefficientsAreExact() throws {
    var options = MFCC.Options.neuroBench
    let noise = (0..<10_000).map { i in Signals.wave(700, i * i % 977, 48_000) }
    let all = try MFCC(options)(noise)
    for count in [1, 2, 3, 13] {
      options.nMFCC = count
      let some = try MFCC(options)(noise)
      let expected = all.indices.filter { $0 % 20 < count }.map { all[$0] }
      #expect(some == expected)
    }
  }

  @Test func logarithmsCanReplaceDecibels() throws {
    var options = MFCC.Options.neuroBench
    options.logMels = true
    let tone = Signals.sine(900, rate: 48_000, count: 9_600, amplitude: 0.4)
    let mfcc = try MFCC(options)
    let mel = try mfcc.melSpectrogram(tone)
    #expect(zip(mel, try mfcc.levels(tone)).allSatisfy { abs(log($0 + 1e-6) - $1) < 1e-5 })
  }

  /// torchaudio's compute_deltas reaches (win_length − 1) / 2 frames to each side, rounded down.
  @Test func anEvenWindowCountsAsTheOddOneBelow() throws {
    let features: [Float] = [1, 4, 9, 16, 25, 36]
    for even in [4, 6] {
      #expect(
        try Delta.delta(features, channels: 1, windowLength: even)
          == Delta.delta(features, channels: 1, windowLength: even - 1))
    }
  }

  /// NeuroBench leaves the first step out where there are samples / hop + 1 of them.
  @Test(arguments: [(samples: 48_000, steps: 200), (24_000, 100), (24_001, 101), (47_999, 200), (480, 2)])
  func spikesOfWholeHopsLackTheFirstStep(samples: Int, steps: Int) throws {
    let encoding = try SpikeEncoding()
    #expect(encoding.steps(samples) == steps)
    let wave = (0..<samples).map { Float(($0 * 7919) % 1000) / 1000 }
    #expect(try encoding(wave).count == steps * encoding.channels)
  }

  @Test func deltasAreSlopes() throws {
    let ramp = (0..<20).flatMap { [Float($0), Float(-2 * $0)] }
    let slopes = try Delta.delta(ramp, channels: 2)
    #expect(slopes.count == ramp.count)
    for frame in 2..<18 {
      #expect(abs(slopes[2 * frame] - 1) < 1e-6 && abs(slopes[2 * frame + 1] + 2) < 1e-6)
    }
    #expect(abs(slopes[0] - 0.5) < 1e-6)  // (1·1 + 2·2) / 10, the end being repeated
  }

  @Test func badSettingsAreNamed() {
    expectError("n_fft is 0") { _ = try Spectrogram(.init(nFFT: 0)) }
    expectError("n_fft is 1048573, a multiple of a large prime") {
      _ = try Spectrogram(.init(nFFT: 1_048_573))
    }
    expectError("win_length is 500") { _ = try Spectrogram(.init(nFFT: 400, windowLength: 500)) }
    expectError("hop_length is 0") { _ = try Spectrogram(.init(hopLength: 0)) }
    expectError("n_mfcc is 50") { _ = try MFCC(.init(nMFCC: 50, mel: .init(nMels: 40))) }
    expectError("f_min is 5000.0 Hz") {
      _ = try MelFilterbank(bins: 9, sampleRate: 8_000, .init(fMin: 5_000))
    }
    expectError("100 samples are too few for n_fft 400") {
      _ = try MFCC()([Float](repeating: 0, count: 100))
    }
    expectError("expected n_mfcc · n_mels up to 2^24") {
      _ = try MFCC(.init(nMFCC: 5000, mel: .init(nMels: 5000)))
    }
    expectError("win_length is 2") { _ = try Delta.delta([1, 2], channels: 1, windowLength: 2) }
    expectError("threshold is 0") {
      var options = SpikeEncoding.Options()
      options.threshold = 0
      _ = try SpikeEncoding(options)
    }
  }

  @Test func oneValueServesManyThreads() async throws {
    let mfcc = try MFCC(.neuroBench)
    let tone = Signals.sine(700, rate: 48_000, count: 48_000, amplitude: 0.2)
    let expected = try mfcc(tone)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { try mfcc(tone) == expected } }
      for try await same in group { #expect(same) }
    }
  }
}
