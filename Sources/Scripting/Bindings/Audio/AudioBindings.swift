import Audio
import LuaHost
import Support
import Tensors

/// `nj.audio`: sound files, resampling and features; parameters have torchaudio's names.
///
/// Waveforms are (samples) or (batch, samples); features are (time, channel) or (batch, time, channel), channels last.
/// Nothing here is recorded for gradients.
enum AudioBindings {
  static let module = LuaModule(
    "audio", "Sound files and features of sound; waveforms are (samples) or (batch, samples)",
    functions: files + features + augmentation)

  static let files: [LuaFunction] = [
    LuaFunction(
      "read", "A sound file's samples, full scale ±1, channels averaged; and its rate in Hz",
      [
        .string("path"),
        .options("options", [.rate("rate", optional: true, help: "resample to this rate, in Hz")]),
      ],
      returns: "tensor, integer"
    ) { call in
      let context = try call.context
      let options = try call.options(2)
      let device = context.device
      let file = try context.readable(call.string(1))
      let (samples, fileRate) = try UninterruptibleWork.run("read") {
        try file.read { try SoundFile.read($0, on: device) }
      }
      guard options.has("rate") else { return try call.push(samples, fileRate) }
      let rate = try options.integer("rate")
      let from = Double(fileRate)
      let to = Double(rate)
      // The result is allocated first: a high rate makes many samples of a short sound.
      let clips = try Clips("read", samples)
      let length = Resampler.length(clips.samples, from: from, to: to)
      return try call.push(clips.map([length]) { try Resampler.resample($0, from: from, to: to) }, rate)
    },
    LuaFunction(
      "write", "Writes samples as .wav, .flac, .ogg or .opus, by the extension of the name",
      [.string("path"), .tensor("samples", help: "(samples)"), .rate("rate", help: "in Hz")]
    ) { call in
      let samples = try call.tensor(2)
      guard samples.rank == 1 else {
        throw TensorError.badShape(operation: "write", shape: samples.shape, expected: "(samples)")
      }
      let rate = try call.integer(3)
      try call.write(to: call.string(1)) { path in
        try SoundFile.bytes(of: Waveform(samples: samples.floatValues, rate: rate), for: path)
      }
      return .nothing
    },
    LuaFunction(
      "resample", "Waveforms at another rate, band-limited",
      [.waveforms, .number("from", help: "rate in Hz"), .number("to", help: "rate in Hz")], returns: "tensor"
    ) { call in
      let waveforms = try Clips("resample", call.tensor(1))
      let from = try call.number(2)
      let to = try call.number(3)
      _ = try Resampler.resample([], from: from, to: to)  // refuses bad rates
      let length = Resampler.length(waveforms.samples, from: from, to: to)
      return try call.push(waveforms.map([length]) { try Resampler.resample($0, from: from, to: to) })
    },
  ]

  static let features: [LuaFunction] = [
    LuaFunction(
      "spectrogram", "Magnitudes of the short-time Fourier transform to a power: (…, time, frequency)",
      [.waveforms, .options("options", FeatureOptions.spectrogram)], returns: "tensor"
    ) { call in
      let plan = try Spectrogram(call.spectrogramOptions("spectrogram"))
      let waveforms = try Clips("spectrogram", call.tensor(1))
      return try call.push(waveforms.map([plan.frames(waveforms.samples), plan.bins]) { try plan($0) })
    },
    LuaFunction(
      "mel_filterbank", "The mel bands as a matrix: (frequency, band)",
      [
        .options(
          "options",
          [.integer("n_freqs", default: 201, min: 2, max: 1 << 20, help: "frequencies, n_fft / 2 + 1")]
            + FeatureOptions.rate(16_000) + FeatureOptions.mel())
      ], returns: "tensor"
    ) { call in
      let options = try call.options(1)
      let bins = try options.integer("n_freqs")
      let bank = try MelFilterbank(
        bins: bins, sampleRate: options.integer("sample_rate"), options.mel("mel_filterbank"))
      return try call.push(
        Tensor(
          rowsInParallel: bins, rowShape: [bank.mels], on: call.context.device, operation: "mel_filterbank",
          bank.row))
    },
    LuaFunction(
      "mel_spectrogram", "A spectrogram summed into mel bands: (…, time, band)",
      [.waveforms, .options("options", FeatureOptions.melSpectrogram)], returns: "tensor"
    ) { call in
      let options = try call.options(2)
      let plan = try MelSpectrogram(options.melSpectrogram("mel_spectrogram"))
      let waveforms = try Clips("mel_spectrogram", call.tensor(1))
      return try call.push(waveforms.map([plan.frames(waveforms.samples), plan.mels]) { try plan($0) })
    },
    LuaFunction(
      "mfcc", "Mel-frequency cepstral coefficients: (…, time, coefficient)",
      [.waveforms, .options("options", FeatureOptions.mfcc)], returns: "tensor"
    ) { call in
      let plan = try MFCC(call.options(2).mfcc())
      let waveforms = try Clips("mfcc", call.tensor(1))
      return try call.push(
        waveforms.map([plan.frames(waveforms.samples), plan.coefficients]) { try plan($0) })
    },
    LuaFunction(
      "delta",
      "The slopes of features over time, as torchaudio's compute_deltas; the same shape, (…, time, channel)",
      [
        .tensor("features", help: "(time, channel) or (batch, time, channel)"),
        .options(
          "options",
          [
            .integer(
              "win_length", default: 5, min: 3, help: "frames; an even number counts as the odd one below")
          ]),
      ], returns: "tensor"
    ) { call in
      let features = try call.tensor(1)
      let options = try call.options(2)
      let window = try options.integer("win_length")
      guard features.rank == 2 || features.rank == 3, let channels = features.shape.last, channels > 0 else {
        throw TensorError.badShape(
          operation: "delta", shape: features.shape, expected: "(time, channel) or (batch, time, channel)")
      }
      _ = try Delta.delta([], channels: channels, windowLength: window)  // refuses a bad window
      let clips = try Clips("delta", features, shape: Array(features.shape.suffix(2)))
      return try call.push(
        clips.map(clips.shape) { try Delta.delta($0, channels: channels, windowLength: window) })
    },
    LuaFunction(
      "s2s",
      "Speech2Spikes (Stewart et al. 2023): −1, 0, 1 for changes of a log-mel spectrogram: (…, time, band)",
      [.waveforms, .options("options", FeatureOptions.spikes)], returns: "tensor"
    ) { call in
      let plan = try SpikeEncoding(call.options(2).spikes())
      let waveforms = try Clips("s2s", call.tensor(1))
      return try call.push(waveforms.map([plan.steps(waveforms.samples), plan.channels]) { try plan($0) })
    },
  ]
}

