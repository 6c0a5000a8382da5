import Foundation
import Support
import Testing

/// What counts as a change of a folder.
@Suite struct FolderWatchTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/nightjar-watch-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
  }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test func savesInPlaceAndByRenaming() throws {
    let watch = try FolderWatch([folder])
    #expect(watch.changes(within: 0).isEmpty)
    try write("a", folder + "/a.lua")
    #expect(try watch.wait() == [folder + "/a.lua"])
    try write("b", folder + "/inner/.b.swp")
    try FileManager.default.moveItem(atPath: folder + "/inner/.b.swp", toPath: folder + "/inner/b.lua")
    #expect(try watch.wait().contains(folder + "/inner/b.lua"))
    try FileManager.default.removeItem(atPath: folder + "/a.lua")
    #expect(try watch.wait() == [folder + "/a.lua"])
  }

  @Test func foldersThatAreMadeLaterAreWatched() throws {
    let watch = try FolderWatch([folder])
    try FileManager.default.createDirectory(atPath: folder + "/new", withIntermediateDirectories: false)
    _ = try watch.wait()
    try write("c", folder + "/new/c.lua")
    #expect(try watch.wait().contains(folder + "/new/c.lua"))
  }

  @Test func aFolderThatComesBackIsWatchedAgain() throws {
    let watch = try FolderWatch()
    watch.watch([folder + "/inner", folder + "/later"])
    try FileManager.default.removeItem(atPath: folder + "/inner")
    _ = try watch.wait()
    for name in ["inner", "later"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      _ = try watch.wait()
      try write("d", "\(folder)/\(name)/d.lua")
      #expect(try watch.wait().contains("\(folder)/\(name)/d.lua"))
    }
  }

  @Test func aFolderThatCannotBeWatchedIsAnError() throws {
    #expect(throws: FileError.self) { try FolderWatch([folder + "/none"]) }
  }
}
