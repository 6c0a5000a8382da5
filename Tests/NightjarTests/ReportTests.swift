import Foundation
import Testing

/// `report`: one page that needs nothing else.
@Suite struct ReportTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test func hasEverythingInOneFile() throws {
    for (name, seed) in [("a", "1"), ("b", "2")] {
      #expect(try sandbox.bench(["--out", "runs/\(name)", "--seed", seed]).status == 0)
    }
    let end = try sandbox.run("report", "a", "b")
    #expect(end.status == 0 && end.output.contains("saved report.html: 2 runs"), "\(end.errors)")
    let page = sandbox.read("report.html")
    #expect(page.hasPrefix("<!doctype html>") && page.contains("</html>"))
    for forbidden in ["<script", "http://", "https://", "src=", "@import", "url("] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
    for part in [
      "A prototypical, session 0: ", "B frozen", "role=\"img\" aria-label=", "prefers-color-scheme: dark",
      "@media print",
      "train loss", "recipe.epochs", "<b>local</b>", "shipped/models/m5.lua",
    ] { #expect(page.contains(part), "\(part)") }
    // Every element that is opened is closed.
    for element in [
      "section", "table", "tr", "td", "svg", "figure", "details", "pre", "div", "g", "text", "title",
    ] {
      let opened = page.matches(of: try Regex("<\(element)[ >]")).count
      #expect(opened == page.components(separatedBy: "</\(element)>").count - 1, "\(element)")
    }
  }

  @Test func escapesWhatRunsSay() throws {
    try sandbox.write(
      "local nj = require 'nightjar' -- <script>alert(1)</script>\nnj.run.log('<img src=x>', 1, 1)",
      to: "s.lua")
    #expect(try sandbox.run("s.lua", "--out", "runs/r", "--set", "<b>=\"&\"").status == 0)
    #expect(try sandbox.run("report", "r", "--out", "r.html").status == 0)
    let page = sandbox.read("r.html")
    #expect(!page.contains("<script>alert") && !page.contains("<img"))
    #expect(page.contains("&lt;script&gt;alert(1)") && page.contains("&lt;img src=x&gt;"))
  }

  @Test func replacesNothingUnasked() throws {
    try sandbox.write("require('nightjar').run.log('a', 1, 1)", to: "s.lua")
    #expect(try sandbox.run("s.lua", "--out", "runs/r").status == 0)
    try sandbox.write("mine", to: "report.html")
    let refused = try sandbox.run("report", "r")
    #expect(refused.status == 2 && refused.errors.contains("exists already"), "\(refused.errors)")
    #expect(sandbox.read("report.html") == "mine")
    #expect(try sandbox.run("report", "r", "--overwrite").status == 0)
    #expect(try sandbox.run("report", "none", "--overwrite").status == 2)
  }
}
