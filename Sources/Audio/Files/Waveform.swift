/// A mono sound.
public struct Waveform: Sendable, Equatable {
  /// The samples; full scale is ±1. A lossy file may overshoot it slightly.
  public var samples: [Float]
  /// Samples in a second, in Hz.
  public var rate: Int

  public init(samples: [Float], rate: Int) {
    self.samples = samples
    self.rate = rate
  }

  /// The duration in seconds.
  public var seconds: Double { Double(samples.count) / Double(rate) }
}
