import Foundation

/// Speech2Spikes: spikes from the changes of a log-mel spectrogram, as NeuroBench's `S2SPreProcessor` gives
/// them.
///
/// Written from the description of its behaviour in `golden/s2s.json`; the method is Stewart et al.,
/// "Speech2Spikes: efficient audio encoding pipeline for real-time neuromorphic systems" (NICE 2023). A value
/// that may be used from many threads at once.
public struct SpikeEncoding: Sendable {
  /// What the spikes depend on.
  public struct Options: Sendable, Equatable {
    public var mel = MelSpectrogram.Options(
      sampleRate: 48_000, spectrogram: .init(nFFT: 512, hopLength: 240),
      mel: .init(nMels: 20, fMin: 20, fMax: 4_000))
    /// How far a band must move for a spike, in units of the natural logarithm.
    public var threshold: Float = 1
    /// What is added before the logarithm.
    public var logOffset: Float = 1e-6

    public init() {}
  }

  /// The settings.
  public let options: Options
  /// The mel spectrogram underneath.
  public let melSpectrogram: MelSpectrogram

  /// - Throws: ``FeatureError`` when a setting is out of range.
  public init(_ options: Options = Options()) throws(FeatureError) {
    guard options.threshold > 0, options.logOffset > 0 else {
      throw FeatureError(
        "s2s", "threshold is \(options.threshold), log_offset \(options.logOffset); both must be above 0")
    }
    self.options = options
    melSpectrogram = try MelSpectrogram(options.mel, feature: "s2s")
  }

  /// How many channels a step has.
  public var channels: Int { melSpectrogram.mels }

  /// How many steps `samples` samples make, without the first frame of whole seconds.
  public func steps(_ samples: Int) -> Int {
    let frames = melSpectrogram.frames(samples)
    return dropsFirst(frames) ? frames - 1 : frames
  }

  /// `samples` → (steps × channels), row-major, each −1, 0 or 1.
  ///
  /// The first step, which never has a spike, is left out when one second was given (rate / hop + 1 frames).
  /// - Throws: ``FeatureError`` when there are too few samples for one frame.
  public func callAsFunction(_ samples: [Float]) throws -> [Float] {
    let events = events(try logMel(samples))
    return dropsFirst(events.count / channels) ? Array(events.dropFirst(channels)) : events
  }

  /// `ln(mel + offset)`: (frames × channels).
  public func logMel(_ samples: [Float]) throws -> [Float] {
    try melSpectrogram(samples).map { Foundation.log($0 + options.logOffset) }
  }

  /// Delta modulation: each channel follows its signal in steps of the threshold, at most one a frame.
  ///
  /// The level starts at the first value, rounded half to even. (frames × channels) → the same shape.
  public func events(_ logMel: [Float]) -> [Float] {
    var level = logMel.prefix(channels).map { $0.rounded(.toNearestOrEven) }
    var events = [Float](repeating: 0, count: logMel.count)
    for i in logMel.indices {
      let distance = logMel[i] - level[i % channels]
      guard abs(distance) > options.threshold else { continue }
      events[i] = distance > 0 ? 1 : -1
      level[i % channels] += events[i] * options.threshold
    }
    return events
  }

  private func dropsFirst(_ frames: Int) -> Bool {
    frames == options.mel.sampleRate / melSpectrogram.spectrogram.hop + 1
  }
}
