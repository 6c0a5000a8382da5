import Foundation
import Testing

/// A plugin that fails does not end the run, and partial results are saved when the run ends early.
@Suite struct BenchTrialsIsolation {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func put(_ kind: String, _ name: String, _ text: String) throws {
    try sandbox.write(FaultCase(kind, name, text).source, to: "plugins/\(kind)s/\(name).lua")
  }

  /// Learners of a run's results, with their accuracies.
  private func learners(_ run: String) throws -> [String: NSArray] {
    let found = try sandbox.results(run)["learners"] as? [[String: Any]] ?? []
    return Dictionary(
      uniqueKeysWithValues: found.compactMap { learner in
        guard let name = learner["name"] as? String, let all = learner["all"] as? NSArray else { return nil }
        return (name, all)
      })
  }

  private func failures(_ run: String) throws -> [String: String] {
    try sandbox.results(run)["failures"] as? [String: String] ?? [:]
  }

  /// The code of a learner, the limits, and parts of the message about it.
  static let mistakes = [
    FaultCase(
      "learner", "raises", "learn = function() error('unlucky') end", "plugin learner/raises: ",
      "raises.lua:4: unlucky", "in the function at line 4"),
    FaultCase(
      "learner", "breaks", "learn = function() nj.data.words {} end", "plugin learner/breaks: ",
      "breaks.lua:4: words", "a learner sees base and support samples"),
    FaultCase(
      "learner", "shapeless", "scores = function() return nj.zeros { 3, 3 } end",
      "plugin learner/shapeless (",
      "shapeless.lua:4): scores has shape"),
    FaultCase(
      "learner", "endless", "learn = function() while true do end end", "plugin learner/endless: ",
      "endless.lua:4: ", "call: one call of the plugin ran longer than 2 s"),
  ]

  @Test(arguments: mistakes) func leavesOutALearnerThatFails(_ c: FaultCase) throws {
    try put("learner", c.name, c.text)
    let alone = try sandbox.bench(["--out", "alone"])
    #expect(alone.status == 0, "\(alone.errors)")
    let end = try sandbox.bench([
      "--learner", "prototypical,\(c.name),frozen", "--out", "r", "--limit", "call=2s",
    ])
    #expect(end.status == 1, "\(end.errors)")
    #expect(end.errors.contains("warning: left out of the run: "))
    for text in c.says { #expect(end.errors.contains(text), "\(end.errors)") }
    #expect(
      end.errors.contains("the results lack learner/\(c.name); the reasons are above and in results.json"))
    #expect(try learners("r") == learners("alone"))
    #expect(try failures("r").keys.sorted() == ["learner/\(c.name)"])
    #expect(try sandbox.results("r")["incomplete"] == nil)
    #expect(!sandbox.read("r/accuracies.csv").contains(c.name))
    #expect(end.output.contains("prototypical") && !end.output.contains(c.name))
  }

  @Test func leavesOutAMetricWhoseCallTakesTooLong() throws {
    try put("metric", "endless", "update = function() while true do end end")
    let end = try sandbox.bench([
      "--metric", "endless", "--metric", "forgetting", "--out", "r", "--limit", "call=2s",
    ])
    #expect(end.status == 1, "\(end.errors)")
    #expect(try failures("r").keys.sorted() == ["metric/endless"])
    let found = try sandbox.results("r")["learners"] as? [[String: Any]] ?? []
    for learner in found {
      #expect((learner["failures"] as? [String: String])?.keys.sorted() == ["metric/endless"])
      #expect((learner["measures"] as? [String: [Double]])?.keys.sorted() == ["forgetting"])
    }
    let shown = try sandbox.run("runs", "show", "r").output
    #expect(shown.contains("r: done") && shown.contains("  failed   metric/endless: plugin metric/endless: "))
  }

