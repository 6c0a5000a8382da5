import Foundation
import Support

/// The magnitudes of the short-time Fourier transform to a power: `torchaudio.transforms.Spectrogram`.
///
/// `|Σ w[n]·x[t·hop + n]·exp(−2πi·k·n/nFFT)|^power` in frame t and bin k.
///
/// A value that may be used from many threads at once.
public struct Spectrogram: Sendable {
  /// The settings of a spectrogram; names and defaults are torchaudio's.
  public struct Options: Sendable, Equatable {
    /// Samples in a transform; lengths with small prime factors are fast.
    public var nFFT = 400
    /// Samples in the window, at most `nFFT`; nil is `nFFT`. A shorter window is centred in the frame.
    public var windowLength: Int?
    /// Samples from frame to frame; nil is half the window.
    public var hopLength: Int?
    /// The exponent of the magnitudes: 2 is power, 1 is magnitude.
    public var power: Float = 2
    public var window = Window.hann
    /// Whether frame t is centred on sample t·hop, the signal being reflected at its ends.
    public var centre = true

    public init(
      nFFT: Int = 400, windowLength: Int? = nil, hopLength: Int? = nil, power: Float = 2,
      window: Window = .hann,
      centre: Bool = true
    ) {
      self.nFFT = nFFT
      self.windowLength = windowLength
      self.hopLength = hopLength
      self.power = power
      self.window = window
      self.centre = centre
    }
  }

  /// The settings.
  public let options: Options
  /// Samples from frame to frame.
  public let hop: Int
  /// Frequencies in a frame: `nFFT / 2 + 1`, from 0 to half the rate.
  public var bins: Int { plan.bins }
  let feature: String
  let plan: FramePlan

  /// Buffers of one call; reuse them from call to call, one value for each thread.
  public struct Scratch: Sendable {
    var padded: [Float] = []
    var power: [FrameLanes] = []
    var frame: FramePlan.Scratch
  }

  /// A spectrogram with these settings; errors call it `feature`.
  ///
  /// - Throws: ``FeatureError`` when a length is not positive, the window is longer than the transform, or the
  ///   transform would take too long.
  public init(_ options: Options = Options(), feature: String = "spectrogram") throws(FeatureError) {
    let length = options.windowLength ?? options.nFFT
    guard options.nFFT > 0, options.nFFT <= 1 << 20 else {
      throw FeatureError(feature, "n_fft is \(options.nFFT), expected 1 to 1048576")
    }
    guard FramePlan.operations(options.nFFT) <= 1 << 30 else {
      throw FeatureError(
        feature,
        "n_fft is \(options.nFFT), a multiple of a large prime, which takes very long",
        hint: "use a power of 2")
    }
    guard (1...options.nFFT).contains(length) else {
      throw FeatureError(feature, "win_length is \(length), expected 1 to n_fft, \(options.nFFT)")
    }
    let hop = options.hopLength ?? max(length / 2, 1)
    guard hop > 0 else { throw FeatureError(feature, "hop_length is \(hop), expected 1 or more") }
    guard options.power > 0 else {
      throw FeatureError(
        feature, "power is \(options.power), expected above 0 (2 for power, 1 for magnitude)")
    }
    self.options = options
    self.hop = hop
    self.feature = feature
    plan = FramePlan(window: options.window.centred(length, in: options.nFFT))
  }

  /// Buffers for this spectrogram's calls.
  public func scratch() -> Scratch { Scratch(frame: plan.scratch()) }

  /// The number of frames of `samples` samples.
  public func frames(_ samples: Int) -> Int {
    let padded = samples + (options.centre ? options.nFFT / 2 * 2 : 0)
    return padded < options.nFFT ? 0 : 1 + (padded - options.nFFT) / hop
  }

