/// Summaries of a list of numbers, as NumPy computes them.
public enum Statistics {
  /// The arithmetic mean; NaN of an empty list. Never outside the range of the values, so that the mean of equal
  /// values is that value.
  public static func mean(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    guard let low = values.min(), let high = values.max(), mean.isFinite else { return mean }
    return Swift.min(Swift.max(mean, low), high)
  }

  /// The standard deviation with divisor n − 1; NaN of fewer than two values.
  public static func standardDeviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return .nan }
    let centre = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// The percentile `percent` (0 to 100), interpolated linearly between the two nearest ranks:
  /// `numpy.percentile`'s default (Hyndman and Fan 1996, type 7). NaN of an empty list.
  public static func percentile(_ percent: Double, of values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let rank = min(max(percent / 100, 0), 1) * Double(sorted.count - 1)
    let below = Int(rank)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (rank - Double(below)) * (sorted[above] - sorted[below])
  }
}
