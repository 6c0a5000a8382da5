import Figures
import Foundation
import Metrics

/// Tables that set learners side by side.
extension BenchResults {
  /// How learners balance old and new, means over repeats (%): see ``LearnerResults/continual``.
  public var continualTable: ResultTable {
    let names = [
      "average_incremental", "area_under_curve", "harmonic_mean", "forgetting", "backward_transfer",
    ]
    let shown = names.filter { name in learners.contains { $0.continual[name] != nil } }
    let columns =
      [ResultTable.Column("learner")]
      + shown.map { .init($0.replacing("_", with: " "), decimals: 1, isRight: true) }
    let rows = learners.map { learner -> [ResultTable.Cell] in
      [.text(learner.name)]
        + shown.map { name in
          learner.continual[name].map { .number(Statistics.mean($0) * 100) } ?? .empty
        }
    }
    return ResultTable(
      title: "Old words and new (%), means over repeats", columns: columns, rows: rows, caption: caption)
  }

  /// The best learner against each other one, paired over repeats: difference in points, 95 % interval, and p; nil
  /// where there is nothing to compare.
  public var comparisonTable: ResultTable? {
    let ordered = learners.sorted {
      Statistics.mean($0.all.averageIncremental) > Statistics.mean($1.all.averageIncremental)
    }
    guard let best = ordered.first, ordered.count > 1 else { return nil }
    let rows = ordered.dropFirst().compactMap { learner -> [ResultTable.Cell]? in
      guard
        let difference = try? PairedDifference(best.all.averageIncremental, learner.all.averageIncremental)
      else { return nil }
      let points = { (share: Double) in String(format: "%+.2f", share * 100) }
      return [
        .text("\(best.name) − \(learner.name)"), .text(points(difference.mean)),
        .text("\(points(difference.low)) … \(points(difference.high))"),
        .text(difference.pValue < 0.001 ? "< 0.001" : String(format: "%.3f", difference.pValue)),
      ]
    }
    guard !rows.isEmpty else { return nil }
    let names = ["points", "95 % interval", "p"]
    return ResultTable(
      title:
        "The best learner against the others, paired over \(repeats) repeats (mean over sessions; one network)",
      columns: [.init("difference")] + names.map { .init($0, isRight: true) }, rows: rows, caption: caption)
  }

  /// What metrics and tests gave, a line each, with a column a learner; nil without any. Of numbers that come session
  /// by session, the first and the last.
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

  /// What a sample's test costs in the first and last session, the network and the learner together.
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
