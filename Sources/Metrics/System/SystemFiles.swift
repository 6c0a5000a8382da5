import Foundation

/// Reads the small text files of /proc and /sys; tests replace it.
package struct SystemFiles: Sendable {
  /// Why a file or folder could not be read.
  package struct ReadError: Error, Hashable {
    package let code: Int32

    package init(code: Int32) { self.code = code }

    package var reason: String { String(cString: strerror(code)) }
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR || code == ENODEV }
    package var isDenied: Bool { code == EACCES || code == EPERM }
  }

  /// The text of a file, without white space at its ends.
  package let text: @Sendable (String) throws(ReadError) -> String
  /// The sorted names in a folder.
  package let names: @Sendable (String) throws(ReadError) -> [String]

  package init(
    text: @escaping @Sendable (String) throws(ReadError) -> String,
    names: @escaping @Sendable (String) throws(ReadError) -> [String]
  ) {
    self.text = text
    self.names = names
  }

  /// The system's files.
  package static let system = SystemFiles(text: read, names: list)

  private static func read(_ path: String) throws(ReadError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReadError(code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 20 {
      let count = Foundation.read(descriptor, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw ReadError(code: errno) }
      guard count > 0 else { break }
      bytes += part[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func list(_ path: String) throws(ReadError) -> [String] {
    guard let folder = opendir(path) else { throw ReadError(code: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
