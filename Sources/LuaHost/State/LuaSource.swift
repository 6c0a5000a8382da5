import Foundation
import Support

/// The text of a Lua file, and the path that errors call it by.
package struct LuaSource {
  package let path: String
  package let text: String
  private static let largest = 16 << 20

  /// A file that the person named, or put where plugins are looked for: links are theirs to make.
  package init(_ path: String) throws {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FileError(
        "read", path, reason: FileStatus(path) == nil ? "no such file" : "it is no readable file")
    }
    try self.init(bytes, path)
  }

  /// A file that a script named.
  package init(_ place: ReadablePath) throws { try self.init(place.bytes(atMost: Self.largest), place.path) }

  private init(_ bytes: Data, _ path: String) throws {
    guard bytes.count <= Self.largest else {
      throw FileError("read", path, reason: "it is larger than \(Self.largest >> 20) MB")
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw FileError("read", path, reason: "it is not Lua text (UTF-8)")
    }
    self.path = path
    self.text = text
  }
}
