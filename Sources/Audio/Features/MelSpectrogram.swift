/// A spectrogram summed into mel bands: `torchaudio.transforms.MelSpectrogram`.
///
/// A value that may be used from many threads at once.
public struct MelSpectrogram: Sendable {
  /// The settings of a mel spectrogram.
  public struct Options: Sendable, Equatable {
    /// Samples in a second, in Hz.
    public var sampleRate = 16_000
    public var spectrogram = Spectrogram.Options()
    public var mel = MelFilterbank.Options()

    public init(
      sampleRate: Int = 16_000, spectrogram: Spectrogram.Options = .init(),
      mel: MelFilterbank.Options = .init()
    ) {
      self.sampleRate = sampleRate
      self.spectrogram = spectrogram
      self.mel = mel
    }
  }

  /// The settings.
  public let options: Options
  /// The spectrogram whose bins are summed.
  public let spectrogram: Spectrogram
  /// The bands.
  public let filterbank: MelFilterbank

  /// Buffers of one call; reuse them from call to call, one value for each thread.
  public struct Scratch: Sendable {
    var spectrogram: Spectrogram.Scratch
    /// Band sums: (groups of sixteen frames) × mels.
    var sums: [FrameLanes] = []
  }

  /// A mel spectrogram with these settings; errors call it `feature`.
  ///
  /// - Throws: ``FeatureError`` when a setting is out of range.
  public init(_ options: Options = Options(), feature: String = "mel_spectrogram") throws(FeatureError) {
    self.options = options
    spectrogram = try Spectrogram(options.spectrogram, feature: feature)
    filterbank = try MelFilterbank(bins: spectrogram.bins, sampleRate: options.sampleRate, options.mel)
  }

  /// Buffers for this feature's calls.
  public func scratch() -> Scratch { Scratch(spectrogram: spectrogram.scratch()) }

  /// The number of bands in a frame.
  public var mels: Int { filterbank.mels }

  /// The number of frames of `samples` samples.
  public func frames(_ samples: Int) -> Int { spectrogram.frames(samples) }

  /// `samples` → (frames × mels), row-major.
  ///
  /// - Throws: ``FeatureError`` when there are too few samples for one frame; `InterruptionError`.
  public func callAsFunction(_ samples: [Float]) throws -> [Float] {
    var scratch = scratch()
    try sum(samples, &scratch)
    let frames = frames(samples.count)
    var result = [Float](repeating: 0, count: frames * mels)
    for frame in 0..<frames {
      for mel in 0..<mels {
        result[frame * mels + mel] =
          scratch.sums[frame / FramePlan.frames * mels + mel][frame % FramePlan.frames]
      }
    }
    return result
  }

  /// Computes the band sums of `samples` into `scratch.sums`, sixteen frames side by side.
  func sum(_ samples: [Float], _ scratch: inout Scratch) throws {
    let size = (frames(samples.count) + FramePlan.frames - 1) / FramePlan.frames * mels
    if scratch.sums.count != size { scratch.sums = [FrameLanes](repeating: .zero, count: size) }
    // Swapped out, so that the closure and the call do not access the scratch at once.
    var sums: [FrameLanes] = []
    swap(&sums, &scratch.sums)
    defer { swap(&sums, &scratch.sums) }
    try spectrogram.forEachGroup(samples, bins: filterbank.usedBins, &scratch.spectrogram) {
      frame, _, power in
      filterbank.sum(power, into: &sums, at: frame / FramePlan.frames * mels)
    }
  }
}
