extension Balance {
  /// The harmonic mean of base and new accuracy after each session, `2bn / (b + n)`; see
  /// ``harmonicMean(base:new:)``.
  ///
  /// - Parameters:
  ///   - base: the accuracy on base classes after session 1, 2, …
  ///   - new: the accuracy on all new classes so far, after the same sessions.
  /// - Throws: ``CurveFailure`` for lists of different lengths, none at all, and values outside 0 to 1.
  public static func harmonicMeans(
    base: [Double], new: [Double]
  ) throws(CurveFailure) -> [Double] {
    guard base.count == new.count else { throw .unequal(base: base.count, new: new.count) }
    guard !base.isEmpty else { throw .empty }
    for (what, values) in [("base", base), ("new", new)] {
      if let place = values.firstIndex(where: { !(0...1).contains($0) }) {
        throw .notAShare(what: what, session: place + 1, value: values[place])
      }
    }
    return zip(base, new).map { harmonicMean(base: $0, new: $1) }
  }
}

extension AccuracyCurve {
  /// The area under the accuracy over sessions, divided by its width, one per repeat: by trapezoids,
  /// `1/S Σ_{s=1…S} (A_{s−1} + A_s) / 2`, 0 to 1.
  ///
  /// The first and last session weigh half as much as in ``averageIncremental``. With one session, its accuracy.
  public var areaUnderCurve: [Double] {
    values.map { row in
      guard row.count > 1 else { return row[0] }
      return Statistics.mean(zip(row, row.dropFirst()).map { ($0 + $1) / 2 })
    }
  }
}
