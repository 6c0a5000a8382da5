import Foundation
import GRDB
import RunStore
import TestSupport
import Testing

@Suite struct RunStoreTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/runs.sqlite" }

  init() throws { folder = try TemporaryFolder() }

  /// A run with something in every table.
  private static func entry(_ name: String, seed: String = "1", text: String = "return 1") -> RunEntry {
    var run = StoredRun(name: name, folder: name)
    run.fingerprint = "settings.json 10 1.2"
    run.state = "done"
    run.started = "2026-11-30T10:00:00Z"
    run.seed = seed
    run.model = "m5"
    run.shots = 5
    run.seconds = 1.5
    run.metric = "SMAPE"
    run.metricValue = 12.5
    var entry = RunEntry(summary: run)
    entry.settings = [
      StoredSetting(name: "model.channels", type: "integer", value: "64", defaultValue: "256", isGiven: true),
      StoredSetting(name: "recipe.epochs", type: "integer", value: "12", defaultValue: nil, isGiven: false),
      StoredSetting(name: "recipe.lr", type: "number", value: "0.01", defaultValue: "0.01", isGiven: true),
    ]
    entry.sources = [StoredSource(path: "shipped/models/m5.lua", key: "key of \(text)", text: text)]
    entry.learners = [
      StoredLearner(
        name: "prototypical", accuracy: 0.8, newAccuracy: 0.7, all: [[0.9, 0.7], [0.8, 0.8]],
        new: [[0.6], [0.8]]),
      StoredLearner(name: "frozen", accuracy: 0.5, newAccuracy: nil, all: [[0.5], [0.5]], new: [[], []]),
    ]
    entry.metrics = [
      StoredMetric(name: "Footprint", values: [1000]), StoredMetric(name: "sMAPE", values: [12.5, 14, 1e-9]),
    ]
    entry.series = [StoredSeries(name: "train loss", steps: [1, 2, 5], values: [0.5, 0.25, 1e-9])]
    entry.stages = [StoredStage(name: "training", seconds: 2.5, isReused: false)]
    entry.files = [StoredFile(name: "results.json", bytes: 1000)]
    return entry
  }

  private func count(_ table: String) throws -> Int {
    try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1 }
  }

  @Test func givesBackWhatItWasGiven() throws {
    let entry = Self.entry("a")
    let store = try RunStore(path: path)
    try store.record([entry])
    #expect(try store.entry(folder: "a") == entry)
    #expect(try RunStore(path: path).entry(folder: "a") == entry, "opened again")
    #expect(try store.runs() == [entry.summary])
    #expect(try store.learners()["a"]?.map(\.name) == ["prototypical", "frozen"])
    #expect(try store.settings(onlyDifferent: true)["a"]?.map(\.name) == ["model.channels"])
    #expect(try store.settings()["a"]?.count == 3)
    #expect(try store.entry(folder: "b") == nil)
  }

  @Test func keepsNaNAsNaN() throws {
    var entry = Self.entry("a")
    entry.series = [StoredSeries(name: "loss", steps: [1, 2], values: [.nan, .infinity])]
    let store = try RunStore(path: path)
    try store.record([entry])
    let values = try #require(try store.entry(folder: "a")?.series.first?.values)
    #expect(values[0].isNaN && values[1] == .infinity)
  }

  @Test func aRunThatIsRecordedAgainIsReplaced() throws {
    let store = try RunStore(path: path)
    try store.record([Self.entry("a")])
    try store.record([Self.entry("a", seed: "2")])
    #expect(try store.runs().map(\.seed) == ["2"])
    #expect(try count("scalar") == 3 && count("result") == 6)
  }

  @Test func aTextIsStoredOnceAndGoesWithItsLastRun() throws {
    let store = try RunStore(path: path)
    try store.record([Self.entry("a"), Self.entry("b"), Self.entry("c", text: "return 2")])
    #expect(try count("source") == 2)
    try store.remove(folders: ["a", "c"])
    #expect(try count("source") == 1)
    try store.remove(folders: ["b"])
    for table in [
      "run", "setting", "source", "run_source", "learner", "result", "metric", "series", "scalar", "stage",
      "file",
    ] {
      #expect(try count(table) == 0, "\(table)")
    }
  }

  @Test func aStoreOfANewerVersionIsLeftAsItIs() throws {
    try RunStore(path: path).record([Self.entry("a")])
    try DatabaseQueue(path: path).write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('of a later version')")
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: RunStoreError.newer(path: path)) { try RunStore(path: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test(arguments: ["no database at all", "SQLite format 3\u{0} and then nothing"])
  func whatIsNoDatabaseIsCalledDamaged(_ contents: String) throws {
    try Data(String(repeating: contents, count: 100).utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RunStoreError.self) { try RunStore(path: path) }
    guard case .corrupt = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsCalledUnusable() throws {
    let missing = folder.path + "/none/runs.sqlite"
    let error = #expect(throws: RunStoreError.self) { try RunStore(path: missing) }
    guard case .unusable(let path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == missing)
  }

  /// They find no tables, and all of them want to make them.
  @Test func writersThatFindNoStoreAllSucceed() async throws {
    for round in 0..<20 {
      let path = "\(folder.path)/\(round).sqlite"
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          group.addTask { try RunStore(path: path).record([Self.entry("run \(number)")]) }
        }
        try await group.waitForAll()
      }
      #expect(try RunStore(path: path).runs().count == 8)
    }
  }
}