extension LuaParameter {
  /// One clip or a batch of clips.
  static var waveforms: Self { .tensor("waveforms", help: "(samples) or (batch, samples)") }

  /// A sample rate, in Hz.
  static func rate(_ name: String, optional: Bool = false, help: String) -> Self {
    .integer(name, optional: optional, min: 1, max: 10_000_000, help: help)
  }
}

extension LuaCall {
  fileprivate func spectrogramOptions(_ feature: String) throws -> Spectrogram.Options {
    try options(2).spectrogram(feature)
  }
}

/// One clip, or a batch of clips that a function of `nj.audio` processes one by one.
struct Clips {
  /// The shape of one clip.
  let shape: [Int]
  /// (batch, shape…)
  private let batch: Tensor
  private let isBatch: Bool
  private let operation: String

  /// The number of clips.
  var count: Int { batch.shape[0] }

  /// The number of samples in a clip.
  var samples: Int { shape.reduce(1, *) }

  /// The clips in `tensor`, each of `shape`; nil takes the last dimension. Errors name the operation.
  ///
  /// - Throws: `TensorError` unless the tensor is float32, and one clip or a batch of clips.
  init(_ operation: String, _ tensor: Tensor, shape: [Int]? = nil) throws {
    guard tensor.dtype == .float32 else {
      throw TensorError.wrongType(operation: operation, expected: .float32, got: tensor.dtype)
    }
    let rank = shape?.count ?? 1
    guard tensor.rank == rank || tensor.rank == rank + 1 else {
      throw TensorError.badShape(
        operation: operation, shape: tensor.shape, expected: "(samples) or (batch, samples)")
    }
    self.operation = operation
    self.shape = shape ?? tensor.shape.suffix(1)
    isBatch = tensor.rank > rank
    let values = tensor.detached()
    batch = isBatch ? values : try values.reshaped([1] + tensor.shape)
  }

  /// The results of `make` for each clip, computed on all threads: `resultShape`, after the batch if there is one.
  ///
  /// - Throws: `FeatureError` for a clip with NaN or infinity, and what `make` throws.
  func map(_ resultShape: [Int], _ make: @escaping @Sendable ([Float]) throws -> [Float]) throws -> Tensor {
    try mapIndexed(resultShape) { samples, _ in try make(samples) }
  }

  /// As ``map(_:_:)``, with a `make` that also gets the clip's index, from 0.
  func mapIndexed(
    _ resultShape: [Int], _ make: @escaping @Sendable ([Float], _ clip: Int) throws -> [Float]
  ) throws -> Tensor {
    let results = try Tensor(
      rowsInParallel: count, rowShape: resultShape, on: batch.device, operation: operation
    ) { clip in try make(samples(of: clip), clip) }
    return isBatch ? results : try results.reshaped(resultShape)
  }
  /// The samples of the clip at an index from 0.
  ///
  /// - Throws: `FeatureError` for a clip with NaN or infinity.
  func samples(of clip: Int) throws -> [Float] {
    let samples = try batch.row(clip)
    if let bad = samples.firstIndex(where: { !$0.isFinite }) {
      let element = "\(shape.count == 1 ? "sample" : "value") \(bad + 1)"
      let location = isBatch ? "clip \(clip + 1), \(element)" : element
      throw FeatureError(
        operation, "\(location) is \(samples[bad].isNaN ? "NaN" : "infinite")",
        hint: "check how the samples were computed")
    }
    return samples
  }
}
