import Foundation
import TestSupport
import Testing

/// What is known of a run afterwards, and that it can be run again.
@Suite struct RunRecordTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func json(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: sandbox.path(path)))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  /// A learner of the sandbox's own, with a module beside it.
  private func put(_ factor: String) throws {
    let learner = """
      local nj = require "nightjar"
      local factor = require "shared.factor"
      return nj.learner { name = "mine", summary = "noisy means", api = 1,
        start = function(self, base)
          self.means = nj.zeros { base.model.classes, base.features:size(2) }
          self:learn(base)
        end,
        learn = function(self, support)
          for _, class in ipairs(support.classes) do self.means[class] = support:of(class):mean(1):normalize() end
        end,
        scores = function(self, features) return features:matmul(self.means:t()) * factor end }
      """
    try sandbox.write(learner, to: "plugins/learners/mine.lua")
    try sandbox.write("return \(factor)", to: "plugins/shared/factor.lua")
  }

  @Test func aBenchRecordsWhatRanWithItsTypes() throws {
    #expect(try sandbox.bench(["--out", "runs/r", "--set", "task.shots=1"]).status == 0)
    let settings = try json("runs/r/settings.json")
    let options = try #require(settings["settings"] as? [[String: Any]])
    func option(_ name: String) -> [String: Any]? { options.first { $0["name"] as? String == name } }
    // Given, by default, decided by the recipe, and by the data.
    #expect(
      option("model.channels")?["value"] as? Int == 4 && option("model.channels")?["given"] as? Bool == true)
    #expect(
      option("recipe.lr")?["value"] as? Double == 0.01 && option("recipe.lr")?["given"] as? Bool == false)
    #expect(option("recipe.batch")?["value"] as? Int == 128 && option("recipe.batch")?["default"] == nil)
    #expect(option("task.shots")?["value"] as? Int == 1 && option("task.ways")?["value"] as? Int == 2)
    let experiment = try #require(settings["experiment"] as? [String: Any])
    #expect((experiment["sessions"] as? [String: Int])?["sessions"] == 2)
    #expect((experiment["data"] as? [String: Any])?["words"] as? Int == 8)
    #expect(settings["machine"] != nil && settings["git"] == nil)
    let outcome = try json("runs/r/outcome.json")
    #expect(outcome["exitCode"] as? Int == 0 && outcome["reason"] == nil)
    #expect(sandbox.read("runs/r/sources/shipped/recipes/cross_entropy.lua").contains("training.loop"))
    #expect(sandbox.exists("runs/r/sources/shipped/training/loop.lua"))
  }

  @Test func theTrainingLossIsThereFromTheCacheToo() throws {
    for name in ["a", "b"] { #expect(try sandbox.bench(["--out", name]).status == 0) }
    #expect(sandbox.read("a/scalars.csv").contains("train loss,1,"))
    #expect(sandbox.read("a/scalars.csv") == sandbox.read("b/scalars.csv"))
  }

  @Test func aRunIsRunAgainAsItWas() throws {
    try put("1")
    #expect(try sandbox.bench(["--learner", "mine", "--out", "runs/r"]).status == 0)
    try put("-1")
    #expect(try sandbox.bench(["--learner", "mine", "--out", "runs/changed"]).status == 0)
    #expect(sandbox.read("runs/r/accuracies.csv") != sandbox.read("runs/changed/accuracies.csv"))
    let shown = try sandbox.run("runs", "compare", "r", "changed").output
    #expect(shown.contains("-return 1\n+return -1\n"), "\(shown)")
    let cache = ["XDG_CACHE_HOME": TinySpeech.cache]
    for arguments in [["runs", "rerun", "runs/r"], ["runs", "rerun", "runs/r", "--fresh", "--quiet"]] {
      let again = try sandbox.run(arguments, environment: cache)
      #expect(
        again.status == 0 && again.output.contains("equal bit for bit: accuracies.csv"), "\(again.errors)")
    }
    // A copy that was edited is not what ran.
    try sandbox.write("return 3", to: "runs/r/sources/plugins/shared/factor.lua")
    let refused = try sandbox.run("runs", "rerun", "runs/r")
    #expect(refused.status == 3 && refused.errors.contains("factor.lua is not what ran"), "\(refused.errors)")
  }

  @Test func aScriptRecordsItsOptionsAndIsRunAgain() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      local options = nj.run.options { steps = { default = 3, min = 1 }, rate = { default = 0.5 } }
      for step = 1, options.steps do nj.run.log("loss", nj.randn(1):item() * options.rate, step) end
      """, to: "study.lua")
    #expect(try sandbox.run("study.lua", "--set", "steps=5", "--out", "runs/r").status == 0)
    let options = try #require(try json("runs/r/settings.json")["settings"] as? [[String: Any]])
    #expect(options.compactMap { $0["name"] as? String } == ["rate", "steps"])
    #expect(options.compactMap { $0["value"] as? Double } == [0.5, 5])
    try sandbox.write("error('changed')", to: "study.lua")
    let again = try sandbox.run("runs", "rerun", "r", "--json")
    #expect(again.status == 0 && again.output.contains("scalars.csv"), "\(again.errors)")
    let exported = try sandbox.run("runs", "export", "r", "--table", "scalars").output
    #expect(exported.split(separator: "\n").count == 6)
    #expect(exported.hasPrefix("run,task,data,model,"))
  }

  @Test func aRunThatIsKilledIsUnfinishedAndKeepsWhatItLogged() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      nj.run.log("loss", 1, 1)
      print("logged")
      local t = nj.time()
      while true do if nj.time() - t > 1.5 then t = 1e300 print("waited") end end
      """, to: "study.lua")
    var whileRunning = ""
    let end = try sandbox.run(["study.lua", "--out", "runs/r"]) { process in
      eventually { !process.isRunning || sandbox.read("stdout").contains("waited") }
      whileRunning = sandbox.read("runs/r/scalars.csv")
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(end.status == SIGKILL)
    #expect(whileRunning == "name,step,value\nloss,1,1\n", "written within a second")
    let listed = try sandbox.run("runs", "list", "--json").output
    #expect(listed.contains("\"state\" : \"unfinished\""), "\(listed)")
    #expect(try sandbox.run("runs", "delete", "r").status == 0)
  }

  /// A process stays in the table of processes until its parent has asked how it ended: here never.
  @Test func aKilledRunDoesNotRunAnyMore() throws {
    try sandbox.write(
      "require('nightjar').run.log('a', 1, 1) print 'logged' while true do end", to: "study.lua")
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.currentDirectoryURL = URL(fileURLWithPath: sandbox.folder)
    let command = "\"$0\" study.lua --out runs/r > printed 2> errors & echo $! > process; exec sleep 60"
    shell.arguments = ["-c", command, try Sandbox.program()]
    try Sandbox.launch(shell)
    defer { shell.terminate() }
    for _ in 0..<2000 where !sandbox.read("printed").contains("logged") { usleep(5_000) }
    func state() throws -> String { try sandbox.run("runs", "list", "--columns", "state").output }
    #expect(try state().contains("running"))
    let process = try #require(
      Int32(sandbox.read("process").trimmingCharacters(in: .whitespacesAndNewlines)))
    kill(process, SIGKILL)
    for _ in 0..<2000 where FileManager.default.contents(atPath: "/proc/\(process)/cmdline")?.isEmpty == false
    {
      usleep(5_000)
    }
    #expect(FileManager.default.fileExists(atPath: "/proc/\(process)"))
    #expect(try state().contains("unfinished"))
  }

  @Test func aFailedRunSaysWhy() throws {
    try sandbox.write("require('nightjar').run.log('a', 1, 1) error('unlucky')", to: "study.lua")
    #expect(try sandbox.run("study.lua", "--out", "runs/r").status == 1)
    let shown = try sandbox.run("runs", "show", "r").output
    #expect(shown.contains("runs/r: failed") && shown.contains("study.lua:1: unlucky"), "\(shown)")
    #expect(try sandbox.run("runs", "show", "r", "--source", "study").output.contains("unlucky"))
  }

  @Test func aStoreOfANewerVersionDoesNotStopARun() throws {
    #expect(try sandbox.bench(["--out", "runs/r"]).status == 0)
    try sandbox.write("not a database", to: "elsewhere.sqlite")
    let end = try sandbox.run(
      ["runs", "list"], environment: ["NIGHTJAR_STORE": sandbox.path("elsewhere.sqlite")])
    #expect(
      end.status == 0 && end.errors.contains("is damaged") && end.output.contains("m5"), "\(end.errors)")
  }

  @Test func namesTheMistake() throws {
    #expect(try sandbox.bench(["--out", "runs/r"]).status == 0)
    for (arguments, text) in [
      (["list", "--columns", "modle"], "did you mean 'model'?"),
      (["list", "--where", "model"], "is no condition"),
      (["show", "nope"], "there is no run \"nope\""), (["compare", "r"], "1 run cannot be compared"),
      (["compare", "r", "latest"], "latest: the run r is named twice"),
      (["export", "r", "--out", "runs"], "exists already"),
      (["show", "r", "--source", "x.lua"], "there is "),
      (["index", "nope"], "no such folder"),
    ] {
      let end = try sandbox.run(["runs"] + arguments)
      #expect(end.status == 2 || end.status == 3, "\(arguments)")
      #expect(end.errors.contains(text), "\(arguments): \(end.errors)")
    }
  }
}
