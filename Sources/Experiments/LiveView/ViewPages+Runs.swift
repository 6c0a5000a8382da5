import Foundation
import RunStore
import Support

/// The page of a run, and that of several beside each other.
extension ViewPages {
  /// The most runs beside each other.
  private static let maxRuns = 26

  func runs(_ query: FormFields) async -> ViewAnswer {
    let folders = query.all("r")
    guard !folders.isEmpty else {
      return Self.page(status: 400, "Runs", problem: "No run is selected.")
    }
    guard folders.count <= Self.maxRuns else {
      return Self.page(status: 400, "Runs", problem: "At most \(Self.maxRuns) runs fit on one page.")
    }
    var found: [RunLibrary.ViewedRun] = []
    for folder in folders {
      guard let run = await viewed(folder) else {
        return Self.page(status: 404, "Not found", problem: "There is no run \"\(folder)\".")
      }
      found.append(run)
    }
    let sections = Self.sections(found, query)
    let bodies = sections.map { section -> HTML in
      let isChart = section.id == "training"
      let controls = isChart ? Self.drawingForm(folders, query) : ""
      return """
        <section aria-labelledby="h-\(section.id)"><h2 id="h-\(section.id)">\(section.title)</h2>\(controls)
        <div id="\(section.id)">\(section.body)</div></section>
        """
    }
    let links = sections.map { section -> HTML in "<a href=\"#h-\(section.id)\">\(section.title)</a>" }
    let title = found.count == 1 ? Self.name(found[0]) : "run".counted(found.count)
    let events = Self.fields(query) + [(Self.outlineField, Self.outline(found, sections))]
    return Self.page(
      title, events: ViewLink.to("events", events), header: await actions(found),
      "<nav class=\"sections\" aria-label=\"Sections\">\(links)</nav>\(bodies)")
  }

  /// The runs as one file, as `nightjar report` writes it.
  func report(_ query: FormFields) async throws -> ViewAnswer {
    var runs: [ReportedRun] = []
    for folder in query.all("r").prefix(Self.maxRuns) {
      if let content = await library.run(folder)?.content { runs.append(content) }
    }
    guard !runs.isEmpty else { return Self.page(status: 404, "Report", problem: "No run is selected.") }
    let name = runs.count == 1 ? runs[0].entry.summary.name.fileSlug : "report"
    return ViewAnswer(body: try Report(runs).page, fileName: "\(name).html")
  }

  /// The sections that have changed. A run that has started or ended has others: then the page is loaded again.
  func runUpdates(_ query: FormFields, _ folders: [String], _ last: LastState) async -> [SectionUpdate] {
    var fingerprints: [String] = []
    let failures = await started.failures
    for folder in folders.prefix(Self.maxRuns) {
      let hasFailed = failures.contains { $0.folder == folder }
      fingerprints.append("\(await library.fingerprint(of: folder) ?? ""); \(hasFailed)")
    }
    let fingerprint = fingerprints.joined(separator: "\n")
    guard await last.hasChanged("fingerprint", to: fingerprint) else { return [] }
    var found: [RunLibrary.ViewedRun] = []
    for folder in folders.prefix(Self.maxRuns) {
      if let run = await viewed(folder) { found.append(run) }
    }
    let sections = Self.sections(found, query)
    // The page that asks says what it was loaded with.
    if Self.outline(found, sections) != query[Self.outlineField] { return [SectionUpdate(id: "", html: "")] }
    var updates: [SectionUpdate] = []
    for section in sections where await last.hasChanged(section.id, to: section.body.source) {
      updates.append(SectionUpdate(id: section.id, html: section.body.source))
    }
    return updates
  }

  private static let outlineField = "outline"

  /// The states of the runs and the sections of their page, by which a page is told that it is out of date.
  private static func outline(_ runs: [RunLibrary.ViewedRun], _ sections: [Report.Section]) -> String {
    let parts = runs.map { "\($0.state) \($0.hasProcess)" } + sections.map(\.id)
    return "\(ContentKey(parts: parts))"
  }