  @Test func keepsLearnersThatAreDoneWhenALimitEndsTheRun() throws {
    try put(
      "learner", "hoarder",
      "learn = function() local t = {} while true do t[#t + 1] = ('x'):rep(9999) .. #t end end")
    let end = try sandbox.bench([
      "--learner", "prototypical,hoarder,frozen", "--out", "runs/r-keyword_fscil", "--limit",
      "lua-memory=64MiB",
    ])
    #expect(end.status == 4, "\(end.errors)")
    #expect(end.output == "" && end.errors.contains("hoarder.lua:4"))
    let run = "runs/r-keyword_fscil"
    #expect(try learners(run).keys.sorted() == ["prototypical"])
    let reason = try sandbox.results(run)["incomplete"] as? String ?? ""
    #expect(reason.contains("plugin learner/hoarder: ") && reason.contains("lua-memory"), "\(reason)")
    #expect(sandbox.read(run + "/sessions.txt").contains("2 repeats, incomplete"))
    let lines = sandbox.read(run + "/accuracies.csv").split(separator: "\n")
    #expect(lines.count == 1 + 2 * 3)
    #expect(try sandbox.run("runs", "list").output.contains("unfinished"))
    let shown = try sandbox.run("runs", "show").output
    #expect(shown.contains("  stopped  plugin learner/hoarder: ") && shown.contains("prototypical, new"))
    // Repaired, and resumed in the same folder.
    try put("learner", "hoarder", "")
    let other = try sandbox.bench(["--learner", "prototypical", "--resume"])
    #expect(
      other.status == 2 && other.errors.contains("\(run), had other options: nightjar bench"),
      "\(other.errors)")
    // Alone, it goes on with the last run, by the command that started it.
    let again = try sandbox.run(
      ["bench", "--resume", "--quiet"], environment: ["XDG_CACHE_HOME": TinySpeech.cache])
    #expect(again.status == 0, "\(again.errors)")
    #expect(sandbox.runs == ["r-keyword_fscil"])
    #expect(try sandbox.results(run)["incomplete"] == nil)
    #expect(try learners(run).keys.sorted() == ["frozen", "hoarder", "prototypical"])
    #expect(try sandbox.run("runs", "list").output.contains("done"))
    let plugins = try #require(try sandbox.results(run)["plugins"] as? [[String: String]])
    #expect(
      plugins.compactMap { $0["plugin"] }.suffix(3) == [
        "learner/prototypical", "learner/hoarder", "learner/frozen",
      ])
    #expect(plugins.contains { $0["path"] == "plugins/learners/hoarder.lua" && $0["key"]?.isEmpty == false })
  }

  @Test func keepsRepeatsThatAreDoneWhenALimitEndsTheRun() throws {
    try put(
      "metric", "third",
      "start = function(self, context) self.n = context.number end, "
        + "update = function(self) while self.n == 3 do end end")
    let end = try sandbox.bench([
      "--metric", "third", "--repeats", "5", "--out", "r", "--limit", "instructions=1e8",
    ])
    #expect(end.status == 4, "\(end.errors)")
    #expect(try learners("r").mapValues(\.count) == ["prototypical": 2])
    #expect((try sandbox.results("r")["incomplete"] as? String)?.contains("instructions") == true)
  }

  @Test func keepsWhatIsDoneWhenItIsStopped() throws {
    try put("learner", "endless", "learn = function() while true do end end")
    let arguments =
      TinySpeech.fast.filter { $0 != "--quiet" } + ["--learner", "prototypical,endless", "--out", "r"]
    let end = try sandbox.run(arguments, signal: SIGINT, after: "prototypical: 2 repeats")
    #expect(end.status == 130, "\(end.errors)")
    #expect(end.errors.contains("partial results saved in r: prototypical"))
    #expect(try learners("r").keys.sorted() == ["prototypical"])
    #expect((try sandbox.results("r")["incomplete"] as? String)?.hasPrefix("interrupted during") == true)
  }

  @Test func keepsWhatIsDoneWhenTheTaskFails() throws {
    try put(
      "task", "halfway",
      """
      nj.fscil.run { model = context:pretrain(), data = context.data, learners = context.learners }
      error("and then nothing")
      """)
    let end = try sandbox.bench(["halfway", "--out", "r"])
    #expect(end.status == 1)
    #expect(end.errors.contains("halfway.lua:5: and then nothing"))
    #expect(try learners("r").keys.sorted() == ["frozen", "prototypical"])
    #expect((try sandbox.results("r")["incomplete"] as? String)?.contains("and then nothing") == true)
  }

  @Test func aFolderOfOtherFilesIsLeftAlone() throws {
    let sandbox = try Sandbox()
    try sandbox.write("mine", to: "notes/results.json")
    let end = try sandbox.bench(["--out", "notes"])
    #expect(
      end.status == 2 && end.errors.contains("--out notes: it contains files that do not belong to a run"),
      "\(end.errors)")
    #expect(sandbox.read("notes/results.json") == "mine")
  }

  @Test func aFolderThatIsUsedAgainKeepsNothingOfTheRunBefore() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.bench(["--out", "r"]).status == 0)
    try sandbox.write("name,step,value\nold,1,0.5\n", to: "r/scalars.csv")
    #expect(sandbox.exists("r/comparisons.csv"))
    let arguments = ["--out", "r", "--learner", "cosine", "--seed", "2"]
    let refused = try sandbox.bench(arguments)
    #expect(
      refused.status == 2 && refused.errors.contains("--out r: it contains a run already")
        && refused.errors.contains("--overwrite"), "\(refused.errors)")
    let again = try sandbox.bench(arguments + ["--overwrite"])
    #expect(again.status == 0, "\(again.errors)")
    #expect(!sandbox.exists("r/comparisons.csv") && !sandbox.exists("r/comparisons.txt"))
    #expect(!sandbox.read("r/scalars.csv").contains("old"))
  }
}
