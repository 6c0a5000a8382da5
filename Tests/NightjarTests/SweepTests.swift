import Foundation
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

  @Test func aPointThatFailsDoesNotStopTheOthers() throws {
    let end = try sweep(["--grid", "task.shots=1,1000", "--learner", "cosine", "--no-test"])
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.errors.contains("point 2 failed"))
    let rows = sandbox.read(folder + "/points.csv").split(separator: "\n")
    #expect(rows.count == 3 && rows[1].contains(",cosine,1,") && rows[2].hasPrefix(",,,,,,,,,,1000,,,,"))
    let nothing = try sweep(["--grid", "task.shots=1000", "--learner", "cosine"])
    #expect(nothing.status == 1 && nothing.errors.contains("each of the 1 point failed"), "\(nothing.errors)")
  }

  @Test func drawsSomeOfTheGrid() throws {
    let arguments = [
      "--grid", "task.shots=1,2", "--grid", "learner=cosine,prototypical", "--random", "2", "--no-test",
    ]
    #expect(try sweep(arguments).status == 0)
    #expect(sandbox.runs.count { $0.contains("-sweep-point") } == 2)
  }

  @Test(arguments: [
    (["--grid", "lr"], "has no values to try"), (["--grid", "a=1,1"], "twice"),
    (["--grid", "a=1", "--out", "x"], "a sweep takes no --out"), ([], "has no values to try"),
  ])
  func namesTheMistake(_ arguments: [String], _ text: String) throws {
    let end = try sweep(arguments)
    #expect(end.status == 2 && end.errors.contains(text), "\(end.errors)")
    #expect(!sandbox.exists("runs"))
  }
}
