import Foundation
import Support
import VectorKernels

/// Mel-frequency cepstral coefficients: `torchaudio.transforms.MFCC`, as NeuroBench calls it.
///
/// Samples → spectrogram → mel bands → `10·log10(max(x, 1e-10))`, limited to 80 dB below the clip's own maximum →
/// orthonormal DCT. With `logMels` the third step is `ln(x + 1e-6)`. A value that may be used from many threads at
/// once.
public struct MFCC: Sendable {
  /// The settings of the coefficients; names and defaults are torchaudio's.
  public struct Options: Sendable, Equatable {
    /// Samples in a second, in Hz.
    public var sampleRate = 16_000
    /// Coefficients in a frame; at most the number of mel bands.
    public var nMFCC = 40
    public var spectrogram = Spectrogram.Options()
    public var mel = MelFilterbank.Options()
    /// Whether to use the natural logarithm instead of decibels with a limit.
    public var logMels = false
    /// The lowest level of a band below the clip's maximum, in dB; nil is no limit.
    public var topDB: Float? = 80

    public init(
      sampleRate: Int = 16_000, nMFCC: Int = 40, spectrogram: Spectrogram.Options = .init(),
      mel: MelFilterbank.Options = .init(), logMels: Bool = false, topDB: Float? = 80
    ) {
      self.sampleRate = sampleRate
      self.nMFCC = nMFCC
      self.spectrogram = spectrogram
      self.mel = mel
      self.logMels = logMels
      self.topDB = topDB
    }

    /// NeuroBench's settings for MSWC: 48 kHz, 20 coefficients of 20 bands from 20 Hz to 4 kHz, 201 frames a
    /// second.
    public static let neuroBench = Options(
      sampleRate: 48_000, nMFCC: 20, spectrogram: Spectrogram.Options(nFFT: 512, hopLength: 240),
      mel: MelFilterbank.Options(nMels: 20, fMin: 20, fMax: 4_000))
  }

  /// The largest matrix of the DCT, 64 MiB.
  private static let maxWeights = 1 << 24

  /// The settings.
  public let options: Options
  /// The mel spectrogram that the coefficients are computed from.
  public let melSpectrogram: MelSpectrogram
  /// The transform from bands to coefficients.
  public let dct: DCT

  /// Buffers of one call; reuse them from call to call, one value for each thread.
  public struct Scratch: Sendable {
    var mel: MelSpectrogram.Scratch
  }

  /// - Throws: ``FeatureError`` when a setting is out of range.
  public init(_ options: Options = Options()) throws(FeatureError) {
    guard (1...max(options.mel.nMels, 1)).contains(options.nMFCC) else {
      throw FeatureError(
        "mfcc", "n_mfcc is \(options.nMFCC), expected 1 to n_mels, \(options.mel.nMels)")
    }
    guard options.nMFCC * options.mel.nMels <= Self.maxWeights else {
      throw FeatureError(
        "mfcc",
        "\(options.nMFCC) coefficients of \(options.mel.nMels) bands, expected n_mfcc · n_mels up to 2^24"
      )
    }
    self.options = options
    melSpectrogram = try MelSpectrogram(
      .init(sampleRate: options.sampleRate, spectrogram: options.spectrogram, mel: options.mel),
      feature: "mfcc")
    dct = DCT(inputs: options.mel.nMels, outputs: options.nMFCC)
  }

  /// Buffers for this feature's calls.
  public func scratch() -> Scratch { Scratch(mel: melSpectrogram.scratch()) }

  /// The number of coefficients in a frame.
  public var coefficients: Int { options.nMFCC }

  /// The number of frames of `samples` samples.
  public func frames(_ samples: Int) -> Int { melSpectrogram.frames(samples) }

