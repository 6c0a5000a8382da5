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
      title: "Accuracy (%), mean [5th–95th percentile over \(spreadWords)]", columns: columns, rows: rows,
      caption: caption)
  }

  /// What the percentiles are over: with several seeds, training and sessions both vary.
  private var spreadWords: String { allSeeds.count == 1 ? "repeats" : "seeds and repeats" }

  /// The spread of each learner's mean over sessions (%): over the repeats of one seed, on average, and over the means
  /// of the seeds; nil for one seed.
  public var spreadTable: ResultTable? {
    guard allSeeds.count > 1 else { return nil }
    let rows = learners.map { learner -> [ResultTable.Cell] in
      let bySeed = learner.all.averageIncremental.chunked(by: repeats)
      let means = bySeed.map(Statistics.mean)
      return [
        .text(learner.name), .number(Statistics.mean(means) * 100),
        .number(Statistics.mean(bySeed.map(Self.deviation)) * 100), .number(Self.deviation(means) * 100),
      ] + means.map { .number($0 * 100) }
    }
    return ResultTable(
      title: "Accuracy (%), mean over sessions; standard deviation over repeats and over seeds",
      columns: [
        .init("learner"), .init("mean", decimals: 2), .init("over repeats", decimals: 2),
        .init("over seeds", decimals: 2),
      ] + allSeeds.map { .init("seed \($0)", decimals: 2) }, rows: rows, caption: caption)
  }

  /// The sample standard deviation; 0 for one value.
  private static func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = Statistics.mean(values)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  /// The table to display: by session for a few learners, one row per learner for many.
  public var mainTable: ResultTable { learners.count <= 3 ? sessionTable : learnerTable }

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
      title: "Accuracy (%), mean [5th–95th percentile over \(spreadWords)]",
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

  /// The session figure of all learners.
  ///
  /// - Throws: `FigureError.empty` without a learner.
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
  private static func spread(_ fractions: [Double]) -> String {
    let text = { (fraction: Double) in String(format: "%.1f", fraction * 100) }
    guard fractions.count > 1 else { return text(Statistics.mean(fractions)) }
    let low = Statistics.percentile(5, of: fractions)
    let high = Statistics.percentile(95, of: fractions)
    return "\(text(Statistics.mean(fractions))) [\(text(low))–\(text(high))]"
  }
}

extension BenchResults {
  /// The metrics of a task that is not few-shot learning, means over repeats; nil for one that is.
  public var metricTable: ResultTable? {
    guard let metrics, !metrics.isEmpty else { return nil }
    let haveSpread = metrics.values.contains { $0.count > 1 }
    let rows = metrics.sorted { $0.key < $1.key }.map { name, values -> [ResultTable.Cell] in
      let mean = ResultTable.Cell.number(Statistics.mean(values))
      guard haveSpread else { return [.text(name), mean] }
      return [
        .text(name), mean, .number(Statistics.percentile(5, of: values)),
        .number(Statistics.percentile(95, of: values)),
      ]
    }
    let names = ["mean", "5th percentile", "95th percentile"].prefix(haveSpread ? 3 : 1)
    return ResultTable(
      title: task,
      columns: [.init("metric")] + names.map { .init(haveSpread ? $0 : "value", isRight: true) }, rows: rows,
      caption: caption)
  }
}

/// Tables that compare learners.
extension BenchResults {
  /// How learners balance old and new, means over repeats (%): see ``LearnerResults/continual``.
  public var continualTable: ResultTable {
    let names = [
      "average_incremental", "area_under_curve", "harmonic_mean", "forgetting", "backward_transfer",
    ]
    let columnNames = names.filter { name in learners.contains { $0.continual[name] != nil } }
    let columns =
      [ResultTable.Column("learner")]
      + columnNames.map { .init($0.replacing("_", with: " "), decimals: 1, isRight: true) }
    let rows = learners.map { learner -> [ResultTable.Cell] in
      [.text(learner.name)]
        + columnNames.map { name in
          learner.continual[name].map { .number(Statistics.mean($0) * 100) } ?? .empty
        }
    }
    return ResultTable(
      title: "Old words and new (%), means over repeats", columns: columns, rows: rows, caption: caption)
  }

