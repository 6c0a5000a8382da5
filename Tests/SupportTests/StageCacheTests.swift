import Foundation
import Support
import Synchronization
import Testing

@Suite struct StageCacheTests {
  private let folder = NSTemporaryDirectory() + "/nightjar-cache-\(UUID())"
  private let key = StageKey(["model=m5", "seed=1"])

  private func cache() -> StageCache { StageCache(folder: folder, console: Console(style: .quiet)) }

  private func path(_ ending: String) -> String { "\(folder)/training/\(key).\(ending)" }

  @Test func makesOnceAndReuses() throws {
    let cache = cache()
    let first = try cache.value(stage: "training", key: key) { Data("weights".utf8) }
    let second = try cache.value(stage: "training", key: key) { throw InterruptionError(during: "a hit") }
    #expect(first == second)
    let other = try cache.value(stage: "training", key: key.adding(["epochs=2"])) { Data("more".utf8) }
    #expect(other == Data("more".utf8))
    #expect(cache.reports.map { $0.timing.isReused } == [false, true, false])
    #expect(cache.reports[1].description == "training: reused")
    #expect(cache.reports[0].description.hasPrefix("training: made in "))
    let side = try String(contentsOfFile: path("json"), encoding: .utf8)
    #expect(side.contains("\"model=m5\""))
    #expect(!FileManager.default.fileExists(atPath: path("lock")))
  }

  /// What can befall an entry between two runs.
  static let damages: [(name: String, damage: @Sendable (_ bin: String, _ side: String) throws -> Void)] = [
    ("cut off", { bin, _ in try Data("wei".utf8).write(to: URL(fileURLWithPath: bin)) }),
    ("one bit", { bin, _ in try Data("weightr".utf8).write(to: URL(fileURLWithPath: bin)) }),
    ("no side file", { _, side in try FileManager.default.removeItem(atPath: side) }),
    ("no data", { bin, _ in try FileManager.default.removeItem(atPath: bin) }),
    ("half a side file", { _, side in try Data("{\"for".utf8).write(to: URL(fileURLWithPath: side)) }),
    (
      "another format",
      { _, side in
        let text = try String(contentsOfFile: side, encoding: .utf8)
        let changed = text.replacingOccurrences(of: "\"format\" : 1", with: "\"format\" : 0")
        try Data(changed.utf8).write(to: URL(fileURLWithPath: side))
      }
    ),
  ]

  @Test(arguments: damages.map(\.name)) func neverUsesADamagedEntry(_ name: String) throws {
    let damage = try #require(Self.damages.first { $0.name == name }).damage
    let cache = cache()
    _ = try cache.value(stage: "training", key: key) { Data("weights".utf8) }
    try damage(path("bin"), path("json"))
    #expect(try cache.value(stage: "training", key: key) { Data("new".utf8) } == Data("new".utf8))
    #expect(cache.reports[1].description.contains("rebuilt in"))
    #expect(try cache.value(stage: "training", key: key) { Data() } == Data("new".utf8))
  }

  /// The folder of another user, or a read-only one: what is complete is used, what is not cannot be made.
  @Test func usesACompleteEntryThatCannotBeLocked() throws {
    let cache = cache()
    _ = try cache.value(stage: "training", key: key) { Data("weights".utf8) }
    // A folder in the place of the lock stops the superuser as well.
    try FileManager.default.createDirectory(atPath: path("lock"), withIntermediateDirectories: false)
    #expect(try cache.value(stage: "training", key: key) { Data() } == Data("weights".utf8))
    #expect(cache.reports.last?.timing.isReused == true)
    try FileManager.default.removeItem(atPath: path("json"))
    let failure = #expect(throws: FileError.self) {
      try cache.value(stage: "training", key: key) { Data("new".utf8) }
    }
    #expect(failure?.path == path("lock"))
  }

  /// After the clock was set back, files are from the future: they are used, and removed in their order.
  @Test func entriesOfTheFutureAreEntries() throws {
    let cache = cache()
    let later = key.adding(["epochs=2"])
    _ = try cache.value(stage: "training", key: key) { Data("old".utf8) }
    _ = try cache.value(stage: "training", key: later) { Data("new".utf8) }
    for (key, hours) in [(key, 1.0), (later, 2.0)] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: hours * 3600)],
        ofItemAtPath: "\(folder)/training/\(key).json")
    }
    #expect(try cache.prune(to: 3).map(\.key) == [key.description])
    #expect(try cache.value(stage: "training", key: later) { Data() } == Data("new".utf8))
  }

  @Test func leavesNothingOfAFailure() throws {
    let cache = cache()
    #expect(throws: InterruptionError.self) {
      try cache.file(stage: "training", key: key, ending: "safetensors") { temporary in
        try Data("half".utf8).write(to: URL(fileURLWithPath: temporary))
        throw InterruptionError(during: "training")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/training").isEmpty)
    #expect(cache.reports.isEmpty)
    let made = try cache.file(stage: "training", key: key, ending: "safetensors") { temporary in
      #expect(temporary.hasSuffix(".safetensors"))
      try Data("whole".utf8).write(to: URL(fileURLWithPath: temporary))
    }
    #expect(made == path("safetensors"))
  }

  @Test func twoAtOnceMakeItOnce() async throws {
    let count = Counter()
    try await withThrowingTaskGroup(of: Data.self) { group in
      for _ in 0..<6 {
        group.addTask { [key, folder] in
          // Each with a cache of its own, as processes have.
          try StageCache(folder: folder, console: Console(style: .quiet)).value(stage: "training", key: key) {
            count.add()
            Thread.sleep(forTimeInterval: 0.05)
            return Data("once".utf8)
          }
        }
      }
      for try await value in group { #expect(value == Data("once".utf8)) }
    }
    #expect(count.value == 1)
  }

  @Test func prunesTheLongestUnused() throws {
    let cache = cache()
    for seed in 0..<4 {
      _ = try cache.value(stage: "training", key: StageKey(["seed=\(seed)"])) { Data(count: 100) }
      let side = "\(folder)/training/\(StageKey(["seed=\(seed)"])).json"
      let used = Date(timeIntervalSince1970: Double(seed))
      try FileManager.default.setAttributes([.modificationDate: used], ofItemAtPath: side)
    }
    _ = try cache.value(stage: "training", key: StageKey(["seed=0"])) { Data() }
    let removed = try cache.prune(to: 200)
    #expect(removed.map(\.parts) == [["seed=1"], ["seed=2"]])
    #expect(cache.entries().map(\.parts) == [["seed=3"], ["seed=0"]])
    #expect(try cache.prune(to: 0).count == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/training").isEmpty)
  }
}

/// A count that many threads may raise.
private final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }
  func add() { count.withLock { $0 += 1 } }
}
