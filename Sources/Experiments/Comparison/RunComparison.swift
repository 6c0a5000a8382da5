import Figures
import Foundation
import Metrics
import RunStore
import Support

/// What differs between runs: settings, sources, and accuracies.
public struct RunComparison: Sendable {
  /// The runs, which tables call A, B, ….
  private let runs: [(letter: String, entry: RunEntry)]

  /// - Throws: ``RunComparisonError`` for fewer than two runs, or more than 26.
  public init(_ entries: [RunEntry]) throws {
    guard (2...26).contains(entries.count) else { throw RunComparisonError(count: entries.count) }
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
    runs = Array(zip(letters, entries)).map { (letter: $0.0, entry: $0.1) }
  }

  /// The runs with their letters.
  public var legend: ResultTable {
    ResultTable(
      columns: [.init(""), .init("run"), .init("state"), .init("learners"), .init("started")],
      rows: runs.map { letter, entry in
        [
          .text(letter), .text(entry.summary.name), .text(entry.summary.state),
          .text(entry.learners.map(\.name).joined(separator: ", ")), .text(entry.summary.started),
        ]
      })
  }

  /// One row for each setting whose values differ, with a column for each run; nil when all are equal.
  public var settings: ResultTable? {
    let values = runs.map { Self.values(of: $0.entry) }
    let names = Set(values.flatMap(\.keys)).sorted()
    let rows = names.compactMap { name -> [ResultTable.Cell]? in
      let row = values.map { $0[name] }
      return Set(row).count > 1 ? [.text(name)] + row.map { $0.map { .text($0) } ?? .empty } : nil
    }
    guard !rows.isEmpty else { return nil }
    return ResultTable(
      title: "Settings that differ", columns: [.init("setting")] + runs.map { .init($0.letter) }, rows: rows)
  }

  /// Everything that may differ, by name, as text.
  private static func values(of entry: RunEntry) -> [String: String] {
    let run = entry.summary
    var values = Dictionary(entry.settings.map { ($0.name, $0.text) }) { first, _ in first }
    let own: [(String, String?)] = [
      ("task", run.task), ("model", run.model), ("recipe", run.recipe), ("encoder", run.encoder),
      ("data", run.data), ("data key", run.dataKey), ("seed", run.seed),
      ("learners", entry.learners.isEmpty ? nil : entry.learners.map(\.name).joined(separator: ", ")),
      ("nightjar", run.version), ("host", run.host),
      (
        "git commit", run.gitCommit.map { $0.prefix(12) + ((run.gitChanges ?? 0) > 0 ? " with changes" : "") }
      ),
    ]
    for (name, value) in own { values[name] = value }
    return values
  }

  /// The differences of the Lua files, each run's from those of the first; empty when they are equal.
  public var sources: String {
    guard let first = runs.first else { return "" }
    return runs.dropFirst().map { other in Self.differences(first, other) }.joined()
  }

  private static func differences(
    _ first: (letter: String, entry: RunEntry), _ other: (letter: String, entry: RunEntry)
  ) -> String {
    let old = Dictionary(first.entry.sources.map { (located($0.path), $0) }) { one, _ in one }
    let new = Dictionary(other.entry.sources.map { (located($0.path), $0) }) { one, _ in one }
    return Set(old.keys).union(new.keys).sorted().map { path in
      switch (old[path], new[path]) {
      case (let before?, let after?) where before.key != after.key:
        UnifiedDiff(
          before.text, after.text, oldName: "\(first.letter)/\(before.path)",
          newName: "\(other.letter)/\(after.path)"
        ).text
      case (let before?, nil): "Only in \(first.letter): \(before.path)\n"
      case (nil, let after?): "Only in \(other.letter): \(after.path)\n"
      default: ""
      }
    }.joined()
  }

  /// The path of a source without the folder that it was found in: a copy of a shipped plugin is compared with it.
  private static func located(_ path: String) -> String {
    path.split(separator: "/", maxSplits: 1).last.map(String.init) ?? path
  }

  /// The mean accuracy of each run's learners, and its difference from the first run's, paired over repeats where both
  /// drew the same sessions; nil without results.
  public var accuracies: ResultTable? {
    guard let first = runs.first(where: { !$0.entry.learners.isEmpty }) else { return nil }
    let rows = runs.flatMap { run in
      run.entry.learners.map { learner -> [ResultTable.Cell] in
        let isFirst = run.letter == first.letter
        let base = isFirst ? nil : Self.counterpart(of: learner, in: first.entry, of: run.entry)
        return [.text(run.letter), .text(learner.name), .number(learner.accuracy * 100)]
          + [learner.newAccuracy.map { .number($0 * 100) } ?? .empty]
          + (base.map {
            difference(
              learner.all.map(Statistics.mean), run.entry, from: $0.all.map(Statistics.mean), first.entry
            ) { PlotText.signed($0 * 100) }
          } ?? Self.noDifference)
      }
    }
    guard !rows.isEmpty else { return nil }
    return ResultTable(
      title: "Accuracy (%), mean over sessions and repeats, and the difference from \(first.letter)",
      columns: [
        .init("run"), .init("learner"), .init("accuracy", decimals: 2), .init("new words", decimals: 2),
      ] + Self.differenceColumns, rows: rows, caption: caption)
  }

