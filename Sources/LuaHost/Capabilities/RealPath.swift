import Foundation
import Support

/// Resolution of paths.
///
/// Paths are split as bytes. For Swift strings, a `/` before a combining character is not a `/`, and two encodings of é
/// are equal; for the system neither holds.
enum RealPath {
  /// The maximum number of symbolic links in one path, as in Linux.
  private static let maxLinks = 40
  /// The maximum length of a path in Linux.
  static let maxBytes = 4095

  /// The names from the root to the file, with every symbolic link, `.` and `..` resolved; the file need not exist
  /// (`realpath -m`).
  ///
  /// - Throws: `FileError` when links form a cycle, or the path is relative to a folder that no longer exists.
  static func names(_ path: String) throws -> [String] {
    var remaining = Array(try absolute(path).reversed())
    var real: [String] = []
    var links = 0
    while let name = remaining.popLast() {
      if name == "." { continue }
      if name == ".." {
        _ = real.popLast()
        continue
      }
      let here = "/" + (real + [name]).joined(separator: "/")
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: here) else {
        real.append(name)
        continue
      }
      links += 1
      guard links <= maxLinks else {
        throw FileError("open", path, reason: "its symbolic links form a cycle")
      }
      if target.isAbsolutePath { real = [] }
      remaining += target.pathNames.reversed()
    }
    return real
  }

  /// The names from the root to an unresolved path: links and `..` stay, except a `..` at the beginning.
  ///
  /// - Throws: `FileError` when the path is relative to a folder that no longer exists.
  static func absolute(_ path: String) throws -> [String] {
    var names = path.pathNames.filter { $0 != "." }
    if path.isAbsolutePath { return names }
    let here = FileManager.default.currentDirectoryPath
    guard here.isAbsolutePath else {
      throw FileError("open", path, reason: "the current folder no longer exists")
    }
    // The system returns the current folder without links, so `..` is its written parent.
    var folder = here.pathNames
    while names.first == ".." {
      names.removeFirst()
      _ = folder.popLast()
    }
    return folder + names
  }
}

extension String {
  /// The names between the slashes.
  var pathNames: [String] { utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) } }

  var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }
}

extension [String] {
  /// Whether these names begin with others, compared as bytes.
  func begins(with names: [String]) -> Bool {
    count >= names.count && zip(self, names).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}
