/// Colours that colour-blind readers can tell apart.
enum Palette {
  /// Okabe and Ito's set (2008), yellow left out (unreadable on white) and black softened.
  static let series: [UInt32] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x4D4D4D]

  /// The colour of the n-th series; they repeat, with other marks and dashes.
  static func series(_ index: Int) -> UInt32 { series[index % series.count] }

  /// Viridis (Smith and van der Walt 2015), dark to light, at nine equal steps.
  private static let viridis: [UInt32] = [
    0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725,
  ]

  /// The shade of a share from 0 to 1.
  static func shade(_ share: Double) -> UInt32 {
    guard share.isFinite else { return 0xEEEEEE }
    let place = min(max(share, 0), 1) * Double(viridis.count - 1)
    let below = min(Int(place), viridis.count - 2)
    let rest = place - Double(below)
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
