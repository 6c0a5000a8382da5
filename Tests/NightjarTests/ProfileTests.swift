import Foundation
import Testing

/// `--profile`: what lines, plugins and layers cost.
@Suite struct ProfileTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test func theReceiptNamesLinesFilesAndLayers() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      local x = nj.ones { 100, 100 }
      local sum = 0
      for i = 1, 100 do
        for j = 1, 100 do
          sum = sum + x[{ i, j }]
        end
      end
      local model = nj.nn.Sequential { nj.nn.Linear(100, 10), nj.nn.ReLU() }
      print(sum, model(x):sum():item() ~= nil)
      """, to: "a.lua")
    let plain = try sandbox.run("a.lua")
    let end = try sandbox.run("a.lua", "--profile")
    #expect(end.status == 0 && end.output == plain.output, "\(end.errors)")
    let lines = end.errors.split(separator: "\n").map(String.init)
    #expect(lines.count { $0.hasPrefix("Cost by line") } == 1)
    let read = try #require(lines.first { $0.hasPrefix("a.lua:6 ") }, "\(end.errors)")
    #expect(read.contains(" 10000  x[i]"), "\(read)")
    #expect(lines.contains { $0.hasPrefix("network ") && $0.contains("Sequential") }, "\(end.errors)")
    #expect(lines.contains { $0.hasPrefix("0 ") && $0.contains("Linear(100, 10") && $0.hasSuffix("1010") })
    #expect(
      end.errors.contains("Hint: a.lua line 6 crosses 10000 times into x[i]: use x:index_select"),
      "\(end.errors)")
    #expect(plain.errors.isEmpty)
  }

  @Test func whatDidNotRunHasNoReceipt() throws {
    let end = try sandbox.run("bench", "--profile", "x.txt")
    #expect(end.status == 2, "\(end.errors)")
    #expect(
      end.errors.contains("the file of a trace ends in .json") && !end.errors.contains("Cost by line"),
      "\(end.errors)")
    let alone = try sandbox.run("--profile", "x.txt").errors
    #expect(alone.contains("after '--profile'. Hint: the file of a trace ends in .json"), "\(alone)")
  }

  @Test func luasOwnTimeIsThatOfTheLinesThatRan() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      local x = nj.ones(3)
      local n = 0
      for i = 1, 2e7 do
        n = n + i % 7
      end
      print(n, x:sum())
      """, to: "a.lua")
    let end = try sandbox.run("a.lua", "--profile")
    let first = end.errors.split(separator: "\n").first { $0.hasPrefix("a.lua:") }
    #expect(first?.hasPrefix("a.lua:5 ") == true, "\(end.errors)")
  }

  @Test func aPluginHasItsTitleAndTheTraceIsChromes() throws {
    let end = try sandbox.run(
      TinySpeech.fast + ["--learner", "cosine", "--profile", "trace.json"],
      environment: ["XDG_CACHE_HOME": TinySpeech.cache])
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.errors.contains("learner/cosine (") && end.errors.contains("task/keyword_fscil ("))
    let data = try Data(contentsOf: URL(fileURLWithPath: sandbox.path("trace.json")))
    let trace = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let events = try #require(trace["traceEvents"] as? [[String: Any]])
    #expect(trace["displayTimeUnit"] as? String == "ms")
    let complete = events.filter { $0["ph"] as? String == "X" }
    #expect(complete.count > 10)
    for event in complete {
      #expect(event["name"] is String && event["cat"] is String && event["pid"] is Int && event["tid"] is Int)
      let start = try #require(event["ts"] as? Double)
      let duration = try #require(event["dur"] as? Double)
      #expect(start >= 0 && duration >= 0)
    }
    #expect(complete.contains { ($0["args"] as? [String: String])?["line"]?.contains("cosine.lua:") == true })
  }

  @Test func aWordAfterTheOptionIsAScript() throws {
    try sandbox.write("print('ran')", to: "a.lua")
    #expect(try sandbox.run("--profile", "a.lua").output == "ran\n")
    #expect(try sandbox.run("run", "--profile", "a.lua").output == "ran\n")
    let none = try sandbox.run("a.lua", "--profile", "none/t.json")
    #expect(none.status == 2 && none.output.isEmpty, "\(none.output)\(none.errors)")
  }

  /// The trials of `plugins check` and `plugins test` run in states of their own, which have one receipt.
  @Test func trialsHaveAReceipt() throws {
    #expect(try sandbox.run("plugins", "new", "learner", "mine").status == 0)
    for (command, says) in [("check", "learners/mine.lua:"), ("test", "learners/mine_test.lua:")] {
      let end = try sandbox.run("plugins", command, "--profile", "\(command).json")
      #expect(end.status == 0, "\(end.errors)")
      let lines = end.errors.split(separator: "\n")
      #expect(lines.count { $0.hasPrefix("Cost by line") } == 1, "\(end.errors)")
      #expect(lines.contains { $0.contains(says) }, "\(end.errors)")
      #expect(sandbox.read("\(command).json").contains("traceEvents"))
    }
  }
}
