import Foundation
import RunStore
import Support

/// The list of runs.
extension ViewPages {
  /// Rows on a page, and at most in an answer as JSON.
  private static let pageSize = 50
  private static let maxRows = 500

  /// The columns that a click sorts by, with the text of their heads.
  private static let columns = [
    ("run", "Run"), ("state", "State"), ("model", "Model"), ("learner", "Learner"), ("recipe", "Recipe"),
    ("data", "Data"), ("shots", "Shots"), ("seed", "Seed"), ("accuracy", "Accuracy, %"),
    ("new_accuracy", "New words, %"), ("started", "Started"),
  ]

  func runList(_ query: FormFields) async throws -> ViewAnswer {
    let content = try await listed(query)
    let problem: HTML = content.problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" } ?? ""
    let filter: HTML = """
      <form class="filter" role="search"><label for="q">Filter</label>
      <input id="q" name="q" type="search" value="\(query["q"])" autocomplete="off" spellcheck="false"
      placeholder="model=m5 accuracy&gt;0.8 …" aria-describedby="q-help">
      <button>Apply</button></form>
      <p id="q-help" class="caption">Words look for names of runs; <code>shots=1</code>, <code>accuracy&gt;0.8</code>,
      <code>recipe.lr!=0.01</code> and <code>learner~proto</code> are conditions on columns and options. Press
      <kbd>/</kbd> to filter.</p>
      """
    let events = ViewLink.to("events", content.fields)
    return Self.page(
      "Runs", current: "./", events: events, header: "<a class=\"button\" href=\"new\">New run</a>",
      """
      <section id="failed" aria-label="Benches that did not start">\(await failedStarts())</section>
      \(filter)\(problem)
      <form action="view" class="runs"><div id="runs">\(content.html)</div>
      <div class="selection" hidden><span id="selected" role="status"></span> <button>Compare</button>
      <button formaction="report">Save as a report</button></div></form>
      """)
  }

  /// The rows as JSON: `rows`, `total` and where they begin. At most 500 are answered at once.
  func runListJSON(_ query: FormFields) async throws -> ViewAnswer {
    struct Answer: Encodable {
      let total: Int
      let offset: Int
      let rows: [ListedRun]
    }
    let (filter, problem) = Self.filter(query)
    if let problem { return .text(problem + "\n", status: 400) }
    let rows = try await list.rows(filter)
    let offset = min(max(Int(query["offset"]) ?? 0, 0), rows.count)
    let limit = min(max(Int(query["limit"]) ?? Self.pageSize, 1), Self.maxRows)
    return try .json(Answer(total: rows.count, offset: offset, rows: Array(rows[offset...].prefix(limit))))
  }

  /// The list when it has changed, and the benches that have failed.
  func listUpdates(_ query: FormFields, _ last: LastState) async -> [SectionUpdate] {
    var updates: [SectionUpdate] = []
    let failed = await failedStarts().source
    if await last.hasChanged("failed", to: failed) {
      updates.append(SectionUpdate(id: "failed", html: failed))
    }
    if let content = try? await listed(query), await last.hasChanged("runs", to: content.html.source) {
      updates.append(SectionUpdate(id: "runs", html: content.html.source))
    }
    return updates
  }

  private struct List {
    let html: HTML
    let problem: String?
    /// The fields of the query that the list depends on.
    let fields: [(String, String)]
  }

  private func listed(_ query: FormFields) async throws -> List {
    let fields = ["q", "sort", "page"].map { ($0, query[$0]) }.filter { !$0.1.isEmpty }
    var (filter, problem) = Self.filter(query)
    var rows: [ListedRun] = []
    do { rows = try await list.rows(filter) } catch let error as RunTableError {
      problem = error.description
      filter = ListedRuns.Filter()
      rows = try await list.rows(filter)
    }
    let count = rows.count
    let page = min(Self.pageNumber(query), max(1, (count + Self.pageSize - 1) / Self.pageSize))
    let start = (page - 1) * Self.pageSize
    let own = rows[start..<min(start + Self.pageSize, count)]
    if own.isEmpty {
      let isFiltered = !query["q"].isEmpty
      return List(
        html: isFiltered
          ? "<p class=\"empty\">No run meets the filter.</p>"
          : "<p class=\"empty\">There are no runs in \(list.catalog.root) yet. <a href=\"new\">Start one</a>.</p>",
        problem: problem, fields: fields)
    }
    let pager = Self.pager(page, size: Self.pageSize, total: count, of: "row") { number in
      ViewLink.to("./", fields.filter { $0.0 != "page" } + [("page", "\(number)")])
    }
    return List(html: "\(Self.table(Array(own), filter, query))\(pager)", problem: problem, fields: fields)
  }

