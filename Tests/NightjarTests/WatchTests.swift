import Foundation
import TestSupport
import Testing

/// `nightjar watch`: scripts and benches that run again after every save.
@Suite struct WatchTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// A step of a session: waits until the command has printed `text`, then changes files.
  private typealias Step = (text: String, then: (Sandbox) throws -> Void)

  /// Runs a watch, takes the steps, and ends it by Ctrl-C.
  private func watch(
    _ arguments: [String], environment: [String: String] = [:], _ steps: [Step], last: String
  ) throws -> Sandbox.Outcome {
    try sandbox.run(["watch"] + arguments, environment: environment) { process in
      func wait(_ text: String) {
        func isPrinted() -> Bool {
          (sandbox.read("stdout") + sandbox.read("stderr")).components(separatedBy: text).count > 1
        }
        eventually { !process.isRunning || isPrinted() }
      }
      for step in steps {
        wait(step.text)
        usleep(150_000)
        try? step.then(sandbox)
      }
      wait(last)
      kill(process.processIdentifier, SIGINT)
      eventually { !process.isRunning }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }

  @Test func aScriptRunsAgainAfterEditsOfItAndOfItsModules() throws {
    try sandbox.write("print('sum', require('lib.two') + 1)", to: "a.lua")
    try sandbox.write("return 2", to: "lib/two.lua")
    let end = try watch(
      ["a.lua"],
      [
        ("sum\t3\n", { try $0.write("return 20", to: "lib/two.lua") }),
        ("sum\t21\n", { try $0.write("print('product', require('lib.two') * 2)", to: "a.lua") }),
        // An editor that writes another file and renames it.
        (
          "product\t40\n",
          {
            try $0.write("return 7", to: "lib/.two.lua.swp")
            rename($0.path("lib/.two.lua.swp"), $0.path("lib/two.lua"))
          }
        ),
      ], last: "product\t14\n")
    #expect(end.status == 130)
    #expect(end.output.contains("  lib/two.lua ──") && end.output.contains("  a.lua ──"), "\(end.output)")
    #expect(end.errors.contains("reloaded in ") && end.errors.contains(" after the save"), "\(end.errors)")
  }

  @Test func brokenEditsLeaveTheSessionAlive() throws {
    try sandbox.write("print('first')", to: "a.lua")
    let end = try watch(
      ["a.lua"],
      [
        ("first\n", { try $0.write("print('half", to: "a.lua") }),
        ("a.lua:1: unfinished string", { try $0.write("print(missing.field)", to: "a.lua") }),
        (
          "a.lua:1: attempt to index a nil value",
          { try FileManager.default.removeItem(atPath: $0.path("a.lua")) }
        ),
        ("a.lua: no such file", { try $0.write("print(require('later'))", to: "a.lua") }),
        ("no module 'later'", { try $0.write("return 'found'", to: "later.lua") }),
        // Saved again while it loops: no limit has to be waited for.
        ("found\n", { try $0.write("print('looping') while true do end", to: "a.lua") }),
        ("looping\n", { try $0.write("print('last')", to: "a.lua") }),
      ], last: "last\n")
    #expect(end.status == 130)
    #expect(end.errors.contains("the result above is that of the last run without an error"), "\(end.errors)")
    #expect(end.errors.contains("a file was saved meanwhile"), "\(end.errors)")
  }

  @Test func aLoopEndsAtItsLimit() throws {
    try sandbox.write("print('ready')", to: "a.lua")
    let end = try watch(
      ["a.lua", "--limit", "time=500ms"],
      [
        ("ready\n", { try $0.write("while true do end", to: "a.lua") }),
        ("time: the script ran longer", { try $0.write("print('alive')", to: "a.lua") }),
      ], last: "alive\n")
    #expect(end.status == 130, "\(end.errors)")
  }

  @Test func theRunsOfASessionShareAFolder() throws {
    func script(_ text: String) -> String {
      "local nj = require 'nightjar' nj.run.save('x', '\(text)') print('saved \(text)')"
    }
    try sandbox.write(script("one"), to: "a.lua")
    let end = try watch(
      ["a.lua"], [("saved one\n", { try $0.write(script("two"), to: "a.lua") })], last: "saved two\n")
    #expect(end.status == 130, "\(end.errors)")
    #expect(sandbox.runs.count == 1)
    #expect(sandbox.read("runs/\(sandbox.runs.first ?? "")/x.txt") == "two")
  }

  /// A learner that predicts one class for every sample, once that class has been seen.
  private static func learner(_ label: String) -> String {
    """
    local nj = require "nightjar"
    return nj.learner { name = "mine", summary = "s", api = 1,
      start = function(self, base) self.classes = base.model.classes end,
      learn = function() end,
      scores = function(self, features)
        local scores = nj.zeros { features:size(1), self.classes }
        scores[{ {}, \(label) }] = 1
        return scores
      end,
    }
    """
  }

  @Test func aLearnersEditShowsTheNewCurveBesideTheOldOne() throws {
    try sandbox.write(Self.learner("1"), to: "plugins/learners/mine.lua")
    let bench = TinySpeech.fast.filter { $0 != "--quiet" } + ["--learner", "mine,frozen"]
    let end = try watch(
      bench, environment: ["XDG_CACHE_HOME": TinySpeech.cache],
      [
        ("waiting for a file", { try $0.write(Self.learner("5"), to: "plugins/learners/mine.lua") }),
        ("mine, before", { try $0.write(Self.learner("5 +"), to: "plugins/learners/mine.lua") }),
        (
          "the result above is that",
          { try $0.write(Self.learner("(5)"), to: "plugins/learners/mine.lua") }
        ),
      ], last: "every accuracy and every measure is as before")
    #expect(end.status == 130)
    #expect(end.output.contains("mine, all words"), "\(end.output)")
    #expect(end.output.contains("── "), "\(end.output)")
    #expect(end.errors.contains("plugins/learners/mine.lua:7: "), "\(end.errors)")
    // The unchanged learner runs once, the edited one three times.
    #expect(end.errors.components(separatedBy: "frozen: 2 repeats").count == 2, "\(end.errors)")
    #expect(sandbox.runs.count == 1)
  }

  @Test func aMetricsEditShowsItsNumbersBeforeAndNow() throws {
    func metric(_ number: Int) -> String {
      """
      local nj = require "nightjar"
      return nj.metric { name = "count", summary = "s", api = 1, start = function() end, update = function() end,
        value = function() return \(number) end }
      """
    }
    try sandbox.write(metric(1), to: "plugins/metrics/count.lua")
    let bench = TinySpeech.fast.filter { $0 != "--quiet" } + ["--learner", "frozen", "--metric", "count"]
    let end = try watch(
      bench, environment: ["XDG_CACHE_HOME": TinySpeech.cache],
      [("waiting for a file", { try $0.write(metric(2), to: "plugins/metrics/count.lua") })],
      last: "after the save")
    #expect(end.status == 130)
    #expect(end.output.contains("frozen   count         1    2"), "\(end.output)")
  }

  /// Command lines that no save can correct.
  static let mistakes: [(arguments: [String], status: Int32, says: String)] = [
    (["doctor"], 2, "only scripts and benches are watched"),
    (["-e", "1"], 2, "there is no file to watch"),
    (["-"], 2, "there is no file to watch"),
    (["bench", "--json"], 2, "--json has no place in a watch"),
    (["plugins", "test"], 2, "nightjar plugins test --watch"),
    (["none.lua"], 3, "none.lua: no such file"),
    (["bench", "--learner", "none"], 2, "no learner plugin named 'none'"),
    (["bench", "--repeats", "0"], 2, "expected an integer"),
  ]

  @Test(arguments: mistakes) func refuses(_ c: (arguments: [String], status: Int32, says: String)) throws {
    let end = try sandbox.run(["watch"] + c.arguments)
    #expect(end.status == c.status, "\(end.errors)")
    #expect(end.errors.contains(c.says), "\(end.errors)")
    #expect(try sandbox.run("watch", "bench", "--help").output.contains("USAGE: nightjar bench"))
    #expect(try sandbox.run("watch").output.contains("nightjar watch study.lua"))
  }
}
