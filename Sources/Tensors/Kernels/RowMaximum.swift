/// The highest value of a row among the elements that count, and the first place where it is.
struct RowMaximum {
  /// NaN where an element that counts is NaN; −∞ where none counts.
  let value: Float
  let index: Int

  private typealias Lanes = SIMD16<Float>

  /// The ranges of elements that count, in rising order, from whether each one does.
  static func runs(of flags: [Bool]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for (index, isCounted) in flags.enumerated() where isCounted {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }

  /// - Parameter runs: the elements that count.
  @inline(__always)
  init(of row: UnsafeMutablePointer<Float>, in runs: [Range<Int>]) {
    let width = Lanes.scalarCount
    var lanes = Lanes(repeating: -.infinity)
    var areNumbers = SIMDMask<Lanes.MaskStorage>(repeating: true)
    var highest = -Float.infinity
    var hasNaN = false
    for run in runs {
      let whole = run.lowerBound + run.count / width * width
      for start in stride(from: run.lowerBound, to: whole, by: width) {
        let values = UnsafeRawPointer(row + start).loadUnaligned(as: Lanes.self)
        areNumbers = areNumbers .& (values .== values)
        lanes.replace(with: values, where: values .> lanes)
      }
      for at in whole..<run.upperBound {
        hasNaN = hasNaN || row[at] != row[at]
        if row[at] > highest { highest = row[at] }
      }
    }
    highest = max(highest, lanes.max())
    guard all(areNumbers), !hasNaN else {
      value = .nan
      index = 0
      return
    }
    value = highest
    index = Self.first(highest, of: row, in: runs)
  }

  @inline(__always)
  private static func first(
    _ value: Float, of row: UnsafeMutablePointer<Float>, in runs: [Range<Int>]
  ) -> Int {
    let width = Lanes.scalarCount
    for run in runs {
      var at = run.lowerBound
      while at + width <= run.upperBound {
        if any(UnsafeRawPointer(row + at).loadUnaligned(as: Lanes.self) .== value) { break }
        at += width
      }
      while at < run.upperBound {
        if row[at] == value { return at }
        at += 1
      }
    }
    return 0
  }
}