  /// `samples` → (frames × coefficients), row-major.
  ///
  /// - Throws: ``FeatureError`` when there are too few samples for one frame; `InterruptionError`.
  public func callAsFunction(_ samples: [Float]) throws -> [Float] {
    var scratch = scratch()
    var result = [Float]()
    try callAsFunction(samples, into: &result, &scratch)
    return result
  }

  /// The same into `result`, which is only resized when it has another size: with the same scratch, further calls
  /// allocate nothing.
  ///
  /// - Throws: ``FeatureError`` when there are too few samples for one frame; `InterruptionError`.
  public func callAsFunction(
    _ samples: [Float], into result: inout [Float], _ scratch: inout Scratch
  ) throws {
    try levels(samples, &scratch)
    let frames = frames(samples.count)
    let mels = melSpectrogram.mels
    if result.count != frames * coefficients { result = [Float](repeating: 0, count: frames * coefficients) }
    var watch = Interruption.Watch()
    for frame in stride(from: 0, to: frames, by: FramePlan.frames) {
      try watch.count(mels * coefficients, "mfcc")
      dct.transform(
        scratch.mel.sums, at: frame / FramePlan.frames * mels, into: &result, row: frame,
        count: min(FramePlan.frames, frames - frame))
    }
  }

  /// The band levels of `samples` before the DCT, (frames × mels), in dB or as natural logarithms.
  ///
  /// - Throws: ``FeatureError`` when there are too few samples for one frame; `InterruptionError`.
  public func levels(_ samples: [Float]) throws -> [Float] {
    var scratch = scratch()
    try levels(samples, &scratch)
    let mels = melSpectrogram.mels
    return (0..<frames(samples.count)).flatMap { frame in
      (0..<mels).map { scratch.mel.sums[frame / FramePlan.frames * mels + $0][frame % FramePlan.frames] }
    }
  }

  /// Computes the band levels of `samples` in the scratch.
  private func levels(_ samples: [Float], _ scratch: inout Scratch) throws {
    try melSpectrogram.sum(samples, &scratch.mel)
    let count = scratch.mel.sums.count
    if options.logMels {
      return nj_frame_logarithms(&scratch.mel.sums, count, -.infinity, 1e-6, 1)
    }
    nj_frame_logarithms(&scratch.mel.sums, count, 1e-10, 0, Float(10 / Foundation.log(10.0)))
    guard let range = options.topDB else { return }
    // Unused lanes repeat the last frame, so they do not change the maximum.
    nj_limit_frames(&scratch.mel.sums, count, range)
  }
}

/// The orthonormal cosine transform of type II: `torchaudio.functional.create_dct(norm="ortho")`.
///
/// `y[k] = √(2/N) · Σ x[n]·cos(π/N·(n + ½)·k)`, and `y[0]` divided by √2.
public struct DCT: Sendable {
  /// The number of values N.
  public let inputs: Int
  /// The number of coefficients, which are the lowest ones.
  public let outputs: Int
  /// The weights, (inputs × outputs), row-major.
  public let matrix: [Float]

  /// The first `outputs` coefficients of `inputs` values; `outputs` may not be more than `inputs`.
  public init(inputs: Int, outputs: Int) {
    let matrix = (0..<inputs).flatMap { n in
      (0..<outputs).map { k in
        let scale = ((k == 0 ? 1 : 2) / Double(inputs)).squareRoot()
        return Float(Foundation.cos(.pi / Double(inputs) * (Double(n) + 0.5) * Double(k)) * scale)
      }
    }
    self.inputs = inputs
    self.outputs = outputs
    self.matrix = matrix
  }

  /// Transforms sixteen rows of `values` (one a lane, from `offset` on) and stores the first `count` of them in
  /// `result`, row-major, from row `row` on.
  func transform(_ values: [FrameLanes], at offset: Int, into result: inout [Float], row: Int, count: Int) {
    precondition(offset + inputs <= values.count && (row + count) * outputs <= result.count)
    nj_transform_frames(values, offset, inputs, matrix, outputs, count, &result, row * outputs)
  }
}
