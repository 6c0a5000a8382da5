import Figures
import Foundation
import Metrics

extension BenchResults {
  /// Accuracy (%) by session: of each learner the mean and the 5th to 95th percentile over repeats, first on
  /// all classes, then on new ones; below, the mean over sessions.
  public var sessionTable: ResultTable {
    var columns = [ResultTable.Column("session", isRight: true)]
    for learner in learners {
      columns.append(.init(learner.name, isRight: true))
      if learner.new != nil { columns.append(.init(learner.name + ", new", isRight: true)) }
    }
    let sessions = learners.map(\.all.sessions).max() ?? 0
    var rows = (0..<sessions).map { session in
      row("\(session)") { curve, first in
        let index = session - first
        guard index >= 0, index < curve.sessions else { return .empty }
        return .text(Self.spread(curve.session(index)))
      }
    }
    rows.append(row("mean") { curve, _ in .text(Self.spread(curve.averageIncremental)) })
    return ResultTable(
      title: "Accuracy (%), mean [5th–95th percentile over repeats]", columns: columns, rows: rows,
      caption: caption)
  }

  /// The table to look at: by session for a few learners, and a line a learner for many.
  public var shownTable: ResultTable { learners.count <= 3 ? sessionTable : learnerTable }

  /// Accuracy (%) of each learner, the best first: in the first and last session, and means over sessions.
  private var learnerTable: ResultTable {
    let ordered = learners.sorted { Self.mean($0.all) > Self.mean($1.all) }
    let rows = ordered.map { learner -> [ResultTable.Cell] in
      let all = learner.all
      let new = learner.new
      return [
        .text(learner.name), .text(Self.spread(all.session(0))),
        .text(Self.spread(all.session(all.sessions - 1))),
        .text(Self.spread(all.averageIncremental)),
        new.map { .text(Self.spread($0.averageIncremental)) } ?? .empty,
      ]
    }
    let last = (learners.map(\.all.sessions).max() ?? 1) - 1
    let names = ["session 0", "session \(last)", "mean over sessions", "mean on new words"]
    return ResultTable(
      title: "Accuracy (%), mean [5th–95th percentile over repeats]",
      columns: [.init("learner")] + names.map { .init($0, isRight: true) }, rows: rows, caption: caption)
  }

  private static func mean(_ curve: AccuracyCurve) -> Double { Statistics.mean(curve.averageIncremental) }

  /// Accuracy (%) on each language's words after the last session, the mean over repeats.
  public var languageTable: ResultTable {
    let languages = Set(learners.flatMap(\.languages.keys)).sorted()
    let rows = languages.map { language -> [ResultTable.Cell] in
      [.text(language)] + learners.map { $0.languages[language].map { .number($0 * 100) } ?? .empty }
    }
    let columns =
      [ResultTable.Column("language")] + learners.map { .init($0.name, decimals: 1, isRight: true) }
    return ResultTable(
      title: "Accuracy (%) by language after the last session", columns: columns, rows: rows, caption: caption
    )
  }

  /// Every raw accuracy, one per row, for a spreadsheet or Python.
  public var rawTable: ResultTable {
    var rows: [[ResultTable.Cell]] = []
    for learner in learners {
      for (index, accuracies) in learner.all.values.enumerated() {
        for (session, accuracy) in accuracies.enumerated() {
          let new = learner.new.flatMap { curve -> Double? in
            guard session > 0, session <= curve.sessions, index < curve.repeats else { return nil }
            return curve.values[index][session - 1]
          }
          rows.append([
            .text(learner.name), .number(Double(index + 1)), .number(Double(session)), .number(accuracy),
            new.map { .number($0) } ?? .empty,
          ])
        }
      }
    }
    let names = ["learner", "repeat", "session", "accuracy", "accuracy_new"]
    return ResultTable(columns: names.map { .init($0) }, rows: rows, caption: caption)
  }

  /// The session figure of all learners.
  public func sessionFigure(title: String = "") throws -> Figure {
    let curves = learners.map { SessionCurve(learner: $0.name, all: $0.all, new: $0.new) }
    return try Figure.sessionCurves(curves, title: title, caption: caption)
  }

  private func row(
    _ name: String, _ cell: (_ curve: AccuracyCurve, _ firstSession: Int) -> ResultTable.Cell
  ) -> [ResultTable.Cell] {
    var cells = [ResultTable.Cell.text(name)]
    for learner in learners {
      cells.append(cell(learner.all, 0))
      if let new = learner.new { cells.append(cell(new, 1)) }
    }
    return cells
  }

  /// `86.6 [85.7–87.4]`; one repeat has no spread.
  private static func spread(_ shares: [Double]) -> String {
    let text = { (share: Double) in String(format: "%.1f", share * 100) }
    guard shares.count > 1 else { return text(Statistics.mean(shares)) }
    let low = Statistics.percentile(5, of: shares)
    let high = Statistics.percentile(95, of: shares)
    return "\(text(Statistics.mean(shares))) [\(text(low))–\(text(high))]"
  }
}
