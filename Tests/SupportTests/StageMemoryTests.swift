import Foundation
import Support
import Testing

/// What a process keeps of stages between runs.
@Suite struct StageMemoryTests {
  private let folder = NSTemporaryDirectory() + "/nightjar-memory-\(UUID())"
  private let key = StageKey(["learner=mine"])
  private let memory = StageMemory()

  /// A cache as each run opens it.
  private func cache() -> StageCache {
    StageCache(folder: folder, console: Console(style: .silent), memory: memory)
  }

  @Test func aValueIsMadeOnceUntilWhatItReadChanges() throws {
    let source = folder + "/mine.lua"
    try AtomicFile.makeFolder(folder)
    var made = 0
    func twice() -> [Int] { (0..<2).map { _ in value() } }
    func value() -> Int {
      let cache = cache()
      return cache.kept(key) {
        cache.note(StageRead(.path, source))
        made += 1
        return made
      }
    }
    #expect(twice() == [1, 1] as [Int])
    try AtomicFile.write("return 1", to: source)
    #expect(twice() == [2, 2] as [Int])
    #expect(cache().kept(key, isValid: { $0 > 2 }, make: { 7 }) == 7)
    #expect(cache().kept(nil, make: { 8 }) == 8, "nothing is kept without a key")
    #expect(cache().kept(key, as: String.self) == nil, "a value of another type")
    #expect(StageCache(folder: folder, console: Console(style: .silent)).kept(key, make: { 9 }) == 9)
  }

  @Test func whatTwoRunsDidNotUseIsReleased() {
    cache().keep(1, [], for: key)
    memory.noteRun()
    memory.noteRun()
    #expect(cache().kept(key, as: Int.self) == 1)
    for _ in 0..<3 { memory.noteRun() }
    #expect(memory.count == 0)
    for number in 0..<1000 { cache().keep(number, [], for: StageKey(["broken run \(number)"])) }
    #expect(memory.count < 100)
  }
}
