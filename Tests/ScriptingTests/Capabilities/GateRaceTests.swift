import Foundation
import LuaHost
import Support
import Synchronization
import Testing

/// Someone exchanges a folder, or a file, for a link to the outside while a script reads and writes.
@Suite(.serialized) struct GateRaceTests {
  /// Exchanges `place` for a link and back, again and again, until it is deinitialised.
  private final class Exchanger: Sendable {
    private let stopped = Atomic(false)
    private let done = DispatchSemaphore(value: 0)
    let exchanges = Atomic(0)

    init(_ place: String, for target: String) {
      DispatchQueue(label: "exchanger").async { [self] in
        var number = 0
        while !stopped.load(ordering: .relaxed) {
          rename(place, place + ".away")
          if symlink(target, place) == 0 { exchanges.add(1, ordering: .relaxed) }
          // About as long as a read takes, so that either is often met half-way.
          usleep(20)
          unlink(place)
          // The script may have made a folder of this name meanwhile.
          while rename(place + ".away", place) != 0, errno != ENOENT {
            number += 1
            rename(place, "\(place).\(number)")
          }
          usleep(20)
        }
        done.signal()
      }
    }

    func stop() {
      stopped.store(true, ordering: .relaxed)
      done.wait()
    }
  }

  static let races = [
    ("spot", "../secret", "/spot/a"), ("spot", "../secret", "/spot/new"),
    ("spot/a", "../../secret/a", "/spot/a"),
    ("spot", "../secret", "/./spot/../spot/a"),
  ]

  @Test(arguments: races) func noByteComesFromOutside(_ place: String, _ target: String, _ path: String)
    throws
  {
    // Where there is one, a disk in memory: flushing thousands of files to a real one takes minutes.
    let disk = FileStatus("/dev/shm") == nil ? NSTemporaryDirectory() : "/dev/shm"
    let root = "\(disk)/nightjar-race.\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (name, text) in [("files/spot/a", "inside"), ("secret/a", "outside")] {
      try AtomicFile.makeFolder("\(root)/\(name)".replacing("/a", with: ""))
      try AtomicFile.write(text, to: "\(root)/\(name)")
    }
    let state = try BindingsState()
    state.context.files = try FileGate(read: [root + "/files"], write: [root + "/files"])
    let exchanger = Exchanger("\(root)/files/\(place)", for: target)
    defer { exchanger.stop() }
    let given = try state.run(
      """
      local path, read, wrote = "\(root)/files\(path)", 0, 0
      for i = 1, 1000 do
        local ok, text = pcall(nj.fs.read, path)
        if ok then
          assert(text == "inside", text)
          read = read + 1
        end
        if pcall(nj.fs.write, path, "inside") then wrote = wrote + 1 end
        pcall(nj.fs.list, path)
        local ok, wave = pcall(nj.load, path)
        assert(not ok and not wave:find("outside"), wave)
      end
      return read > 0, wrote > 0
      """)
    #expect(given == [true, true])
    #expect(exchanger.exchanges.load(ordering: .relaxed) > 100)
    #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/secret") == ["a"])
    #expect(try String(contentsOfFile: root + "/secret/a", encoding: .utf8) == "outside")
  }
}