  private static func filter(_ query: FormFields) -> (filter: ListedRuns.Filter, problem: String?) {
    var filter = ListedRuns.Filter()
    for word in query["q"].split(separator: " ").map(String.init) {
      if let condition = RunCondition(word) ?? RunCondition("run~\(word)") {
        filter.conditions.append(condition)
      }
    }
    let sort = query["sort"]
    let column = sort.hasPrefix("-") ? String(sort.dropFirst()) : sort
    guard !column.isEmpty else { return (filter, nil) }
    guard RunTable.columns.contains(column) else { return (filter, "There is no column '\(column)'.") }
    filter.order = column
    filter.isDescending = sort.hasPrefix("-")
    return (filter, nil)
  }

  private static func table(_ rows: [ListedRun], _ filter: ListedRuns.Filter, _ query: FormFields) -> HTML {
    let heads = columns.map { column, title -> HTML in
      let isOrder = filter.order == column
      let next = isOrder && filter.isDescending ? column : "-\(column)"
      let fields = [("q", query["q"]), ("sort", next)].filter { !$0.1.isEmpty }
      let order: HTML =
        isOrder ? (filter.isDescending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"") : ""
      return "<th scope=\"col\"\(order)><a href=\"\(ViewLink.to("./", fields))\">\(title)</a></th>"
    }
    var previous: String?
    let body = rows.map { row -> HTML in
      defer { previous = row.run.folder }
      return self.row(row, isRepeated: filter.order == nil && previous == row.run.folder)
    }
    return """
      <div class="wide"><table class="list"><thead><tr><th scope="col"><span class="hidden">Select</span></th>\(heads)
      </tr></thead><tbody>\(body)</tbody></table></div>
      """
  }

  /// A row; that of a run's second learner does not repeat what the first one says of the run.
  private static func row(_ row: ListedRun, isRepeated: Bool) -> HTML {
    let run = row.run
    func cell(_ column: Int, _ html: HTML, _ style: HTML = "") -> HTML {
      "<td data-label=\"\(columns[column].1)\"\(style)>\(html)</td>"
    }
    let number: HTML = " class=\"n\""
    let box: HTML =
      isRepeated
      ? "" : "<input type=\"checkbox\" name=\"r\" value=\"\(run.folder)\" aria-label=\"Select \(run.name)\">"
    let options = row.options.map { "\($0.name)=\($0.text)" }.joined(separator: " ")
    let name: HTML =
      isRepeated
      ? ""
      : """
      <a href="\(ViewLink.to("view", [("r", run.folder)]))">\(run.name)</a><span class="given">\(options)</span>
      """
    let state: HTML = isRepeated ? "" : badge(run.state)
    let own = { (text: String?) -> HTML in isRepeated ? "" : "\(text ?? "")" }
    let cells: [HTML] = [
      cell(0, name), cell(1, state), cell(2, own(run.model)), cell(3, "\(row.learner ?? "")"),
      cell(4, own(run.recipe)), cell(5, own(run.data)), cell(6, own(run.shots.map(String.init)), number),
      cell(7, own(run.seed), number), cell(8, accuracy(row.accuracy), number),
      cell(9, accuracy(row.newAccuracy), number), cell(10, isRepeated ? "" : time(run.started)),
    ]
    let style: HTML = isRepeated ? " class=\"again\"" : ""
    return "<tr\(style)><td class=\"box\">\(box)</td>\(cells)</tr>"
  }

  /// A run's state as a coloured word.
  static func badge(_ state: String) -> HTML { "<span class=\"state \(state)\">\(state)</span>" }

  /// A fraction in percent, with a bar as long as it is.
  private static func accuracy(_ value: Double?) -> HTML {
    guard let value else { return "" }
    return """
      <span class="meter"><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">\
      <rect class="s0 fill" width="\(Int((value * 100).rounded()))" height="4"/></svg>\
      \(String(format: "%.2f", value * 100))</span>
      """
  }

  /// A time, which the script turns into an age.
  static func time(_ started: String) -> HTML {
    guard !started.isEmpty else { return "" }
    return "<time datetime=\"\(started)\">\(started.replacing("T", with: " ").prefix(16))</time>"
  }
}
