import Foundation
import Support

/// Reads and changes the pages of an Ogg stream. Source: RFC 3533, section 6.
enum OggStream {
  /// The serial number of every written stream.
  private static let serial: [UInt8] = Array("njar".utf8)

  /// The first four bytes of a page.
  static let mark: [UInt8] = Array("OggS".utf8)

  /// The start of each codec's first packet.
  private static let codecs = ["\u{1}vorbis", "OpusHead", "\u{7F}FLAC", "Speex   "].map { Array($0.utf8) }

  /// The size of a page's header without the table of its segments.
  private static let pageHeader = 27

  /// The streams of a file, one behind the other.
  struct Chain {
    /// The bytes of each stream; several when streams were concatenated, which the format allows.
    var streams: [Range<Int>] = []
    /// What is missing; nil when every stream is complete.
    var missing: String?
  }

  /// The streams of a file. Streams side by side, as of sound and pictures, count as one.
  static func chain(_ file: Data) -> Chain {
    var chain = Chain()
    var start = 0
    var isAfterHeaders = false
    // The serial numbers of the sound streams that have not ended.
    var open: Set<Int> = []
    var offset = 0
    while let page = Page(file, at: offset) {
      guard page.end <= file.count else {
        chain.missing =
          page.hasHeader
          ? "\(page.end - file.count) bytes are missing at the end" : "its last page is missing"
        break
      }
      if page.isFirst, isAfterHeaders {
        chain.streams.append(start..<page.start)
        if !open.isEmpty { chain.missing = "the last page of a stream in it is missing" }
        start = page.start
        open = []
      }
      isAfterHeaders = !page.isFirst
      if page.isFirst, codecs.contains(where: { page.begins(with: $0, in: file) }) {
        open.insert(page.serial)
      }
      if page.isLast { open.remove(page.serial) }
      offset = page.end
    }
    if offset > start { chain.streams.append(start..<offset) }
    if chain.missing == nil, !open.isEmpty { chain.missing = "its last page is missing" }
    return chain
  }

  /// A page's header.
  private struct Page {
    let start: Int
    let end: Int
    let serial: Int
    let isFirst: Bool
    let isLast: Bool
    /// Whether the file has all of this header, which tells where the page ends.
    let hasHeader: Bool
    private let body: Int

    /// The page at or after `offset`; nil when none begins there.
    init?(_ file: Data, at offset: Int) {
      let header = HeaderReader(file)
      var start = offset
      if !header.has(mark, at: start) {
        // Bytes between pages are passed over, as by every decoder.
        guard offset < file.count,
          let found = file.range(of: Data(mark), in: file.startIndex + offset..<file.endIndex)
        else { return nil }
        start = found.lowerBound - file.startIndex
      }
      let flags = header.number(at: start + 5, bytes: 1) ?? 0
      let segments = header.number(at: start + 26, bytes: 1) ?? 0
      self.start = start
      serial = header.number(at: start + 14, bytes: 4) ?? 0
      isFirst = flags & 2 != 0
      isLast = flags & 4 != 0
      body = start + pageHeader + segments
      hasHeader = body <= file.count
      end = (0..<segments).reduce(body) { $0 + (header.number(at: start + pageHeader + $1, bytes: 1) ?? 0) }
    }

    func begins(with bytes: [UInt8], in file: Data) -> Bool { HeaderReader(file).has(bytes, at: body) }
  }

  /// Replaces the serial number of the stream in the file at `path` by a fixed one, so that the same samples make the
  /// same bytes.
  ///
  /// libsndfile draws the number at random. Every page has it, protected by a checksum.
  /// - Throws: `FileError` when the file cannot be written.
  static func setSerialNumber(_ path: String) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var page = 0
    while page + pageHeader <= bytes.count {
      let segments = Int(bytes[page + 26])
      let table = page + pageHeader
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
