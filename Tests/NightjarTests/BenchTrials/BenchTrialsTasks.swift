import Foundation
import Testing

/// Tasks that are not few-shot learning.
@Suite struct BenchTrialsTasks {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func bench(_ task: String, _ returned: String) throws -> Sandbox.Outcome {
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.task { name = "\(task)", summary = "s", api = 1, run = function(self, context)
        return \(returned)
      end }
      """, to: "plugins/tasks/\(task).lua")
    return try sandbox.run(
      "bench", task, "--data", TinySpeech.data, "--no-check", "--out", "r",
      environment: ["XDG_CACHE_HOME": TinySpeech.cache])
  }

  @Test func whatATaskMeasuresIsWritten() throws {
    let end = try bench(
      "counting",
      """
      { metrics = { clips = context.data:count("test"), error = { 0.25, 0.5, 0.75 }, cost = { reads = 3 } },
        curves = { loss = { 3, 2, 1 }, falls = nj.tensor { { 1, 2 }, { 3, 4 } } },
        tables = { words = { { word = "yes", clips = 2 }, { word = "no", clips = 3 } } },
        figures = { losses = nj.plot.lines { x = { 1, 2 }, y = { 2, 1 } } },
        failures = { energy = "no meter" } }
      """)
    #expect(end.status == 1 && end.errors.contains("the results lack energy"), "\(end.errors)")
    #expect(end.output.contains("clips") && end.output.contains("cost.reads"))
    let results = try sandbox.results("r")
    #expect(
      results["metrics"] as? [String: [Double]] == [
        "clips": [12], "error": [0.25, 0.5, 0.75], "cost.reads": [3],
      ])
    #expect(
      results["curves"] as? [String: [[Double]]] == ["loss": [[3, 2, 1]], "falls": [[1, 2], [3, 4]]])
    #expect(results["repeats"] as? Int == 3)
    let table = try String(contentsOfFile: sandbox.path("r/words.csv"), encoding: .utf8)
    #expect(table == "clips,word\n2,yes\n3,no\n")
    #expect(FileManager.default.fileExists(atPath: sandbox.path("r/losses.txt")))
  }

  @Test(arguments: [
    ("4", "expected a table, or the results of nj.fscil.run"),
    ("{}", "metrics and curves are empty"),
    ("{ metric = { a = 1 } }", "'metric' is not one of curves, failures, figures, metrics, tables"),
    ("{ metrics = { 1, 2 } }", "metrics is a list, expected named values"),
    ("{ metrics = { a = 0 / 0 } }", "metrics.a is NaN"),
    ("{ metrics = { a = {} } }", "metrics.a is a table"),
    ("{ metrics = { a = { 1, 'b' } } }", "metrics.a has a string among its numbers"),
    ("{ curves = { a = { { 1 }, { 1 / 0 } } } }", "curves.a is infinite"),
    ("{ metrics = { a = 1 }, tables = { t = 3 } }", "tables.t is a number, expected rows"),
    ("{ metrics = { a = 1 }, figures = { f = {} } }", "figures.f is a table, expected a figure of nj.plot"),
    ("{ metrics = { a = 1 }, failures = { b = 1 } }", "failures.b is a number, expected the reason"),
  ])
  func anythingElseIsExplained(_ returned: String, _ message: String) throws {
    let end = try bench("odd", returned)
    #expect(end.status == 1 && end.errors.contains(message), "\(end.errors)")
    #expect(end.errors.contains("plugins/tasks/odd.lua:"))
  }
}
