import Support

/// The slopes of features over time: `torchaudio.functional.compute_deltas`.
public enum Delta {
  /// The regression slope over `windowLength` frames: `Σ n·(x[t+n] − x[t−n]) / (2·Σ n²)`; the first and last frame are
  /// repeated at the ends.
  ///
  /// - Parameters:
  ///   - features: (frames × channels), row-major.
  ///   - channels: values in a frame, at least 1.
  ///   - windowLength: at least 3, below 65536; an even one counts as the odd one below it, as in torchaudio.
  /// - Returns: the same shape.
  /// - Throws: ``FeatureError`` when the window is too short or too long, or the last frame is incomplete;
  ///   `InterruptionError`.
  public static func delta(
    _ features: [Float], channels: Int, windowLength: Int = 5
  ) throws -> [Float] {
    guard (3..<1 << 16).contains(windowLength) else {
      throw FeatureError(
        "delta", "win_length is \(windowLength), expected a number from 3 to 65535")
    }
    guard channels > 0, features.count % channels == 0 else {
      throw FeatureError(
        "delta", "\(features.count) values do not divide into frames of \(channels) channels")
    }
    let reach = (windowLength - 1) / 2
    let frames = features.count / channels
    let scale = 3 / Float(reach * (reach + 1) * (2 * reach + 1))
    var result = [Float](repeating: 0, count: features.count)
    var watch = Interruption.Watch()
    for frame in 0..<frames {
      try watch.count(reach * channels, "delta")
      for n in 1...reach {
        let before = max(frame - n, 0) * channels
        let after = min(frame + n, frames - 1) * channels
        let weight = Float(n) * scale
        for channel in 0..<channels {
          result[frame * channels + channel] +=
            weight * (features[after + channel] - features[before + channel])
        }
      }
    }
    return result
  }
}