  /// The best learner against another one.
  struct Comparison {
    let best: String
    let other: String
    /// Of the mean over sessions, paired over repeats.
    let difference: PairedDifference
  }

  /// The best learner against each other one; empty where there is nothing to compare.
  var comparisons: [Comparison] {
    let ordered = learners.sorted {
      Statistics.mean($0.all.averageIncremental) > Statistics.mean($1.all.averageIncremental)
    }
    guard let best = ordered.first else { return [] }
    return ordered.dropFirst().compactMap { other in
      (try? PairedDifference(best.all.averageIncremental, other.all.averageIncremental)).map {
        Comparison(best: best.name, other: other.name, difference: $0)
      }
    }
  }

  /// The best learner against each other one, paired over repeats: difference in points, 95 % interval, and p; nil
  /// where there is nothing to compare. Interval and p are empty where all repeats differ equally.
  public var comparisonTable: ResultTable? {
    let rows = comparisons.map { comparison -> [ResultTable.Cell] in
      let points = { (fraction: Double) in String(format: "%+.2f", fraction * 100) }
      var row: [ResultTable.Cell] = [
        .text("\(comparison.best) − \(comparison.other)"), .text(points(comparison.difference.mean)),
      ]
      if let uncertainty = comparison.difference.uncertainty {
        row.append(.text("\(points(uncertainty.low)) … \(points(uncertainty.high))"))
        row.append(.text(uncertainty.pValue < 0.001 ? "< 0.001" : String(format: "%.3f", uncertainty.pValue)))
      } else {
        row += [.text("all equal"), .empty]
      }
      return row
    }
    guard !rows.isEmpty else { return nil }
    let names = ["points", "95 % interval", "p"]
    let networks = allSeeds.count == 1 ? "one network" : "\(allSeeds.count) networks"
    return ResultTable(
      title:
        "The best learner against the others, paired over \("repeat".counted(repeats * allSeeds.count)) "
        + "(mean over sessions; \(networks))",
      columns: [.init("difference")] + names.map { .init($0, isRight: true) }, rows: rows, caption: caption)
  }

  /// The values of metrics and tests, one per row, with a column for each learner; nil without any. Of values for each
  /// session, the first and the last.
  public var measureTable: ResultTable? {
    let names = Set(learners.flatMap(\.measures.keys)).sorted()
    guard !names.isEmpty else { return nil }
    let rows = names.map { name -> [ResultTable.Cell] in
      [.text(name)]
        + learners.map { learner in
          guard let values = learner.measures[name], let first = values.first else { return .empty }
          let text = { (value: Double) in String(format: "%.4g", value) }
          return .text(values.count == 1 ? text(first) : "\(text(first)) → \(text(values[values.count - 1]))")
        }
    }
    return ResultTable(
      title: "Metrics and tests, means over repeats (first → last session)",
      columns: [.init("measure")] + learners.map { .init($0.name, isRight: true) }, rows: rows,
      caption: caption)
  }

  /// The operations of a sample's test in the first and last session, of the network and the learner together.
  public var costTable: ResultTable? {
    let counted = learners.filter { !$0.costs.isEmpty }
    guard !counted.isEmpty else { return nil }
    let rows = counted.flatMap { learner -> [[ResultTable.Cell]] in
      Set([0, learner.costs.count - 1]).sorted().map { session in
        let cost = learner.costs[session]
        return [
          .text(learner.name), .number(Double(session)), .number(cost.synapticOperations.effectiveMACs),
          .number(cost.synapticOperations.effectiveACs), .number(cost.synapticOperations.dense),
          cost.activationSparsity.map { .number($0) } ?? .empty,
        ]
      }
    }
    let counts = ["Effective_MACs", "Effective_ACs", "Dense"]
    return ResultTable(
      title: "Operations of a sample, the network and the learner together",
      columns: [.init("learner"), .init("session", decimals: 0, isRight: true)]
        + counts.map { .init($0, decimals: 0, isRight: true) }
        + [.init("ActivationSparsity", decimals: 4, isRight: true)], rows: rows, caption: caption)
  }
}

extension Array {
  /// Consecutive parts of `size` elements.
  fileprivate func chunked(by size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: Swift.max(size, 1)).map {
      Array(self[$0..<Swift.min($0 + Swift.max(size, 1), count)])
    }
  }
}