  private static let differenceColumns: [ResultTable.Column] = [
    .init("difference", isRight: true), .init("95 % interval", isRight: true), .init("p", isRight: true),
    .init("over"),
  ]
  private static let noDifference: [ResultTable.Cell] = differenceColumns.map { _ in .empty }

  /// The means of what tasks measured that compare no learners, metric by metric, with the differences from the first
  /// run that has them, as those of ``accuracies``; nil where no run has any.
  public var metrics: ResultTable? {
    let names = Set(runs.flatMap { $0.entry.metrics.map(\.name) }).sorted()
    let rows = names.flatMap { name -> [[ResultTable.Cell]] in
      let measured = runs.compactMap { run in
        run.entry.metrics.first { $0.name == name }.map { (run: run, values: $0.values) }
      }
      return measured.enumerated().map { index, one in
        let first = measured[0]
        let difference =
          index == 0
          ? Self.noDifference
          : difference(one.values, one.run.entry, from: first.values, first.run.entry) {
            ($0 < 0 ? "−" : "+") + PlotText.short(abs($0))
          }
        return [.text(name), .text(one.run.letter), .number(Statistics.mean(one.values))] + difference
      }
    }
    guard !rows.isEmpty else { return nil }
    return ResultTable(
      title: "Metrics, mean over repeats, and the difference from the first run",
      columns: [.init("metric"), .init("run"), .init("mean")] + Self.differenceColumns, rows: rows,
      caption: caption)
  }

  /// The learner of the same name; where each run has one, that one.
  private static func counterpart(
    of learner: StoredLearner, in first: RunEntry, of other: RunEntry
  ) -> StoredLearner? {
    first.learners.first { $0.name == learner.name }
      ?? (first.learners.count == 1 && other.learners.count == 1 ? first.learners[0] : nil)
  }

  /// The difference of the means of two runs' values, one for each repeat, with its interval, its p and what it is
  /// over.
  private func difference(
    _ values: [Double], _ entry: RunEntry, from base: [Double], _ first: RunEntry, _ text: (Double) -> String
  ) -> [ResultTable.Cell] {
    let isPaired = Self.draws(entry.summary) == Self.draws(first.summary)
    guard isPaired, let paired = try? PairedDifference(values, base) else {
      return [
        .text(text(Statistics.mean(values) - Statistics.mean(base))), .empty, .empty,
        .text(values.count < 2 || base.count < 2 ? "one repeat" : "other sessions or samples: not paired"),
      ]
    }
    let pairs = "repeat".counted(paired.pairs) + ", paired"
    guard let uncertainty = paired.uncertainty else {
      return [.text(text(paired.mean)), .empty, .empty, .text(pairs + ", all equal")]
    }
    return [
      .text(text(paired.mean)), .text("\(text(uncertainty.low)) … \(text(uncertainty.high))"),
      .text(uncertainty.pValue < 0.001 ? "< 0.001" : PlotText.fixed(uncertainty.pValue, 3)), .text(pairs),
    ]
  }

  /// What decides which sessions and samples a run draws.
  private static func draws(_ run: StoredRun) -> [String?] {
    [run.dataKey, run.seed] + [run.ways, run.shots, run.queries, run.sessions].map { $0.map(String.init) }
  }

  private var caption: String {
    let data = Set(runs.compactMap(\.entry.summary.data)).sorted()
    return data.joined(separator: "; ")
  }

  /// The accuracy per session of every run and learner; for runs that compare no learners, their metrics.
  ///
  /// - Throws: `FigureError.empty` when no run has results.
  public func figure() throws -> Figure {
    let curves = runs.flatMap { run in
      run.entry.learners.compactMap { learner -> SessionCurve? in
        guard let all = try? AccuracyCurve(learner.all) else { return nil }
        return SessionCurve(
          learner: "\(run.letter) \(learner.name)", all: all, new: try? AccuracyCurve(learner.new))
      }
    }
    let names = runs.map { "\($0.letter) = \($0.entry.summary.name)" }.joined(separator: ", ")
    let caption = [names, caption].filter { !$0.isEmpty }.joined(separator: "; ")
    let panels = metricPanels
    guard curves.isEmpty, !panels.isEmpty else {
      return try Figure.sessionCurves(curves, caption: caption)
    }
    return Figure(title: "Metrics, mean over repeats", caption: caption, panels: panels)
  }

  /// A bar of each run for every metric, which has an axis of its own.
  private var metricPanels: [Figure.Panel] {
    Set(runs.flatMap { $0.entry.metrics.map(\.name) }).sorted().map { name in
      let means = runs.map { run in
        run.entry.metrics.first { $0.name == name }.map { Statistics.mean($0.values) } ?? .nan
      }
      return Figure.Panel(
        title: name, legend: .hidden,
        content: .bars(Figure.Bars(labels: runs.map(\.letter), names: [name], values: [means])))
    }
  }
}

/// Numbers in tables.
enum PlotText {
  /// `+1.25`, `−0.50`.
  static func signed(_ value: Double) -> String { (value < 0 ? "−" : "+") + fixed(abs(value), 2) }

  static func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

  /// With up to six significant digits, as tables display numbers.
  static func short(_ value: Double) -> String { String(format: "%.6g", value) }
}

/// A number of runs that cannot be compared.
public struct RunComparisonError: NightjarError, Equatable {
  let count: Int
  public var exitCode: ExitCode { .usage }
  public var message: ErrorMessage {
    ErrorMessage("\("run".counted(count)) cannot be compared", hint: "name from 2 to 26 runs")
  }
}
