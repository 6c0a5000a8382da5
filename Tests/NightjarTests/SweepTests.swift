import Foundation
import TestSupport
import Testing

/// `sweep`: every combination, decided by validation data, and one test.
@Suite struct SweepTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func sweep(_ arguments: [String]) throws -> Sandbox.Outcome {
    // The tiny data has one validation clip of each base word.
    try sandbox.run(
      ["sweep"] + TinySpeech.fast + arguments, environment: ["XDG_CACHE_HOME": TinySpeech.cache])
  }

  private var folder: String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: sandbox.path("runs"))) ?? []
    return "runs/" + (names.first { $0.hasSuffix("-sweep") } ?? "")
  }

  @Test func decidesByValidationDataAndTestsOnce() throws {
    let end = try sweep(["--grid", "learner=frozen,cosine", "--grid", "task.shots=1,2"])
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.output.contains("best on validation data: --learner cosine --set task.shots="))
    #expect(end.output.contains("The test, run once with the best point:"))
    #expect(
      end.output.contains(
        "(validation), data; mfcc, m5, cross_entropy; 2 ways, 1 or 2 shots, 2 sessions; seed 1, 2 repeats"))
    let rows = sandbox.read(folder + "/points.csv").split(separator: "\n")
    #expect(rows.count == 5 && rows[1].contains(",cosine,"))
    #expect(
      rows[0]
        == "data,model,encoder,recipe,ways,shots,sessions,repeats,seeds,learner,task.shots,accuracy,accuracy_new,"
        + "run,failure")
    #expect(sandbox.exists(folder + "/points-figure.txt"))
    #expect(sandbox.runs.count { $0.contains("-sweep-point") } == 4)
    #expect(sandbox.runs.count { $0.contains("-sweep-test") } == 1)
    let listed = try sandbox.run("runs", "list", "--where", "data~validation").output
    #expect(listed.split(separator: "\n").count == 2 + 4)
  }

  @Test func processesShareTheRepeatsOfAPoint() throws {
    let arguments = ["--grid", "task.shots=1,2", "--learner", "cosine", "--repeats", "3"]
    let processes = ["--processes", "2"]
    var tables: [String] = []
    for own in [[], processes] {
      let other = try Sandbox()
      let end = try other.run(
        ["sweep"] + TinySpeech.fast.filter { $0 != "--quiet" } + arguments + own,
        environment: ["XDG_CACHE_HOME": other.path("cache")])
      #expect(end.status == 0, "\(end.errors)")
      // Two points and the test.
      let shared = end.errors.components(separatedBy: "cosine, 2 processes: 3 repeats").count - 1
      #expect(shared == (own.isEmpty ? 0 : 3), "\(end.errors)")
      #expect(!end.errors.contains("did not deliver"))
      let folder = try #require(
        FileManager.default.contentsOfDirectory(atPath: other.path("runs")).first { $0.hasSuffix("-sweep") })
      tables.append(
        other.read("runs/\(folder)/points.csv").replacing(try Regex("[0-9-]+-sweep-point"), with: ""))
    }
    #expect(tables[0] == tables[1] && tables[0].contains("cosine"))
  }

  @Test func printsJSON() throws {
    struct Printed: Decodable {
      struct Point: Decodable {
        let learner: String
        let accuracy: Double?
        let failure: String?
      }
      struct Best: Decodable {
        let point: [String]
        let learner: String
        let accuracy: Double
      }
      struct Test: Decodable {
        struct Results: Decodable { let task: String }
        let run: String
        let results: Results
      }
      let sweep: String
      let complete: Bool
      let points: [Point]
      let best: Best?
      let test: Test?
    }
    func printed(_ end: Sandbox.Outcome) throws -> Printed {
      try JSONDecoder().decode(Printed.self, from: Data(end.output.utf8))
    }
    let end = try sweep(["--json", "--grid", "learner=frozen,cosine"])
    #expect(end.status == 0, "\(end.errors)")
    let all = try printed(end)
    #expect(all.sweep == folder && all.complete && all.points.count == 2)
    #expect(all.best?.point == ["--learner", "cosine"] && all.best?.accuracy == all.points[0].accuracy)
    #expect(all.test?.results.task == "keyword_fscil" && all.test?.run == folder + "-test")
    #expect(sandbox.exists(folder + "/points-figure.txt"))
    let failed = try sweep(["--grid", "task.shots=1000", "--learner", "cosine", "--json"])
    #expect(failed.status == 1 && failed.errors.contains("the point failed"))
    let nothing = try printed(failed)
    #expect(nothing.best == nil && nothing.points.count == 1)
    #expect(nothing.points[0].accuracy == nil && nothing.points[0].failure?.isEmpty == false)
  }

  @Test func aPointThatFailsDoesNotStopTheOthers() throws {
    let end = try sweep(["--grid", "task.shots=1,1000", "--learner", "cosine", "--no-test"])
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.errors.contains("point 2 failed"))
    let rows = sandbox.read(folder + "/points.csv").split(separator: "\n")
    #expect(rows.count == 3 && rows[1].contains(",cosine,1,") && rows[2].hasPrefix(",,,,,,,,,,1000,,,,"))
    let nothing = try sweep(["--grid", "task.shots=1000", "--learner", "cosine"])
    #expect(nothing.status == 1 && nothing.errors.contains("the point failed"), "\(nothing.errors)")
  }

  @Test func drawsSomeOfTheGrid() throws {
    let arguments = [
      "--grid", "task.shots=1,2", "--grid", "learner=cosine,prototypical", "--random", "2", "--no-test",
    ]
    #expect(try sweep(arguments).status == 0)
    #expect(sandbox.runs.count { $0.contains("-sweep-point") } == 2)
  }

  @Test func halvesThePointsAsTheBudgetGrows() throws {
    let end = try sweep([
      "--grid", "recipe.lr=0.0001,0.001,0.01,0.03", "--learner", "cosine", "--halving", "repeats=1,2,4",
      "--no-check",
    ])
    #expect(end.status == 0, "\(end.errors)")
    let rows = sandbox.read(folder + "/points.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    // The data's name has a comma.
    #expect(rows.dropFirst().map { $0[8] } == ["4", "2", "2", "1", "1", "1", "1"])
    let best = try #require(rows.dropFirst().first?[11])
    #expect(end.output.contains("best on validation data: --set recipe.lr=\(best) --repeats 4, cosine"))
    #expect(sandbox.runs.count { $0.contains("-sweep-point") } == 7)
  }

  @Test func goesOnWhereItWasKilled() throws {
    let arguments = ["--grid", "learner=frozen,cosine", "--grid", "task.shots=1,2"]
    #expect(try sweep(arguments).status == 0)
    let whole = sandbox.read(folder + "/points.csv")
    for name in sandbox.runs { try FileManager.default.removeItem(atPath: sandbox.path("runs/" + name)) }
    try FileManager.default.removeItem(atPath: sandbox.path(folder))
    let words = ["sweep"] + TinySpeech.fast.filter { $0 != "--quiet" } + arguments
    let killed = try sandbox.run(words, environment: ["XDG_CACHE_HOME": TinySpeech.cache]) { process in
      eventually { !process.isRunning || sandbox.read("stderr").contains("point 3 of 4") }
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(killed.status == SIGKILL)
    let end = try sandbox.run("sweep", "--resume", environment: ["XDG_CACHE_HOME": TinySpeech.cache])
    #expect(end.status == 0 && !end.errors.contains("point 1 of 4"), "\(end.errors)")
    #expect(end.output.contains("The test, run once with the best point:"))
    func withoutNames(_ text: String) -> String { text.replacing(/,[^,]*-sweep-point-\d+,/, with: ",") }
    #expect(withoutNames(sandbox.read(folder + "/points.csv")) == withoutNames(whole))
    let again = try sandbox.run("sweep", "--resume", environment: ["XDG_CACHE_HOME": TinySpeech.cache])
    #expect(again.status == 2 && again.errors.contains("no sweep in ./runs was interrupted"))
  }

  /// A point that another process runs has not failed.
  @Test func twoProcessesDoNotRunOneSweep() throws {
    let cache = ["XDG_CACHE_HOME": TinySpeech.cache]
    let arguments = ["--grid", "task.shots=1,2", "--learner", "finetune", "--repeats", "100000"]
    _ = try sandbox.run(["sweep"] + TinySpeech.fast + arguments, environment: cache) { process in
      for _ in 0..<2000 where process.isRunning && !sandbox.runs.contains(where: { $0.contains("point-1") }) {
        usleep(5_000)
      }
      let point = sandbox.runs.first { $0.contains("point-1") } ?? ""
      for _ in 0..<2000 where process.isRunning && !sandbox.exists("runs/\(point)/settings.json") {
        usleep(5_000)
      }
      let second = try? sandbox.run("sweep", "--resume", environment: cache)
      #expect(
        second?.status == 2 && second?.errors.contains("is still running") == true, "\(second?.errors ?? "")")
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(!sandbox.read(folder + "/sweep.json").contains("still running"))
  }

  @Test func withoutSlurmNothingIsBegun() throws {
    let arguments = ["--grid", "task.shots=1,2", "--engine", "slurm"]
    let end = try sandbox.run(["sweep"] + TinySpeech.fast + arguments, environment: ["PATH": "/nowhere"])
    #expect(end.status == 3 && end.errors.contains("Slurm's sbatch is not on PATH"), "\(end.errors)")
    #expect(!sandbox.exists("runs"))
  }

  @Test(arguments: [
    (["--grid", "a=1,2", "--halving", "repeats=2,2"], "twice"),
    (["--grid", "a=1,2", "--halving", "repeats=4,2"], "no list of budgets"),
    (["--grid", "a=1,2", "--halving", "a=1,2"], "in the grid and the budget"),
    (["--grid", "a=1,2", "--slurm", "--mem=1G"], "add --engine slurm"),
    (["--grid", "a=1,2", "--engine", "slurm", "--slurm", "--array=1-9"], "--array=%8"),
    (["--grid", "a=1,2", "--engine", "slurm", "--slurm", "--wrap=true"], "sets --wrap itself"),
    (["--grid", "a=1,2", "--engine", "slurm", "--slurm", "short"], "no option of sbatch"),
    (["--grid", "a=1,2", "--engine", "slurm", "--slurm", "--comment='a"], "a quote without end"),
    (["--grid", "a=1,2", "--resume"], "as it was started"),
    (["--grid", "lr"], "has no values to try"), (["--grid", "a=1,1"], "twice"),
    (["--grid", "a=1", "--out", "x"], "a sweep takes no --out"),
    (["--grid", "a=1", "--json-lines"], "a sweep takes no --json-lines"),
    ([], "nothing says which values to try"),
  ])
  func namesTheMistake(_ arguments: [String], _ text: String) throws {
    let end = try sweep(arguments)
    #expect(end.status == 2 && end.errors.contains(text), "\(end.errors)")
    #expect(!sandbox.exists("runs"))
  }
}
