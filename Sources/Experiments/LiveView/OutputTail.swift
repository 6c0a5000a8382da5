import Foundation

/// The end of what a started command has printed.
enum OutputTail {
  /// How much of it a page shows, in bytes.
  private static let size: UInt64 = 16_384

  /// The end of a file; nil where it cannot be read.
  static func read(_ path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    guard let end = try? file.seekToEnd() else { return nil }
    try? file.seek(toOffset: end > size ? end - size : 0)
    let data = (try? file.readToEnd()) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
