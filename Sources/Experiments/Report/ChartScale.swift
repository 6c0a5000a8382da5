import Foundation

/// Where the values of an axis are drawn, with marks at round numbers.
struct ChartScale {
  let low: Double
  let high: Double
  /// The values that are marked.
  let marks: [Double]

  /// Values further from 0 are drawn there, so that differences of values are finite.
  private static let largest = 1e307

  private static func bounded(_ value: Double) -> Double { min(max(value, -largest), largest) }

  /// A scale over values, marked at multiples of 1, 2 or 5 times a power of ten.
  init(_ lowest: Double, _ highest: Double, marks count: Int = 5, isInteger: Bool = false) {
    let low = Self.bounded(lowest)
    let high = Self.bounded(highest)
    let width = high > low ? high - low : max(abs(low), 1) * 1e-3
    let raw = width / Double(count)
    let power = pow(10, floor(log10(raw)))
    let step = ([1, 2, 5, 10].first { $0 * power >= raw * 0.999 } ?? 10) * power
    let spacing = isInteger ? max(1, step.rounded()) : step
    self.low = low
    self.high = high > low ? high : low + width
    let first = (low / spacing - 1e-9).rounded(.up)
    let last = (self.high / spacing + 1e-9).rounded(.down)
    // Of numbers too close for their size there may be none between.
    marks =
      last >= first && last - first < 100
      ? (0...Int(last - first)).map { (first + Double($0)) * spacing } : [low]
  }

  /// A scale whose ends are marks too, so that all values lie between two of them.
  init(rounding low: Double, _ high: Double, marks count: Int = 5) {
    let inner = ChartScale(low, high, marks: count)
    let spacing = inner.marks.count > 1 ? inner.marks[1] - inner.marks[0] : inner.high - inner.low
    let first = (inner.low / spacing + 1e-9).rounded(.down) * spacing
    let last = (inner.high / spacing - 1e-9).rounded(.up) * spacing
    self.init(first, max(last, first + spacing), marks: count)
  }

  /// The fraction of the axis at which a value lies, 0 to 1.
  func position(_ value: Double) -> Double { (Self.bounded(value) - low) / (high - low) }

  /// A mark as text, with as many digits as it takes to tell it from the next one.
  func text(_ mark: Double) -> String {
    let spacing = marks.count > 1 ? marks[1] - marks[0] : high - low
    if abs(mark) >= 1e6 || (mark != 0 && abs(mark) < 1e-4 && spacing < 1e-4) {
      return String(format: "%.3g", mark)
    }
    let decimals = Int(max(0, min(9, -floor(log10(spacing) + 1e-9))))
    return String(format: "%.\(decimals)f", mark == 0 ? 0 : mark)
  }
}
