import Foundation
import Support
import Synchronization
import Testing

/// Work that cannot look at the clock: its caller stops in time, and what it leaves behind ends at its next check.
@Suite struct UninterruptibleWorkTests {
  private struct Late: Error {}

  @Test func theResultIsThatOfTheWork() throws {
    #expect(try UninterruptibleWork.run("a sum") { (1...10).reduce(0, +) } == 55)
    #expect(throws: Late.self) { try UninterruptibleWork.run("a failure") { throw Late() } }
  }

  @Test func theCallerDoesNotWaitBeyondItsTime() throws {
    let start = ContinuousClock.now
    let sawTheEnd = Mutex<Bool?>(nil)
    let done = DispatchSemaphore(value: 0)
    #expect(throws: Late.self) {
      try Interruption.withExpiry({ ContinuousClock.now - start > .milliseconds(100) ? Late() : nil }) {
        try UninterruptibleWork.run("a sleep") {
          Thread.sleep(forTimeInterval: 1)
          let failure = Result { try Interruption.check("the rest") }
          sawTheEnd.withLock { $0 = (try? failure.get()) == nil }
          done.signal()
        }
      }
    }
    #expect(ContinuousClock.now - start < .milliseconds(900))
    done.wait()
    #expect(sawTheEnd.withLock { $0 } == true)
  }

  @Test func aLoopThatCannotThrowNotesThatItEndedEarly() throws {
    let cuts = Interruption.cuts
    Interruption.withExpiry({ Late() }) {
      var watch = Interruption.Watch()
      var steps = 0
      while !watch.isDue(after: 1 << 20) { steps += 1 }
      #expect(steps < 10)
    }
    #expect(Interruption.cuts > cuts)
  }

  @Test func pipesAndDevicesAreNoFiles() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/pipes.\(UInt64.random(in: 0 ... .max))"
    try AtomicFile.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try AtomicFile.write("x", to: folder + "/plain.txt")
    let pipe = folder + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, "/dev/zero"] {
      #expect(throws: FileError.self, "\(path)") { try FileStatus.requireRegular(path) }
    }
    for path in [folder + "/plain.txt", folder, folder + "/missing"] {
      #expect(throws: Never.self, "\(path)") { try FileStatus.requireRegular(path) }
    }
  }

  @Test func foldersOfKilledProcessesAreRemovedByTheNext() throws {
    let parent = FileManager.default.temporaryDirectory.path
    let left = parent + "/nightjar-work.\(Int32.max).1"  // no process has that number
    try AtomicFile.makeFolder(left)
    try AtomicFile.write("x", to: left + "/figure.gp")
    let used = try TemporaryWorkFolder.with { folder in
      try AtomicFile.write("x", to: folder + "/file")
      return folder
    }
    #expect(!FileManager.default.fileExists(atPath: left) && !FileManager.default.fileExists(atPath: used))
  }

  @Test func textOfPluginsIsOneLine() {
    #expect("a\r\nb\u{1b}[8m\tc".printableLine() == "a\\u{d}\\nb\\u{1b}[8m c")
  }
}
