import Foundation
import Support

/// What a path really names.
///
/// Paths are taken apart as bytes. To Swift a `/` before a combining sign is no `/`, and two ways to write é
/// are one name; to the system they are not.
enum RealPath {
  /// As many links in one path as Linux follows.
  private static let maxLinks = 40
  /// As long a path as Linux takes, in bytes.
  static let longest = 4095

  /// The names from the root to what the path names, with every link, `.` and `..` resolved, also of what is
  /// not there yet (`realpath -m`).
  ///
  /// - Throws: ``FileError`` when links lead in a circle, or the path is relative to a folder that is gone.
  static func names(_ path: String) throws -> [String] {
    var left = Array(try absolute(path).reversed())
    var real: [String] = []
    var links = 0
    while let name = left.popLast() {
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
      guard links <= maxLinks else { throw FileError("open", path, reason: "its links lead in a circle") }
      if target.isAbsolutePath { real = [] }
      left += target.pathNames.reversed()
    }
    return real
  }

  /// The names from the root to a path as it is written: links and `..` stay, save a `..` at its beginning.
  static func absolute(_ path: String) throws -> [String] {
    var names = path.pathNames.filter { $0 != "." }
    if path.isAbsolutePath { return names }
    let here = FileManager.default.currentDirectoryPath
    guard here.isAbsolutePath else {
      throw FileError("open", path, reason: "the current folder, from which it leads, is gone")
    }
    // The system gives the current folder without links, so that its parent is what is written.
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
  /// Whether these names begin with others, byte for byte.
  func begins(with names: [String]) -> Bool {
    count >= names.count && zip(self, names).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }
}
