import Figures

/// Accuracies of one learner: repeats × sessions, each a fraction from 0 to 1.
///
/// Session 0 is the base classes alone. Every repeat has its own order of sessions and its own samples, so a
/// column is a sample of the accuracies of a session; the band of a column is their spread.
public struct AccuracyCurve: Sendable, Hashable {
  /// (repeats, sessions), 0 to 1.
  public let values: [[Double]]

  /// - Throws: ``CurveError`` unless the rows are equally long, not empty, and within 0 to 1.
  public init(_ values: [[Double]]) throws(CurveError) {
    guard let first = values.first, !first.isEmpty else { throw .empty }
    for (row, accuracies) in values.enumerated() {
      guard accuracies.count == first.count else {
        throw .ragged(row: row, count: accuracies.count, expected: first.count)
      }
      // NaN is in no range, so it is rejected here too.
      if let column = accuracies.firstIndex(where: { !(0...1).contains($0) }) {
        throw .outOfRange(row: row, session: column, value: accuracies[column])
      }
    }
    self.values = values
  }

  public var repeats: Int { values.count }
  public var sessions: Int { values[0].count }

  /// The accuracies of one session, one per repeat.
  public func session(_ index: Int) -> [Double] { values.map { $0[index] } }

  /// The mean over repeats, one per session.
  public var mean: [Double] { perSession(Statistics.mean) }

  /// The percentile `percent` (0 to 100) over repeats, one per session.
  public func percentile(_ percent: Double) -> [Double] {
    perSession { Statistics.percentile(percent, of: $0) }
  }

  /// Mean and percentiles over repeats, one per session; NeuroBench's figure shows 5 to 95.
  public func band(low: Double = 5, high: Double = 95) -> Band {
    Band(low: percentile(low), mid: mean, high: percentile(high))
  }

  /// The mean over sessions, one per repeat: each repeat's average incremental accuracy,
  /// `Ā = 1/(S+1) Σ_{s=0…S} A_s` (Rebuffi et al. 2017, iCaRL; NeuroBench calls it the session average).
  public var averageIncremental: [Double] { values.map(Statistics.mean) }

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

  /// The mean over sessions and repeats.
  public var meanOverSessions: Double { Statistics.mean(averageIncremental) }

  /// Sessions `range` only, such as `1...` for those with new classes.
  ///
  /// - Throws: ``CurveError/empty`` when no session is in the range.
  public func sessions(_ range: some RangeExpression<Int>) throws(CurveError) -> AccuracyCurve {
    let wanted = range.relative(to: values[0]).clamped(to: values[0].indices)
    return try AccuracyCurve(values.map { Array($0[wanted]) })
  }

  private func perSession(_ summary: ([Double]) -> Double) -> [Double] {
    (0..<sessions).map { summary(session($0)) }
  }
}

extension AccuracyCurve: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode([[Double]].self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}
