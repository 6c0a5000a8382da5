/// What is wrong with the second of a clip that is used.
public enum ClipFinding: String, Sendable, Codable, CaseIterable {
  /// It contains only zeros, or less than half a step of 16 bits.
  case silent
  /// Most of the loudest second comes after the first second, which alone is used.
  case late
  /// Samples far beyond ±1, as of integers in a file of floating-point samples.
  case beyondFullScale
  /// Peaks are cut off: three and more samples in a row at full scale, or at the clip's own maximum.
  case clipped
  /// The mean is far from 0.
  case offset
}

extension ClipFinding {
  /// Full scale: the greatest 16-bit sample, and those that rounding makes of it. A peak beyond it passes through.
  private static let fullScale: ClosedRange<Float> = 0.9999...1.0001
  /// Overshoot of lossy files and of processing in floating point is less.
  private static let beyond: Float = 1.5
  private static let maxOffset = 0.02

  /// What is wrong with the samples that are used; they do not tell whether a clip is ``late``.
  static func all(in used: [Float]) -> [ClipFinding] {
    guard let low = used.min(), let high = used.max() else { return [] }
    let peak = max(-low, high)
    if peak < 0.5 / 32_768 { return [.silent] }
    var findings: [ClipFinding] = []
    if peak > beyond { findings.append(.beyondFullScale) }
    if peak <= beyond, isClipped(used, low, high) { findings.append(.clipped) }
    let mean = used.reduce(0) { $0 + Double($1) } / Double(used.count)
    if abs(mean) > maxOffset { findings.append(.offset) }
    return findings
  }

  /// Whether runs of three and more samples at full scale hold 0.05 % of all, or such runs at the clip's own extremes,
  /// which a clip that was made quieter afterwards has, 1 %.
  private static func isClipped(_ used: [Float], _ low: Float, _ high: Float) -> Bool {
    guard low < high else { return false }
    // Most clips touch their extremes a few times only.
    let touches = used.count { $0 == low || $0 == high || fullScale.contains(abs($0)) }
    guard touches >= 3 else { return false }
    var atFullScale = 0
    var atExtremes = 0
    var run = 0
    var side: Float = 0
    func end() -> Int { run >= 3 ? run : 0 }
    for sample in used {
      let isFull = fullScale.contains(abs(sample))
      let isExtreme = isFull || ((sample == low || sample == high) && abs(sample) > 0.05)
      let next: Float = isExtreme ? (sample < 0 ? -1 : 1) : 0
      if next != side {
        atExtremes += end()
        run = 0
        side = next
      }
      if side != 0 { run += 1 }
      if isFull, run >= 3 { atFullScale += run == 3 ? 3 : 1 }
    }
    atExtremes += end()
    return Double(atFullScale) >= max(3, 0.0005 * Double(used.count))
      || Double(atExtremes) >= max(6, 0.01 * Double(used.count))
  }
}
