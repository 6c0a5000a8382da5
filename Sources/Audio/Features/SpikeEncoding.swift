import Foundation

/// Speech2Spikes: spikes from the changes of a log-mel spectrogram, equal to those of NeuroBench's `S2SPreProcessor`.
///
/// Source: Stewart et al., "Speech2Spikes: efficient audio encoding pipeline for real-time neuromorphic systems" (NICE
/// 2023); written from the description of NeuroBench's behaviour in `golden/s2s.json`. A value that may be used
/// from many threads at once.
public struct SpikeEncoding: Sendable {
  /// The settings of the encoding.
  public struct Options: Sendable, Equatable {
    public var mel = MelSpectrogram.Options(
      sampleRate: 48_000, spectrogram: .init(nFFT: 512, hopLength: 240),
      mel: .init(nMels: 20, fMin: 20, fMax: 4_000))
    /// The change of a band's natural logarithm that makes a spike.
    public var threshold: Float = 1
    /// A constant that is added before the logarithm.
    public var logOffset: Float = 1e-6

    public init() {}
  }

  /// The settings.
  public let options: Options
  /// The mel spectrogram whose changes are encoded.
  public let melSpectrogram: MelSpectrogram

  /// - Throws: ``FeatureError`` when a setting is out of range.
  public init(_ options: Options = Options()) throws(FeatureError) {
    guard options.threshold > 0, options.logOffset > 0 else {
      throw FeatureError(
        "s2s", "threshold is \(options.threshold), log_offset \(options.logOffset), expected both above 0")
    }
    self.options = options
    melSpectrogram = try MelSpectrogram(options.mel, feature: "s2s")
  }

  /// The number of channels in a step.
  public var channels: Int { melSpectrogram.mels }

  /// The number of steps of `samples` samples; of a multiple of the hop, the first frame is left out.
  public func steps(_ samples: Int) -> Int {
    melSpectrogram.frames(samples) - (dropsFirst(samples) ? 1 : 0)
  }

  /// `samples` → (steps × channels), row-major, each −1, 0 or 1.
  ///
  /// The first step, which never has a spike, is left out where there are samples / hop + 1 of them: of clips whose
  /// length is a multiple of the hop.
  /// - Throws: ``FeatureError`` when there are too few samples for one frame; `InterruptionError`.
  public func callAsFunction(_ samples: [Float]) throws -> [Float] {
    let events = events(try logMel(samples))
    return dropsFirst(samples.count) ? Array(events.dropFirst(channels)) : events
  }

  /// `ln(mel + offset)`: (frames × channels), row-major.
  ///
  /// - Throws: ``FeatureError`` when there are too few samples for one frame; `InterruptionError`.
  public func logMel(_ samples: [Float]) throws -> [Float] {
    try melSpectrogram(samples).map { Foundation.log($0 + options.logOffset) }
  }

  /// Delta modulation: each channel follows its signal in steps of the threshold, at most one per frame.
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

  private func dropsFirst(_ samples: Int) -> Bool {
    let (hops, rest) = samples.quotientAndRemainder(dividingBy: melSpectrogram.spectrogram.hop)
    return rest == 0 && melSpectrogram.frames(samples) == hops + 1
  }
}
