import Foundation
import Support

/// How the files of a data set are accessed.
///
/// A data set that a script names is read through its capabilities, one that the user names directly.
public protocol DatasetFiles: Sendable {
  /// The status of a file or folder, links followed; nil otherwise.
  ///
  /// - Throws: the implementation's error when the path may not be accessed.
  func status(_ path: String) throws -> FileStatus?

  /// The names in a folder, sorted.
  ///
  /// - Throws: `FileError` when it cannot be read, or the implementation's error when it may not be accessed.
  func names(_ folder: String) throws -> [String]

  /// Opens a file for the time of `body`, which gets the path to read it by.
  ///
  /// - Throws: the errors of `body`, or the implementation's error when the file may not be accessed.
  func read<Value>(_ path: String, _ body: (_ opened: String) throws -> Value) throws -> Value
}

extension DatasetFiles {
  func kind(_ path: String) throws -> FileStatus.Kind? { try status(path)?.kind }

  func isFolder(_ path: String) throws -> Bool { try kind(path) == .folder }

  /// The contents of a file.
  ///
  /// - Throws: `FileError` when it cannot be read.
  func bytes(_ path: String) throws -> Data {
    try read(path) { opened in
      do { return try Data(contentsOf: URL(fileURLWithPath: opened)) } catch {
        throw FileError("read", path, cause: error)
      }
    }
  }
}

/// Direct access to all files, wherever links lead: for a data set that the user named.
public struct PlainFiles: DatasetFiles {
  /// Direct access.
  public init() {}

  /// The status of a file or folder, links followed; nil otherwise.
  public func status(_ path: String) -> FileStatus? { FileStatus(path) }

  /// The names in a folder, sorted.
  ///
  /// - Throws: `FileError` when it cannot be read.
  public func names(_ folder: String) throws -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
      throw FileError("read the folder", folder, cause: error)
    }
  }

  /// Calls `body` with the path.
  ///
  /// - Throws: the errors of `body`; `FileError` for a pipe or a device.
  public func read<Value>(_ path: String, _ body: (_ opened: String) throws -> Value) throws -> Value {
    try FileStatus.requireRegular(path)
    return try body(path)
  }
}

extension String {
  /// Whether this is a relative path that stays inside the folder it is appended to: no `/` in front, no `..`, no NUL.
  ///
  /// `~` and `\` are letters of a name like any other.
  var isInsidePath: Bool {
    // As bytes: to Swift, a slash or dot followed by a combining mark is another character.
    guard let first = utf8.first, !utf8.contains(0), first != UInt8(ascii: "/") else { return false }
    return !utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
  }

  /// Whether this can be a language code, and so the name of a folder: ASCII letters, digits, `-` and `_`.
  var isLanguageCode: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
