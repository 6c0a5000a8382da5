import Foundation

/// Reads the small text files through which Linux shows itself; tests put their own in its place.
package struct SystemFiles: Sendable {
  /// Why a file or folder could not be read.
  package struct Refusal: Error, Hashable {
    package let code: Int32

    package init(code: Int32) { self.code = code }

    package var reason: String { String(cString: strerror(code)) }
    package var isMissing: Bool { code == ENOENT || code == ENOTDIR || code == ENODEV }
    package var isDenied: Bool { code == EACCES || code == EPERM }
  }

  /// The text of a file, without white space at its ends.
  package let text: @Sendable (String) throws(Refusal) -> String
  /// The sorted names in a folder.
  package let names: @Sendable (String) throws(Refusal) -> [String]

  package init(
    text: @escaping @Sendable (String) throws(Refusal) -> String,
    names: @escaping @Sendable (String) throws(Refusal) -> [String]
  ) {
    self.text = text
    self.names = names
  }

  /// The system's own.
  package static let system = SystemFiles(text: read, names: list)

  private static func read(_ path: String) throws(Refusal) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Refusal(code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 20 {
      let got = Foundation.read(descriptor, &part, part.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw Refusal(code: errno) }
      guard got > 0 else { break }
      bytes += part[..<got]
    }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func list(_ path: String) throws(Refusal) -> [String] {
    guard let folder = opendir(path) else { throw Refusal(code: errno) }
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
