import Figures
import Metrics

/// The tables that a bench saves as CSV: one value in each cell, numbers as numbers, accuracies as fractions, and in
/// every row what it is of. pandas and R read them as they are.
extension BenchResults {
  /// The tables by the names of their files, with the text that is saved beside each; nil for one that has no rows.
  var savedTables: [(name: String, csv: ResultTable?, text: ResultTable?)] {
    // Its intervals are drawn by the ten thousand.
    let comparisonTable = comparisonTable
    return [
      ("sessions", sessionRows, sessionTable), ("languages", languageRows, languageTable),
      ("continual", continualRows, continualTable),
      ("comparisons", comparisonTable == nil ? nil : comparisonRows, comparisonTable),
      ("measures", measureTable == nil ? nil : measureRows, measureTable),
      ("costs", costTable == nil ? nil : costRows, costTable), ("accuracies", rawTable, nil),
    ]
  }

  /// The files of tables that follow from the results.
  static let derivedFiles: Set = [
    "sessions.csv", "languages.csv", "continual.csv", "comparisons.csv", "measures.csv", "costs.csv",
    "accuracies.csv", "spread.csv",
  ]

  /// Mean and percentiles over repeats of each learner and session, on all words so far and on new ones.
  private var sessionRows: ResultTable {
    let rows = learners.flatMap { learner in
      summaries("all", learner.name, learner.all, firstSession: 0)
        + (learner.new.map { summaries("new", learner.name, $0, firstSession: 1) } ?? [])
    }
    return table(["learner", "words", "session", "mean", "percentile_5", "percentile_95"], rows)
  }

  private func summaries(
    _ words: String, _ learner: String, _ curve: AccuracyCurve, firstSession: Int
  ) -> [[ResultTable.Cell]] {
    let low = curve.percentile(5)
    let high = curve.percentile(95)
    return curve.mean.enumerated().map { index, mean in
      [
        .text(learner), .text(words), .number(Double(index + firstSession)), .number(mean),
        .number(low[index]),
        .number(high[index]),
      ]
    }
  }

  private var languageRows: ResultTable {
    let rows = learners.flatMap { learner in
      learner.languages.sorted { $0.key < $1.key }.map { language, accuracy -> [ResultTable.Cell] in
        [.text(learner.name), .text(language), .number(accuracy)]
      }
    }
    return table(["learner", "language", "accuracy"], rows)
  }

  private var continualRows: ResultTable {
    let rows = learners.flatMap { learner in
      learner.continual.sorted { $0.key < $1.key }.flatMap { metric, values in
        values.enumerated().map { index, value -> [ResultTable.Cell] in
          [.text(learner.name), .text(metric)] + repeatCells(index) + [.number(value)]
        }
      }
    }
    return table(["learner", "metric", "seed", "repeat", "value"], rows)
  }

  private var comparisonRows: ResultTable {
    let rows = comparisons.map { comparison -> [ResultTable.Cell] in
      let uncertainty = comparison.difference.uncertainty
      return [
        .text(comparison.best), .text(comparison.other), .number(comparison.difference.mean),
        uncertainty.map { .number($0.low) } ?? .empty, uncertainty.map { .number($0.high) } ?? .empty,
        uncertainty.map { .number($0.pValue) } ?? .empty, .number(Double(comparison.difference.pairs)),
      ]
    }
    return table(["learner", "other", "difference", "low_95", "high_95", "p", "pairs"], rows)
  }

  private var measureRows: ResultTable {
    let rows = learners.flatMap { learner in
      learner.measures.sorted { $0.key < $1.key }.flatMap { measure, values in
        values.enumerated().map { index, value -> [ResultTable.Cell] in
          let isBySession = values.count > 1
          return [
            .text(learner.name), .text(measure), isBySession ? .number(Double(index)) : .empty,
            .number(value),
          ]
        }
      }
    }
    return table(["learner", "measure", "session", "mean"], rows)
  }

  private var costRows: ResultTable {
    let rows = learners.flatMap { learner in
      learner.costs.enumerated().map { session, cost -> [ResultTable.Cell] in
        let operations = cost.synapticOperations
        return [
          .text(learner.name), .number(Double(session)), .number(operations.effectiveMACs),
          .number(operations.effectiveACs), .number(operations.dense),
          cost.activationSparsity.map { .number($0) } ?? .empty,
        ]
      }
    }
    return table(
      ["learner", "session", "Effective_MACs", "Effective_ACs", "Dense", "ActivationSparsity"], rows)
  }

  /// Every raw accuracy, one per row.
  public var rawTable: ResultTable {
    let rows = learners.flatMap { learner in
      learner.all.values.enumerated().flatMap { index, accuracies in
        accuracies.enumerated().map { session, accuracy -> [ResultTable.Cell] in
          let new = learner.new.flatMap { curve -> Double? in
            guard session > 0, session <= curve.sessions, index < curve.repeats else { return nil }
            return curve.values[index][session - 1]
          }
          return [.text(learner.name)] + repeatCells(index) + [
            .number(Double(session)), .number(accuracy), new.map { .number($0) } ?? .empty,
          ]
        }
      }
    }
    return table(["learner", "seed", "repeat", "session", "accuracy", "accuracy_new"], rows)
  }

  /// The seed and the number of a row of results: the repeats of each seed follow those of the one before.
  private func repeatCells(_ index: Int) -> [ResultTable.Cell] {
    let seeds = allSeeds
    return [
      .text("\(seeds[min(index / max(repeats, 1), seeds.count - 1)])"),
      .number(Double(index % max(repeats, 1) + 1)),
    ]
  }

  /// Data, model, encoder, recipe, ways, shots, sessions, repeats and seeds, with which rows begin.
  var descriptionCells: [ResultTable.Cell] {
    let numbers = [sessions?.ways, sessions?.shots, sessions?.sessions, repeats].map { number in
      number.map { ResultTable.Cell.number(Double($0)) } ?? .empty
    }
    return [data.name, model, encoder, recipe].map { .text($0) } + numbers
      + [.text(allSeeds.map(String.init).joined(separator: " "))]
  }

  /// A table whose rows all begin with what they are of; with a seed of their own, they do not say all seeds.
  private func table(_ names: [String], _ rows: [[ResultTable.Cell]]) -> ResultTable {
    let own = ["data", "model", "encoder", "recipe", "ways", "shots", "sessions", "repeats", "seeds"]
    let count = names.contains("seed") ? own.count - 1 : own.count
    let cells = Array(descriptionCells.prefix(count))
    return ResultTable(
      columns: (own.prefix(count) + names).map { .init($0) }, rows: rows.map { cells + $0 }, caption: caption)
  }
}
