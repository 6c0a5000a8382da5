import Figures
import Foundation
import Metrics
import RunStore
import Support

/// Runs as one HTML page that needs nothing else: no network, no script, no other file.
public struct Report: Sendable {
  let runs: [LetteredRun]
  /// How charts are drawn.
  var drawing = Drawing()

  /// A run with the letter that tells it from the others.
  struct LetteredRun: Sendable {
    let letter: String
    let content: ReportedRun
    var entry: RunEntry { content.entry }
    var results: BenchResults? { content.results }
  }

  /// How a page draws charts.
  struct Drawing: Sendable {
    /// Whether the page has a script that displays values at the pointer.
    var isInteractive = false
    /// The weight of the past in the mean of logged values, 0 to below 1; 0 draws them as they are.
    var smoothing = 0.0
    /// Whether logged values have a logarithmic axis.
    var isLogarithmic = false
    /// The most charts of logged values.
    var maxCharts = 20
    /// Where the values of a series are listed; nil where they are not.
    var link: (@Sendable (_ run: StoredRun, _ series: String) -> String)?
    /// The most points of a line.
    static let maxPoints = 400
  }

  /// A part of the page.
  struct Section: Sendable {
    let id: String
    let title: String
    let body: HTML
  }

  /// A report of runs.
  ///
  /// - Throws: ``RunComparisonError`` for no run, or more than 26.
  public init(_ runs: [ReportedRun]) throws {
    guard (1...26).contains(runs.count) else { throw RunComparisonError(count: runs.count) }
    self.runs = zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init), runs).map {
      LetteredRun(letter: $0.0, content: $0.1)
    }
  }

  /// The heading of the page.
  var title: String { runs.count == 1 ? runs[0].entry.summary.name : "\(runs.count) runs" }

  /// The parts of the page that the runs have something for.
  var sections: [Section] {
    let all: [(id: String, title: String, body: HTML?)] = [
      ("summary", "Summary", summary), ("accuracy", "Accuracy by session", curves),
      ("sessions", "Sessions", sessions), ("comparison", "Comparison", comparison),
      ("languages", "Languages", languages), ("confusion", "Confusion", confusion),
      ("embedding", "Embedding", embedding), ("metrics", "Metrics", metrics),
      ("training", "Training", training), ("settings", "Settings", settings),
      ("time", "Time and memory", time), ("sources", "Lua files", sources),
    ]
    return all.compactMap { id, title, body in body.map { Section(id: id, title: title, body: $0) } }
  }

  /// The page.
  public var page: String {
    let sections = sections
    let links = sections.map { section -> HTML in "<a href=\"#\(section.id)\">\(section.title)</a>" }
    let bodies = sections.map { section -> HTML in
      "<section id=\"\(section.id)\"><h2>\(section.title)</h2>\(section.body)</section>"
    }
    let page: HTML = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title><style>\(ReportStyle.sheet)</style></head>
      <body><header><h1>\(title)</h1><nav aria-label="Sections">\(links)</nav></header><main>
      \(bodies)
      </main></body></html>

      """
    return page.source
  }

  /// The name of a learner, with its run's letter where there are several.
  func named(_ learner: String, _ letter: String) -> String {
    runs.count == 1 ? learner : "\(letter) \(learner)"
  }

  var withResults: [(letter: String, results: BenchResults)] {
    runs.compactMap { run in run.results.map { (letter: run.letter, results: $0) } }
  }

  /// What the results are of, and how far they have got.
  var captions: [HTML] {
    withResults.map { run -> HTML in
      let letter = runs.count > 1 ? run.letter + ": " : ""
      let count = run.results.repeats * run.results.allSeeds.count
      let done = run.results.learners.filter { $0.all.repeats < count }
        .map { "\($0.name): \($0.all.repeats) of \("repeat".counted(count))" }
      return "<p class=\"caption\">\(([letter + run.results.caption] + done).joined(separator: "; "))</p>"
    }
  }

  private var summary: HTML? {
    let table = ResultTable(
      columns: (runs.count > 1 ? [""] : []).map { .init($0) }
        + ["run", "state", "model", "learner", "data", "seed", "started"].map { .init($0) }
        + [.init("accuracy, %", decimals: 2), .init("new words, %", decimals: 2)],
      rows: runs.flatMap { run -> [[ResultTable.Cell]] in
        let summary = run.entry.summary
        let letter = runs.count > 1 ? [run.letter] : []
        let own = (letter + [summary.name, summary.state, summary.model ?? ""]).map {
          ResultTable.Cell.text($0)
        }
        let rest = [summary.data ?? "", summary.seed ?? "", summary.started].map { ResultTable.Cell.text($0) }
        if run.entry.learners.isEmpty { return [own + [.empty] + rest + [.empty, .empty]] }
        return run.entry.learners.map { learner in
          own + [.text(learner.name)] + rest + [
            .number(learner.accuracy * 100), learner.newAccuracy.map { .number($0 * 100) } ?? .empty,
          ]
        }
      })
    let commands = runs.map { run -> HTML in "<pre class=\"command\">\(run.entry.summary.command)</pre>" }
    let reasons = runs.compactMap { run in
      run.entry.summary.reason.map { reason -> HTML in
        "<p>\(run.entry.summary.name) ended early: \(reason)</p>"
      }
    }
    return "\(Self.html(table))\(captions)\(reasons)\(commands)"
  }

  private func lines(_ curve: (LearnerResults) -> AccuracyCurve?, firstSession: Int) -> [ReportChart.Line] {
    withResults.flatMap { run in
      run.results.learners.compactMap { learner -> ReportChart.Line? in
        guard let curve = curve(learner) else { return nil }
        let percent = { (values: [Double]) in values.map { $0 * 100 } }
        return ReportChart.Line(
          name: named(learner.name, run.letter), x: (0..<curve.sessions).map { Double($0 + firstSession) },
          y: percent(curve.mean), low: percent(curve.percentile(5)), high: percent(curve.percentile(95)))
      }
    }
  }

  private var curves: HTML? {
    let all = lines({ $0.all }, firstSession: 0)
    guard !all.isEmpty else { return nil }
    let new = lines({ $0.new }, firstSession: 1)
    let axes = ReportChart.Axes(
      x: "session", unit: " %", limit: 100, isInteractive: drawing.isInteractive)
    let allChart = ReportChart.lines(
      all, axes, alt: "Accuracy on base and new words, by session, of \(all.count) learners")
    let newLines = ReportChart.lines(new, axes, alt: "Accuracy on new words, by session")
    let newChart: HTML = new.isEmpty ? "" : "<div><h3>New words</h3>\(newLines)</div>"
    return """
      <div class="charts"><div><h3>Base and new words</h3>\(allChart)</div>\(newChart)</div>
      <p>Mean over repeats in percent; the band is from the 5th to the 95th percentile.</p>\(captions)
      """
  }

  private var sessions: HTML? {
    guard !withResults.isEmpty else { return nil }
    return HTML(joining: withResults.map { Self.html($0.results.sessionTable) })
  }

  private var comparison: HTML? {
    let own = runs.compactMap { $0.content.comparisonTable.map(Self.html) }
    guard runs.count > 1, let compared = try? RunComparison(runs.map(\.entry)) else {
      return own.isEmpty ? nil : HTML(joining: own)
    }
    let tables = [compared.accuracies, compared.metrics, compared.settings].compactMap { $0.map(Self.html) }
    let sources = compared.sources
    let diff: HTML = sources.isEmpty ? "<p>The Lua files are equal.</p>" : "<pre>\(sources)</pre>"
    return HTML(joining: tables + own + [diff])
  }

  private var languages: HTML? {
    let series = withResults.flatMap { run in
      run.results.learners.map { (name: named($0.name, run.letter), values: $0.languages) }
    }
    let names = Set(series.flatMap(\.values.keys)).sorted()
    guard !names.isEmpty else { return nil }
    let bars = series.map { one in (name: one.name, values: names.map { one.values[$0].map { $0 * 100 } }) }
    return """
      \(ReportChart.bars(names, bars, alt: "Accuracy by language after the last session"))
      <p>Accuracy on each language's words after the last session, mean over repeats.</p>\(captions)
      """
  }

  private var training: HTML? {
    let names = Set(runs.flatMap { $0.entry.series.map(\.name) }).sorted()
    let axes = ReportChart.Axes(
      x: "step", isLogarithmic: drawing.isLogarithmic, isTitled: true, isInteractive: drawing.isInteractive)
    let charts = names.prefix(drawing.maxCharts).map { name -> HTML in
      let lines = runs.enumerated().flatMap { color, run in
        (run.entry.series.first { $0.name == name }).map {
          self.lines($0, named: runs.count == 1 ? name : "\(run.letter) \(run.entry.summary.name)", color)
        } ?? []
      }
      let links = runs.compactMap { run -> HTML? in
        guard let link = drawing.link, run.entry.series.contains(where: { $0.name == name }) else {
          return nil
        }
        let letter = runs.count == 1 ? "" : run.letter + " "
        return "<a class=\"values\" href=\"\(link(run.entry.summary, name))\">\(letter)values</a>"
      }
      return """
        <div><h3>\(name) <span>\(links)</span></h3>\(ReportChart.lines(lines, axes, alt: "\(name) over steps"))</div>
        """
    }
    let rest: HTML =
      names.count > drawing.maxCharts
      ? "<p>\(names.count - drawing.maxCharts) further series are not drawn.</p>" : ""
    return charts.isEmpty ? nil : "<div class=\"charts\">\(Array(charts))</div>\(rest)"
  }

  /// A series as it is drawn: with its smoothed values in front where they are wanted.
  private func lines(_ series: StoredSeries, named name: String, _ color: Int) -> [ReportChart.Line] {
    func line(_ series: StoredSeries, isFaint: Bool) -> ReportChart.Line {
      let drawn = series.reduced(to: Drawing.maxPoints)
      return ReportChart.Line(
        name: name, x: drawn.steps.map(Double.init), y: drawn.values, isFaint: isFaint, color: color)
    }
    guard drawing.smoothing > 0 else { return [line(series, isFaint: false)] }
    return [line(series, isFaint: true), line(series.smoothed(drawing.smoothing), isFaint: false)]
  }

  private var settings: HTML? {
    let parts = runs.compactMap { run -> HTML? in
      guard !run.entry.settings.isEmpty else { return nil }
      let table = ResultTable(
        columns: ["option", "value", "default", ""].map { .init($0) },
        rows: run.entry.settings.map { setting in
          [
            .text(setting.name), .text(setting.text), .text(setting.defaultText ?? ""),
            .text(setting.isGiven ? "given" : ""),
          ]
        })
      let summary = run.entry.summary
      let git = summary.gitCommit.map {
        "; git \($0.prefix(12))" + ((summary.gitChanges ?? 0) > 0 ? " with changes" : "")
      }
      let isOpen: HTML = runs.count == 1 ? " open" : ""
      return """
        <details\(isOpen)><summary>\(runs.count > 1 ? run.letter + " " : "")\(summary.name)</summary>\(Self.html(table))
        <p>nightjar \(summary.version ?? "") on \(summary.host ?? "")\(git ?? "");
        data key \(summary.dataKey ?? "")</p></details>
        """
    }
    return parts.isEmpty ? nil : HTML(joining: parts)
  }

  private var time: HTML? {
    let isOne = runs.count == 1
    let rows = runs.flatMap { run -> [[ResultTable.Cell]] in
      let letter = isOne ? [] : [ResultTable.Cell.text(run.letter)]
      let memory = run.content.peakMemory.map { ResultTable.Cell.text(ByteCount($0).description) } ?? .empty
      let stages = run.entry.stages.map { stage in
        letter + [.text(stage.name), stage.isReused ? .text("reused") : .number(stage.seconds), .empty]
      }
      return stages + [
        letter + [.text("all"), run.entry.summary.seconds.map { .number($0) } ?? .empty, memory]
      ]
    }
    let columns =
      (isOne ? [] : [ResultTable.Column("run")]) + [
        .init("stage"), .init("seconds", decimals: 2), .init("peak memory", isRight: true),
      ]
    return Self.html(ResultTable(columns: columns, rows: rows))
  }

  private var sources: HTML? {
    var seen: Set<String> = []
    let files = runs.flatMap { run in
      run.entry.sources.filter { seen.insert($0.key).inserted }.map { (letter: run.letter, source: $0) }
    }
    guard !files.isEmpty else { return nil }
    return HTML(
      joining: files.map { file in
        """
        <details><summary>\(runs.count > 1 ? file.letter + " " : "")\(file.source.path) \
        <small>\(file.source.key.prefix(8))</small></summary>
        <pre class="lua" tabindex="0">\(LuaHighlight.html(file.source.text))</pre></details>
        """
      })
  }

  static func html(_ table: ResultTable) -> HTML {
    let isNumeric = table.columns.indices.map { index in
      table.columns[index].isRight
        || table.rows.contains { row in
          if index < row.count, case .number = row[index] { true } else { false }
        }
    }
    func cells(_ texts: [String], _ element: HTML, _ attributes: HTML = "") -> [HTML] {
      texts.enumerated().map { index, text in
        let style: HTML = isNumeric[index] ? " class=\"n\"" : ""
        return "<\(element)\(attributes)\(style)>\(text)</\(element)>"
      }
    }
    let head = cells(table.columns.map(\.name), "th", " scope=\"col\"")
    let rows = table.rows.map { row -> HTML in
      "<tr>\(cells(table.columns.indices.map { table.displayedCell(row, $0) }, "td"))</tr>"
    }
    let title: HTML = table.title.isEmpty ? "" : "<caption>\(table.title)</caption>"
    return """
      <div class="wide" tabindex="0"><table>\(title)<thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }
}

extension ResultTable {
  /// A cell as it is displayed; empty where the row has none.
  func displayedCell(_ row: [Cell], _ index: Int) -> String {
    guard index < row.count else { return "" }
    switch row[index] {
    case .text(let text): return text
    case .number(let value):
      guard value.isFinite else { return "–" }
      return columns[index].decimals.map { String(format: "%.\($0)f", value) }
        ?? String(format: "%.6g", value)
    case .empty: return ""
    }
  }
}
