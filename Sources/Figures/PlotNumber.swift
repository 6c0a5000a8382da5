import Foundation

/// Numbers as figures write them; the same on every machine.
enum PlotNumber {
  /// As short as it reads back the same; whole numbers without a fraction.
  static func exact(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
  }

  /// Up to `digits` significant digits, without trailing zeros: 87.5, 0.0031, 1.5e+09.
  static func short(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    return String(format: "%.\(digits)g", value == 0 ? 0 : value)
  }

  /// With `decimals` digits behind the point.
  static func fixed(_ value: Double, decimals: Int) -> String {
    value.isFinite ? String(format: "%.\(min(max(decimals, 0), 17))f", value) : short(value)
  }

  /// How far a value lies between two ends: 0 to 1 between them, a half when they are one; also of numbers whose
  /// distance is infinite.
  static func share(_ value: Double, from low: Double, to high: Double) -> Double {
    let width = high - low
    let share = width.isFinite ? (value - low) / width : (value / 2 - low / 2) / (high / 2 - low / 2)
    return high > low && !share.isNaN ? share : 0.5
  }

  /// A step of 1, 2 or 5 times a power of ten that cuts `width` into about `count` pieces.
  static func step(_ width: Double, pieces count: Int) -> Double {
    let rough = width / Double(max(count, 1))
    guard rough > 0, rough.isFinite else { return 1 }
    let power = pow(10, log10(rough).rounded(.down))
    let lead = rough / power
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10)
  }

  /// Round positions within a range, about `count` of them.
  static func ticks(in range: ClosedRange<Double>, about count: Int) -> [Double] {
    let step = step(range.upperBound - range.lowerBound, pieces: count)
    let first = (range.lowerBound / step - 1e-9).rounded(.up)
    let last = (range.upperBound / step + 1e-9).rounded(.down)
    guard last >= first, last - first < 1000 else { return [range.lowerBound, range.upperBound] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }
}
