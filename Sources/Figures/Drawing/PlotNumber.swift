import Foundation

/// Numbers as text in figures; the same on every machine.
enum PlotNumber {
  /// With as few digits as read back the same; integers without a fraction.
  static func exact(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
  }

  /// Up to `digits` significant digits, without trailing zeros: 87.5, 0.0031, 1.5e+09.
  static func short(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    return String(format: "%.\(digits)g", value == 0 ? 0 : value)
  }

  /// With `decimals` digits after the decimal point.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return short(value) }
    let text = String(format: "%.\(min(max(decimals, 0), 17))f", value)
    // What rounds to 0 from below has no sign.
    return text.hasPrefix("-") && text.allSatisfy({ "-0.".contains($0) }) ? String(text.dropFirst()) : text
  }

  /// How far a value lies between two ends: 0 to 1 between them, a half when they are equal; also of numbers whose
  /// distance is infinite.
  static func fraction(_ value: Double, from low: Double, to high: Double) -> Double {
    let width = high - low
    let fraction = width.isFinite ? (value - low) / width : (value / 2 - low / 2) / (high / 2 - low / 2)
    return high > low && !fraction.isNaN ? fraction : 0.5
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

/// Colours that colour-blind readers can distinguish.
enum Palette {
  /// Okabe and Ito's set (2008), yellow left out (unreadable on white) and black softened.
  static let series: [UInt32] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x4D4D4D]

  /// The colour of the n-th series; they repeat, with other marks and dashes.
  static func series(_ index: Int) -> UInt32 { series[index % series.count] }

  /// Viridis (Smith and van der Walt 2015), dark to light, at nine equal steps.
  private static let viridis: [UInt32] = [
    0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725,
  ]

  /// The shade of a fraction from 0 to 1.
  static func shade(_ fraction: Double) -> UInt32 {
    guard fraction.isFinite else { return 0xEEEEEE }
    let position = min(max(fraction, 0), 1) * Double(viridis.count - 1)
    let below = min(Int(position), viridis.count - 2)
    let rest = position - Double(below)
    let from = channels(viridis[below])
    let to = channels(viridis[below + 1])
    return zip(from, to).reduce(0) { colour, pair in
      colour << 8 | UInt32((pair.0 + (pair.1 - pair.0) * rest).rounded())
    }
  }

  /// White on dark shades, near black on light ones (Rec. 709 luma).
  static func ink(on colour: UInt32) -> UInt32 {
    let parts = channels(colour)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] < 135 ? 0xFFFFFF : 0x222222
  }

  private static func channels(_ colour: UInt32) -> [Double] {
    [16, 8, 0].map { Double(colour >> $0 & 0xFF) }
  }
}
