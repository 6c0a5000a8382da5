import Foundation

/// A folder for the files of one step, which only this user can read.
package enum TemporaryWorkFolder {
  /// Names are `nightjar-work.PROCESS.NUMBER`, so that those of killed processes can be told.
  private static let prefix = "nightjar-work."

  /// Calls `body` with the path of a new folder, and removes the folder afterwards; first, those that killed processes
  /// have left behind.
  ///
  /// - Throws: what `body` throws; ``FileError``.
  package static func with<Result>(_ body: (_ folder: String) throws -> Result) throws -> Result {
    let parent = FileManager.default.temporaryDirectory.path
    removeLeftovers(in: parent)
    let folder = "\(parent)/\(prefix)\(getpid()).\(UInt64.random(in: 0 ... .max))"
    guard mkdir(folder, 0o700) == 0 else { throw FileError(errnoOf: "make the folder", folder) }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private static func removeLeftovers(in parent: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    where name.hasPrefix(prefix) {
      guard let process = name.dropFirst(prefix.count).split(separator: ".").first.flatMap({ pid_t($0) }),
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
    }
  }
}
