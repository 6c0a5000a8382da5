/// The accuracy matrix of learning in sessions: row i, column j is the accuracy after session i on the classes that
/// came in session j, a fraction from 0 to 1.
///
/// Session 0 is the base classes. Every group has the same weight, whatever its number of classes or samples, as in the
/// papers cited below. Entries above the diagonal, j > i, are about classes of later sessions; they may be missing or
/// NaN, and only forward transfer reads them.
public struct SessionAccuracies: Sendable, Hashable {
  /// (sessions, at least 1, 2, 3 … groups)
  public let rows: [[Double]]

  /// - Throws: ``CurveError`` for an empty matrix, a row that does not reach the diagonal or goes beyond the
  ///   last session, and an accuracy outside 0 to 1.
  public init(_ rows: [[Double]]) throws(CurveError) {
    guard !rows.isEmpty else { throw .empty }
    for (row, values) in rows.enumerated() {
      guard values.count > row, values.count <= rows.count else {
        throw .badRow(row: row, count: values.count, sessions: rows.count)
      }
      for (column, value) in values.enumerated() where !(0...1).contains(value) {
        guard column > row, value.isNaN else { throw .badAccuracy(row: row, group: column, value: value) }
      }
    }
    self.rows = rows
  }

  /// The number of sessions, including session 0.
  public var sessions: Int { rows.count }

  /// The mean accuracy over the groups seen so far, after each session: `A_i = 1/(i+1) Σ_{j≤i} a_{i,j}`
  /// (Chaudhry et al. 2018, arXiv 1801.10112, section 3; for the last session GEM's ACC).
  public var averages: [Double] { rows.enumerated().map { Statistics.mean(Array($1[...$0])) } }

  /// The mean over sessions of ``averages`` (average incremental accuracy; Rebuffi et al. 2017, iCaRL).
  public var averageIncremental: Double { Statistics.mean(averages) }

  /// The effect of later sessions on earlier groups: `BWT = 1/S Σ_{j<S} (a_{S,j} − a_{j,j})`, −1 to 1, negative when
  /// they were forgotten; 0 for fewer than two sessions.
  ///
  /// Unlike ``forgetting`` it compares with the accuracy right after a group was learned, not with the best.
  /// Source: Lopez-Paz and Ranzato 2017, arXiv 1706.08840 (GEM), equation 3.
  public var backwardTransfer: Double {
    let last = rows[sessions - 1]
    return sessions > 1 ? Statistics.mean((0..<sessions - 1).map { last[$0] - rows[$0][$0] }) : 0
  }

  /// The mean loss on earlier groups after the last session: `F = 1/S Σ_{j<S} ( max_{j≤l<S} a_{l,j} − a_{S,j} )`, −1
  /// to 1, negative when later sessions helped; 0 for fewer than two sessions.
  ///
  /// Source: Chaudhry et al. 2018, arXiv 1801.10112, equation 3.
  public var forgetting: Double {
    let last = rows[sessions - 1]
    guard sessions > 1 else { return 0 }
    return Statistics.mean(
      (0..<sessions - 1).map { j in (rows[j..<sessions - 1].map { $0[j] }.max() ?? last[j]) - last[j] })
  }

  /// The effect of earlier sessions on groups of later ones: `FWT = 1/S Σ_{0<j≤S} (a_{j−1,j} − b_j)`, −1 to 1; 0 for
  /// fewer than two sessions. Where unseen classes are masked, as in NeuroBench's task, `a_{j−1,j}` is 0 and this
  /// has no meaning.
  ///
  /// Source: Lopez-Paz and Ranzato 2017, arXiv 1706.08840 (GEM), equation 4.
  /// - Parameter untrained: b, one per session, the accuracy of the model before any training; that of session 0
  ///   is not read.
  /// - Throws: ``CurveError`` unless there is one b per session and every accuracy next to the diagonal.
  public func forwardTransfer(untrained: [Double]) throws(CurveError) -> Double {
    guard untrained.count == sessions else {
      throw .untrained(count: untrained.count, sessions: sessions)
    }
    var gains: [Double] = []
    for group in untrained.indices.dropFirst() {
      guard (0...1).contains(untrained[group]) else {
        throw .notAFraction(what: "untrained", session: group, value: untrained[group])
      }
      let row = rows[group - 1]
      guard group < row.count, !row[group].isNaN else {
        throw .notMeasured(row: group - 1, group: group)
      }
      gains.append(row[group] - untrained[group])
    }
    return gains.isEmpty ? 0 : Statistics.mean(gains)
  }

  /// The harmonic mean `2bn / (b + n)` of the accuracy b on the base classes and the mean accuracy n over the groups
  /// that came later, after session 1, 2, …, S. High only when both are: a learner that learns nothing gets 0.
  ///
  /// Source: Xian et al. 2018, arXiv 1707.00600, used for FSCIL by Peng et al. 2022 (ALICE).
  public var harmonicMeans: [Double] {
    rows.enumerated().dropFirst().map { row, values in
      let base = values[0]
      let new = Statistics.mean(Array(values[1...row]))
      return base + new > 0 ? 2 * base * new / (base + new) : 0
    }
  }
}