  /// `samples` → (frames × bins), row-major.
  ///
  /// - Throws: ``FeatureError`` when there are too few samples for one frame; `InterruptionError`.
  public func callAsFunction(_ samples: [Float]) throws -> [Float] {
    var scratch = scratch()
    var result = [Float](repeating: 0, count: frames(samples.count) * bins)
    try forEachGroup(samples, bins: bins, &scratch) { frame, count, power in
      for bin in power.indices {
        for lane in 0..<count { result[(frame + lane) * bins + bin] = power[bin][lane] }
      }
    }
    return result
  }

  /// Calls `body` with each group of up to sixteen neighbouring frames: the first frame's index, the number of frames,
  /// and the first `wanted` bins, a lane for each frame. Unused lanes repeat the last frame.
  func forEachGroup(
    _ samples: [Float], bins wanted: Int, _ scratch: inout Scratch,
    _ body: (_ frame: Int, _ count: Int, _ power: [FrameLanes]) -> Void
  ) throws {
    try pad(samples, &scratch.padded)
    let frames = frames(samples.count)
    if scratch.power.count != wanted { scratch.power = [FrameLanes](repeating: .zero, count: wanted) }
    var watch = Interruption.Watch()
    let size = FramePlan.frames
    for frame in stride(from: 0, to: frames, by: size) {
      try watch.count(plan.operations, feature)
      let starts = (frame..<frame + size).map { min($0, frames - 1) * hop }
      plan.power(scratch.padded, at: starts, bins: wanted, into: &scratch.power, &scratch.frame)
      raise(&scratch.power)
      body(frame, min(size, frames - frame), scratch.power)
    }
  }

  /// Raises squared magnitudes to the power of the options.
  private func raise(_ power: inout [FrameLanes]) {
    if options.power == 2 { return }
    for bin in power.indices {
      if options.power == 1 {
        power[bin] = power[bin].squareRoot()
      } else {
        for lane in 0..<FramePlan.frames {
          power[bin][lane] = Foundation.pow(power[bin][lane], options.power / 2)
        }
      }
    }
  }

  /// Copies `samples` with half a frame reflected at both ends (the end sample itself is not repeated).
  private func pad(_ samples: [Float], _ padded: inout [Float]) throws(FeatureError) {
    let side = options.centre ? options.nFFT / 2 : 0
    guard samples.count > side, samples.count + 2 * side >= options.nFFT else {
      throw FeatureError(
        feature,
        "\(samples.count) samples are too few for n_fft \(options.nFFT)",
        hint: "pad the sound to at least "
          + "\(options.centre ? side + 1 : options.nFFT) samples, or make n_fft smaller")
    }
    padded.removeAll(keepingCapacity: true)
    padded.reserveCapacity(samples.count + 2 * side)
    for i in 0..<side { padded.append(samples[side - i]) }
    padded.append(contentsOf: samples)
    for i in 0..<side { padded.append(samples[samples.count - 2 - i]) }
  }
}

/// The window function that a frame is multiplied by; periodic, as `torch.hann_window`.
public enum Window: String, Sendable, CaseIterable {
  /// `0.5 − 0.5·cos(2πn/N)`
  case hann
  /// `0.54 − 0.46·cos(2πn/N)`
  case hamming
  /// 1 everywhere
  case rectangular

  /// The window's values at `length` samples, from 0 to 1.
  public func values(_ length: Int) -> [Float] {
    (0..<length).map { n in
      let cosine = Foundation.cos(2 * .pi * Double(n) / Double(length))
      switch self {
      case .hann: return Float(0.5 - 0.5 * cosine)
      case .hamming: return Float(0.54 - 0.46 * cosine)
      case .rectangular: return 1
      }
    }
  }

  /// The window centred in `count` values and padded with zeros, as `torch.stft` places a shorter one.
  func centred(_ length: Int, in count: Int) -> [Float] {
    let left = (count - length) / 2
    return [Float](repeating: 0, count: left) + values(length)
      + [Float](repeating: 0, count: count - length - left)
  }
}
