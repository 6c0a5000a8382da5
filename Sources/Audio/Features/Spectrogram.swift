import Foundation
import Support

/// The short-time Fourier transform's magnitudes to a power, as `torchaudio.transforms.Spectrogram` has them.
///
/// A value that may be used from many threads at once.
public struct Spectrogram: Sendable {
  /// What a spectrogram depends on; names and defaults are torchaudio's.
  public struct Options: Sendable, Equatable {
    /// Samples in a transform; any number, small prime factors are fast.
    public var nFFT = 400
    /// Samples under the window, at most `nFFT`; nil is `nFFT`. A shorter window is centred in the frame.
    public var windowLength: Int?
    /// Samples from frame to frame; nil is half the window.
    public var hopLength: Int?
    /// What the magnitudes are raised to: 2 is power, 1 is magnitude.
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

  /// Room for one call; reuse it from call to call, one for each thread.
  public struct Scratch: Sendable {
    var padded: [Float] = []
    var power: [Lanes] = []
    var frame: FramePlan.Scratch
  }

  /// - Parameter feature: what errors call the feature.
  /// - Throws: ``FeatureError`` when a length is not positive or the window longer than the transform.
  public init(_ options: Options = Options(), feature: String = "spectrogram") throws(FeatureError) {
    let length = options.windowLength ?? options.nFFT
    guard options.nFFT > 0, options.nFFT <= 1 << 20 else {
      throw FeatureError(feature, "n_fft is \(options.nFFT); it must be from 1 to 1048576")
    }
    guard FramePlan.operations(options.nFFT) <= 1 << 30 else {
      throw FeatureError(
        feature,
        "n_fft is \(options.nFFT), a multiple of a large prime, which takes very long", hint: "a power of 2")
    }
    guard (1...options.nFFT).contains(length) else {
      throw FeatureError(feature, "win_length is \(length); it must be from 1 to n_fft, \(options.nFFT)")
    }
    let hop = options.hopLength ?? max(length / 2, 1)
    guard hop > 0 else { throw FeatureError(feature, "hop_length is \(hop); it must be at least 1") }
    guard options.power > 0 else {
      throw FeatureError(
        feature, "power is \(options.power); it must be above 0 (2 for power, 1 for magnitude)")
    }
    self.options = options
    self.hop = hop
    self.feature = feature
    plan = FramePlan(window: options.window.centred(length, in: options.nFFT))
  }

  /// Room for this spectrogram's calls.
  public func scratch() -> Scratch { Scratch(frame: plan.scratch()) }

  /// How many frames `samples` samples make.
  public func frames(_ samples: Int) -> Int {
    let padded = samples + (options.centre ? options.nFFT / 2 * 2 : 0)
    return padded < options.nFFT ? 0 : 1 + (padded - options.nFFT) / hop
  }

  /// `samples` → (frames × bins), row-major.
  ///
  /// - Throws: ``FeatureError`` when there are too few samples for one frame.
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

  /// Calls `body` with each group of up to four neighbouring frames: the first frame's number, how many there
  /// are, and the first `wanted` bins, a lane for each frame. Lanes that are left over repeat the last frame.
  func forEachGroup(
    _ samples: [Float], bins wanted: Int, _ scratch: inout Scratch,
    _ body: (_ frame: Int, _ count: Int, _ power: [Lanes]) -> Void
  ) throws {
    try pad(samples, &scratch.padded)
    let frames = frames(samples.count)
    if scratch.power.count != wanted { scratch.power = [Lanes](repeating: .zero, count: wanted) }
    var watch = Interruption.Watch()
    for frame in stride(from: 0, to: frames, by: 4) {
      try watch.count(plan.operations, feature)
      var starts = SIMD4<Int>(repeating: 0)
      for lane in 0..<4 { starts[lane] = min(frame + lane, frames - 1) * hop }
      plan.power(scratch.padded, at: starts, bins: wanted, into: &scratch.power, &scratch.frame)
      raise(&scratch.power)
      body(frame, min(4, frames - frame), scratch.power)
    }
  }

  /// Squared magnitudes to the power asked for.
  private func raise(_ power: inout [Lanes]) {
    if options.power == 2 { return }
    for bin in power.indices {
      if options.power == 1 {
        power[bin] = power[bin].squareRoot()
      } else {
        for lane in 0..<4 { power[bin][lane] = Foundation.pow(power[bin][lane], options.power / 2) }
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

/// The shape that fades a frame in and out. Periodic, as `torch.hann_window` makes it.
public enum Window: String, Sendable, CaseIterable {
  /// `0.5 − 0.5·cos(2πn/N)`
  case hann
  /// `0.54 − 0.46·cos(2πn/N)`
  case hamming
  /// 1 everywhere
  case rectangular

  /// The window's `length` values, from 0 to 1.
  public func values(_ length: Int) -> [Float] {
    (0..<length).map { n in
      let wave = Foundation.cos(2 * .pi * Double(n) / Double(length))
      switch self {
      case .hann: return Float(0.5 - 0.5 * wave)
      case .hamming: return Float(0.54 - 0.46 * wave)
      case .rectangular: return 1
      }
    }
  }

  /// The window in the middle of `count` values, zeros around it, as `torch.stft` places a shorter one.
  func centred(_ length: Int, in count: Int) -> [Float] {
    let left = (count - length) / 2
    return [Float](repeating: 0, count: left) + values(length)
      + [Float](repeating: 0, count: count - length - left)
  }
}