  /// The parts of the report that the runs have something for, with what they print.
  private static func sections(_ runs: [RunLibrary.ViewedRun], _ query: FormFields) -> [Report.Section] {
    var sections: [Report.Section] = []
    if var report = try? Report(runs.compactMap(\.content)) {
      report.drawing = drawing(query)
      sections = report.sections
    }
    let failures = runs.compactMap(\.failure)
    if !failures.isEmpty {
      let section = Report.Section(id: "failed", title: "Not started", body: "\(failures.map(notice))")
      sections.insert(section, at: 0)
    }
    let outputs = runs.compactMap { run in run.output.map { (run: run, text: $0) } }
    if !outputs.isEmpty {
      let texts = outputs.map { output -> HTML in
        let text = output.text.isEmpty ? "It has printed nothing yet." : output.text
        return "<h3>\(name(output.run))</h3><pre class=\"output\" tabindex=\"0\">\(text)</pre>"
      }
      sections.append(Report.Section(id: "output", title: "Output", body: HTML(joining: texts)))
    }
    if sections.isEmpty {
      sections.append(
        Report.Section(id: "waiting", title: "Starting", body: "<p>The run has written nothing yet.</p>"))
    }
    return sections
  }

  private static func name(_ run: RunLibrary.ViewedRun) -> String { run.entry?.summary.name ?? run.folder }

  /// The fields that a page of runs depends on.
  private static func fields(_ query: FormFields) -> [(String, String)] {
    query.all("r").map { ("r", $0) } + ["smooth", "log"].map { ($0, query[$0]) }.filter { !$0.1.isEmpty }
  }

  private static func drawing(_ query: FormFields) -> Report.Drawing {
    var drawing = Report.Drawing()
    drawing.isInteractive = true
    drawing.maxCharts = 60
    drawing.smoothing = min(max(Double(query["smooth"]) ?? 0, 0), 0.99)
    drawing.isLogarithmic = query.contains("log")
    drawing.link = { run, series in ViewLink.to("values", [("r", run.folder), ("series", series)]) }
    return drawing
  }

  private static func drawingForm(_ folders: [String], _ query: FormFields) -> HTML {
    let drawing = drawing(query)
    let runs = folders.map { folder -> HTML in "<input type=\"hidden\" name=\"r\" value=\"\(folder)\">" }
    let smoothing = String(format: "%.2f", drawing.smoothing)
    let log: HTML = drawing.isLogarithmic ? " checked" : ""
    return """
      <form class="drawing" data-drawing>\(runs)<label>Smoothing
      <input type="range" name="smooth" min="0" max="0.99" step="0.01" value="\(smoothing)">
      <output>\(smoothing)</output></label>
      <label><input type="checkbox" name="log" value="1"\(log)> Logarithmic</label><button>Draw</button></form>
      """
  }

  /// What can be done with one run.
  private func actions(_ runs: [RunLibrary.ViewedRun]) async -> HTML {
    let report = ViewLink.to("report", runs.map { ("r", $0.folder) })
    let hasContent = runs.contains { $0.content != nil }
    let save: HTML = hasContent ? "<a class=\"button\" href=\"\(report)\">Save as a report</a>" : ""
    guard runs.count == 1, let run = runs.first else { return "<span class=\"actions\">\(save)</span>" }
    var buttons: [HTML] = []
    let wasStarted = await started.isRunning(run.folder)
    let isRunning = run.hasProcess || wasStarted
    if isRunning { buttons.append(Self.button("stop", "Stop", run.folder)) }
    if Self.canResume(run), !isRunning { buttons.append(Self.button("resume", "Resume", run.folder)) }
    return "\(Self.badge(run.state))<span class=\"actions\">\(buttons)\(save)</span>"
  }

  private static func button(_ action: String, _ title: String, _ folder: String) -> HTML {
    """
    <form method="post" action="\(action)"><input type="hidden" name="r" value="\(folder)">\
    <button class="\(action)">\(title)</button></form>
    """
  }
}
