import Foundation
import Support

/// Reads and changes the pages of an Ogg stream. Source: RFC 3533, section 6.
enum OggStream {
  /// The serial number of every written stream.
  private static let serial: [UInt8] = Array("njar".utf8)

  /// The size of the largest page in bytes.
  static let maxPage = 27 + 255 + 255 * 255

  /// How many bytes are missing in the last page, given the end of a file; nil when it is complete.
  static func missingBytes(_ end: Data) -> Int? {
    let bytes = [UInt8](end)
    let mark = Array("OggS".utf8)
    guard let page = bytes.indices.dropLast(3).last(where: { bytes[$0..<$0 + 4].elementsEqual(mark) }) else {
      return nil
    }
    guard page + 27 <= bytes.count else { return page + 27 - bytes.count }
    let table = page + 27
    let length = table + Int(bytes[page + 26])
    let segments = bytes[min(table, bytes.count)..<min(length, bytes.count)]
    let size = segments.reduce(length) { $0 + Int($1) }
    return size > bytes.count ? size - bytes.count : nil
  }

  /// Replaces the serial number of the stream in the file at `path` by a fixed one, so that the same samples make the
  /// same bytes.
  ///
  /// libsndfile draws the number at random. Every page has it, protected by a checksum.
  /// - Throws: `FileError` when the file cannot be written.
  static func setSerialNumber(_ path: String) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var page = 0
    while page + 27 <= bytes.count {
      let segments = Int(bytes[page + 26])
      let table = page + 27
      guard table + segments <= bytes.count else { break }
      let end = bytes[table..<table + segments].reduce(table + segments) { $0 + Int($1) }
      guard end <= bytes.count else { break }
      bytes.replaceSubrange(page + 14..<page + 18, with: serial)
      bytes.replaceSubrange(page + 22..<page + 26, with: [0, 0, 0, 0])
      let sum = checksum(bytes[page..<end])
      for i in 0..<4 { bytes[page + 22 + i] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(i))) }
      page = end
    }
    guard let handle = FileHandle(forWritingAtPath: path) else { throw FileError(errnoOf: "write", path) }
    try handle.write(contentsOf: bytes)
    try handle.close()
  }

  /// CRC-32 with polynomial 0x04C11DB7, not reflected, starting from 0.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { sum, byte in sum << 8 ^ crcTable[Int(UInt8(truncatingIfNeeded: sum >> 24) ^ byte)] }
  }

  private static let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index) << 24) { sum, _ in sum << 1 ^ (sum >> 31 == 1 ? 0x04C1_1DB7 : 0) }
  }
}
