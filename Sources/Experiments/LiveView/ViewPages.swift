import Foundation
import Support

/// The pages of the live view.
struct ViewPages: Sendable {
  let list: ListedRuns
  let library: RunLibrary
  let started: StartedRuns
  /// The command that benches are started with.
  let program: String

  /// Answers a request for a page, by its path below the token.
  func get(_ path: String, _ query: FormFields) async throws -> ViewAnswer {
    do {
      switch path {
      case "": return try await runList(query)
      case "view": return await runs(query)
      case "values": return await values(query)
      case "new": return try await form(query)
      case "command": return try await commandLine(query)
      case "plugins": return try await plugins(query)
      case "report": return try await report(query)
      case "api/runs": return try await runListJSON(query)
      case "api/values": return try await valuesJSON(query)
      case "style.css": return ViewAnswer(type: "text/css", body: ReportStyle.sheet.source + ViewStyle.sheet)
      case "view.js": return ViewAnswer(type: "text/javascript", body: ViewScript.text)
      default: return Self.page(status: 404, "Not found", problem: "There is no page \"\(path)\".")
      }
    } catch let error as any NightjarError {
      return Self.page(status: 500, "Error", problem: error.description)
    }
  }

  /// Answers a form.
  func post(_ path: String, _ form: FormFields) async throws -> ViewAnswer {
    do {
      switch path {
      case "start": return try await start(form)
      case "stop": return try await stop(form)
      case "resume": return try await resume(form)
      case "dismiss": return await dismiss(form)
      default: return Self.page(status: 404, "Not found", problem: "There is no action \"\(path)\".")
      }
    } catch let error as any NightjarError {
      return Self.page(status: 500, "Error", problem: error.description)
    }
  }

  /// What has changed on the page with this query since the call before.
  func events(_ query: FormFields) async -> @Sendable () async -> [SectionUpdate] {
    let folders = query.all("r")
    let last = LastState()
    return { folders.isEmpty ? await listUpdates(query, last) : await runUpdates(query, folders, last) }
  }

  /// What a client was sent last.
  actor LastState {
    private var sent: [String: String] = [:]

    /// Notes a value; true if it differs from the one before, or is the first.
    ///
    /// What a page had when it was loaded is not known here: at first everything is sent.
    func hasChanged(_ key: String, to value: String) -> Bool { sent.updateValue(value, forKey: key) != value }
  }

  /// A page of a title and a body; `current` is the page that the navigation marks.
  static func page(
    status: Int = 200, _ title: String, current: String = "", events: String? = nil, header: HTML = "",
    _ body: HTML
  ) -> ViewAnswer {
    let links = [("./", "Runs"), ("new", "New run"), ("plugins", "Plugins")].map { target, name -> HTML in
      let mark: HTML = target == current ? " aria-current=\"page\"" : ""
      return "<a href=\"\(target)\"\(mark)>\(name)</a>"
    }
    let source: HTML = events.map { " data-events=\"\($0)\"" } ?? ""
    let page: HTML = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title) – Nightjar</title><link rel="stylesheet" href="style.css"><link rel="icon" href="data:,">
      <script src="view.js" defer></script></head>
      <body\(source)><a class="skip" href="#main">Skip to the content</a>
      <header class="bar"><a class="brand" href="./">Nightjar</a><nav aria-label="Pages">\(links)</nav>
      <span id="connection" role="status"></span>
      <button type="button" id="theme" aria-label="Switch between light and dark">◐</button></header>
      <main id="main" tabindex="-1"><div class="title"><h1>\(title)</h1>\(header)</div>
      \(body)
      </main></body></html>

      """
    return ViewAnswer(status: status, body: page.source)
  }

  /// A page that says what is wrong.
  static func page(status: Int, _ title: String, problem: String) -> ViewAnswer {
    page(
      status: status, title,
      "<p class=\"problem\" role=\"alert\">\(problem)</p><p><a href=\"./\">All runs</a></p>")
  }

  /// A page number of a query, from 1.
  static func pageNumber(_ query: FormFields) -> Int { min(max(Int(query["page"]) ?? 1, 1), 1_000_000_000) }

  /// Links to the page before and after, and what is shown of how much.
  static func pager(
    _ page: Int, size: Int, total: Int, of noun: String, link: (Int) -> String
  ) -> HTML {
    guard total > 0 else { return "" }
    let last = (total + size - 1) / size
    let first = min((page - 1) * size + 1, total)
    let previous: HTML = page > 1 ? "<a rel=\"prev\" href=\"\(link(page - 1))\">← Previous</a>" : ""
    let next: HTML = page < last ? "<a rel=\"next\" href=\"\(link(page + 1))\">Next →</a>" : ""
    return """
      <nav class="pager" aria-label="Pages of \(noun)">\(previous)
      <span>\(first)–\(min(page * size, total)) of \(noun.counted(total))</span>\(next)</nav>
      """
  }
}
