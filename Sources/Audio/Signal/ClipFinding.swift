/// How the clips of a data set are read: each becomes one second at one rate.
public struct ClipReading: Sendable, Hashable {
  /// The rate of the set in Hz; nil for the most frequent one of its clips.
  public var rate: Int?
  /// Whether the loudest second of a clip is used, not the first.
  public var isAligned: Bool

  /// By default the most frequent rate and the first second.
  public init(rate: Int? = nil, isAligned: Bool = false) {
    self.rate = rate
    self.isAligned = isAligned
  }

  /// The rates that a clip of speech may have, in Hz. A header with any other is damaged, or not that of a recording.
  public static let rates = 4_000...384_000

  /// - Throws: ``SoundFileError`` for a rate that no clip can have.
  package static func require(rate: Int, _ path: String) throws(SoundFileError) {
    guard rates.contains(rate) else { throw SoundFileError(path, .clipRate(rate)) }
  }
}

/// The second of a clip with the most energy.
enum LoudestSecond {
  /// Energies are summed over hundredths of a second.
  private static let hops = 100

  /// The index of its first sample, exact to a hundredth of a second, and how much of its energy the first second has.
  ///
  /// The mean does not count as energy. Where several seconds are as loud, as around a short word, it is the middle one.
  static func find(in samples: [Float], rate: Int) -> (start: Int, firstFraction: Double) {
    guard samples.count > rate else { return (0, 1) }
    let mean = samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
    let hop = max(1, rate / hops)
    let width = rate / hop
    let energies = stride(from: 0, to: samples.count, by: hop).map { start in
      samples[start..<min(start + hop, samples.count)].reduce(0) { sum, sample in
        let x = Double(sample) - mean
        return sum + x * x
      }
    }
    guard energies.count > width else { return (0, 1) }
    var sums = [energies[..<width].reduce(0, +)]
    for end in width..<energies.count {
      sums.append(sums[end - width] + energies[end] - energies[end - width])
    }
    let loudest = sums.max() ?? 0
    guard loudest > 0, let first = sums.firstIndex(where: { $0 >= 0.999 * loudest }) else { return (0, 1) }
    let count = sums[first...].prefix { $0 >= 0.999 * loudest }.count
    let start = min((first + (count - 1) / 2) * hop, samples.count - rate)
    return (start, max(0, sums[0]) / loudest)
  }
}

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

extension Waveform {
  /// Full scale: the greatest 16-bit sample, and those that rounding makes of it. A peak beyond it passes through.
  private static let fullScale: ClosedRange<Float> = 0.9999...1.0001
  /// Overshoot of lossy files and of processing in floating point is less.
  private static let beyond: Float = 1.5
  private static let maxOffset = 0.02

  /// What is wrong with the second of this clip that is used.
  public func findings(_ reading: ClipReading) -> [ClipFinding] {
    guard !samples.isEmpty else { return [] }
    let loudest = LoudestSecond.find(in: samples, rate: rate)
    let start = reading.isAligned ? loudest.start : 0
    let used = samples[start..<min(start + rate, samples.count)]
    let low = used.min() ?? 0
    let high = used.max() ?? 0
    let peak = max(-low, high)
    var findings: [ClipFinding] = []
    if !reading.isAligned, loudest.firstFraction < 0.5 { findings.append(.late) }
    if peak < 0.5 / 32_768 { return [.silent] + findings }
    if peak > Self.beyond { findings.append(.beyondFullScale) }
    if isClipped(used, low, high) { findings.append(.clipped) }
    let mean = used.reduce(0) { $0 + Double($1) } / Double(used.count)
    if abs(mean) > Self.maxOffset { findings.append(.offset) }
    return findings
  }

  /// Whether runs of three and more samples at full scale hold 0.05 % of all, or such runs at the clip's own extremes,
  /// which a clip that was made quieter afterwards has, 1 %.
  private func isClipped(_ used: ArraySlice<Float>, _ low: Float, _ high: Float) -> Bool {
    guard low < high, max(-low, high) <= Self.beyond else { return false }
    // Most clips touch their extremes a few times only.
    let touches = used.count { $0 == low || $0 == high || Self.fullScale.contains(abs($0)) }
    guard touches >= 3 else { return false }
    var atFullScale = 0
    var atExtremes = 0
    var run = 0
    var sign: Float = 0
    func end() -> Int { run >= 3 ? run : 0 }
    for sample in used {
      let isFull = Self.fullScale.contains(abs(sample))
      let isExtreme = isFull || ((sample == low || sample == high) && abs(sample) > 0.05)
      let side: Float = isExtreme ? (sample < 0 ? -1 : 1) : 0
      if side != sign {
        atExtremes += end()
        run = 0
        sign = side
      }
      if side != 0 { run += 1 }
      if isFull, run >= 3 { atFullScale += run == 3 ? 3 : 1 }
    }
    atExtremes += end()
    return Double(atFullScale) >= max(3, 0.0005 * Double(used.count))
      || Double(atExtremes) >= max(6, 0.01 * Double(used.count))
  }
}
