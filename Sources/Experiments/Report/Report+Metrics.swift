import Figures
import Metrics

/// NeuroBench's metrics, with those that are published beside them.
extension Report {
  /// What NeuroBench publishes of its keyword task, on recordings.
  ///
  /// Source: Yik et al., "The neurobench framework", Nature Communications 16 (2025), and NeuroBench's leaderboard,
  /// whose sparsity and dense operations of the spiking network are not legible.
  private struct Published {
    let name: String
    /// In percent.
    let base, all: Double
    let new: Double?
    /// In bytes.
    let footprint: Double
    let effectiveMACs, effectiveACs: Double
    let dense, activationSparsity: Double?

    static let networks = [
      Published(
        name: "NeuroBench's M5, published", base: 97.09, all: 89.27, new: 79.61, footprint: 6.03e6,
        effectiveMACs: 7.85e6, effectiveACs: 0, dense: 2.5e7, activationSparsity: 0.783),
      Published(
        name: "NeuroBench's SNN, published", base: 93.48, all: 75.27, new: nil, footprint: 1.36e7,
        effectiveMACs: 0, effectiveACs: 3.65e5, dense: nil, activationSparsity: nil),
    ]

    var cells: [ResultTable.Cell] {
      func cell(_ value: Double?) -> ResultTable.Cell { value.map { .number($0) } ?? .empty }
      return [.text(name), .text("MSWC"), .number(base), .number(all), cell(new), .number(footprint)]
        + [.number(effectiveMACs), .number(effectiveACs), cell(dense), cell(activationSparsity)]
    }
  }

  private static let keywordTask = "keyword_fscil"

  var metrics: HTML? {
    guard !withResults.isEmpty else { return nil }
    let own = withResults.flatMap { run in
      run.results.learners.map { cells(of: $0, run.results, run.letter) }
    }
    let isKeywords = withResults.contains { $0.results.task == Self.keywordTask }
    let table = ResultTable(
      columns: [
        .init("learner"), .init("data"), .init("base, %", decimals: 2),
        .init("mean over sessions, %", decimals: 2), .init("new words, %", decimals: 2),
        .init("footprint, bytes", decimals: 0), .init("effective MACs", decimals: 0),
        .init("effective ACs", decimals: 0), .init("dense", decimals: 0),
        .init("activation sparsity", decimals: 3),
      ], rows: own + (isKeywords ? Published.networks.map(\.cells) : []))
    let note: HTML =
      isKeywords
      ? "<p>Published figures are of recordings; results on synthetic speech are not comparable with them.</p>"
      : ""
    let measures = withResults.compactMap { $0.results.measureTable.map(Self.html) }
    let continual = withResults.map(\.results.continualTable).filter { $0.columns.count > 1 }.map(Self.html)
    return "\(Self.html(table))\(note)\(continual)\(measures)"
  }

  private func cells(
    of learner: LearnerResults, _ results: BenchResults, _ letter: String
  ) -> [ResultTable.Cell] {
    func cell(_ value: Double?) -> ResultTable.Cell { value.map { .number($0) } ?? .empty }
    let operations = results.base.synapticOperations
    return [
      .text(named(learner.name, letter)), .text(results.data.name),
      cell(results.base[.classificationAccuracy].map { $0 * 100 }),
      .number(learner.all.meanOverSessions * 100), cell(learner.new.map { $0.meanOverSessions * 100 }),
      cell(results.base[.footprint]), cell(operations?.effectiveMACs), cell(operations?.effectiveACs),
      cell(operations?.dense), cell(results.base[.activationSparsity]),
    ]
  }
}
