import Experiments
import Foundation
import RunStore
import Support
import TestSupport
import Testing

/// What is known of a bench while it goes on.
@Suite struct ProgressTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var file: String { folder.path + "/progress.csv" }

  @Test func readsTheRepeatsThatAreDone() throws {
    let log = ProgressLog(run: folder.path)
    #expect(LearnerProgress.read(run: folder.path) == [])
    try log.add(learner: "knn:k=3, \"near\"", repeat: 1, all: [0.9, 0.8, 0.7], new: [0.6, 0.5])
    // The first one is there at once.
    #expect(LearnerProgress.read(run: folder.path).count == 1)
    try log.add(learner: "knn:k=3, \"near\"", repeat: 2, all: [0.8, 0.7, 0.6], new: [0.5, 0.4])
    try log.add(learner: "frozen", repeat: 1, all: [1], new: [])
    try log.flush()
    #expect(
      LearnerProgress.read(run: folder.path) == [
        progress("knn:k=3, \"near\"", [[0.9, 0.8, 0.7], [0.8, 0.7, 0.6]], [[0.6, 0.5], [0.5, 0.4]]),
        progress("frozen", [[1]], []),
      ])
    log.remove()
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  @Test func leavesOutARepeatThatAKillHasCutShort() throws {
    let whole = "learner,repeat,session,accuracy,accuracy_new\na,1,0,0.9,\na,1,1,0.8,0.7\n"
    for rest in ["a,2,0,0.9,\n", "a,2,0,0.9,\na,2,1,0.", "a,2,", "garbage\n", "a,2,1,0.5,0.5\n"] {
      try Data((whole + rest).utf8).write(to: URL(fileURLWithPath: file))
      #expect(LearnerProgress.read(run: folder.path) == [progress("a", [[0.9, 0.8]], [[0.7]])], "\(rest)")
    }
  }

  @Test func aRunThatIsStartedAgainBeginsAgain() throws {
    try ProgressLog(run: folder.path).add(learner: "old", repeat: 1, all: [0.5], new: [])
    try ProgressLog(run: folder.path).add(learner: "new", repeat: 1, all: [0.5], new: [])
    #expect(LearnerProgress.read(run: folder.path).map(\.learner) == ["new"])
  }

  @Test func isInTheStoreWhileTheRunGoesOn() throws {
    let root = folder.path + "/runs"
    try FileManager.default.createDirectory(atPath: root + "/r", withIntermediateDirectories: true)
    let run = try RunFolder(opening: root + "/r")
    var settings = RunSettings(command: ["nightjar", "bench"], seed: 7, started: "2026-11-30T10:00:00Z")
    let done = try SampleResults.make()
    settings.experiment = RunExperiment(
      task: done.task, model: done.model, recipe: done.recipe, encoder: done.encoder, learners: ["a"],
      tests: [],
      metrics: [], data: done.data, repeats: 20)
    try run.write(settings)
    try run.progress.add(learner: "a", repeat: 1, all: [1, 0.5], new: [0.25])
    let catalog = RunCatalog(root: root, console: Console(quiet: true), environment: [:])
    func learners() throws -> [StoredLearner]? { try catalog.reading { try $0.entry(folder: "r")?.learners } }
    #expect(
      try learners() == [
        StoredLearner(name: "a", accuracy: 0.75, newAccuracy: 0.25, all: [[1, 0.5]], new: [[0.25]])
      ])
    let results = try #require(BenchResults.read(run: root + "/r"))
    #expect(results.incomplete != nil && results.repeats == 20 && results.learners[0].all.repeats == 1)
    // What is complete counts, whatever a run has left behind.
    try run.write(done)
    #expect(try learners()?.map(\.name) == done.learners.map(\.name))
  }

  private func progress(_ learner: String, _ all: [[Double]], _ new: [[Double]]) -> LearnerProgress {
    LearnerProgress(learner: learner, all: all, new: new)
  }
}
