import CZlib
import Foundation
import Support
import Tensors

/// A zip archive's entries, stored or deflated, as npz and PyTorch files have them.
///
/// Nothing the archive says is believed: sizes are held against the file's, names against each other, bytes against
/// their checksum, and what is unpacked counts in the device's budget. Source: PKWARE's APPNOTE 6.3.
struct ZipArchive {
  /// One file in the archive.
  struct Entry {
    let name: String
    let isDeflated: Bool
    let packedSize: Int
    let size: Int
    let checksum: UInt32
    /// Where its own header is.
    let header: Int
    /// Where its bytes are; set once that header was read.
    var bytes = 0..<0
  }

  /// An entry's bytes; what was unpacked for them is in the budget for as long as this lives.
  struct Content {
    let bytes: Data
    let charge: MemoryCharge?
  }

  private let file: Data
  private let path: String
  /// In the order of the archive's list.
  let entries: [Entry]
  private let places: [String: Int]

  /// What zip archives with at least one entry begin with.
  static let magic: [UInt8] = [0x50, 0x4B, 3, 4]

  /// Reads the list of entries.
  ///
  /// - Parameter path: what messages call the file.
  /// - Throws: ``NetworkError/badFile(path:reason:)``
  init(_ file: Data, named path: String) throws {
    self.file = file
    self.path = path
    entries = try ZipDirectory(file, named: path).entries()
    places = Dictionary(
      entries.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// The entry of this name.
  subscript(_ name: String) -> Entry? { places[name].map { entries[$0] } }

  /// The bytes of an entry, unpacked and checked.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:)``, or a full budget.
  func content(of entry: Entry, on device: Device) throws -> Content {
    let start = file.startIndex
    let packed = file[(start + entry.bytes.lowerBound)..<(start + entry.bytes.upperBound)]
    var content = Content(bytes: packed, charge: nil)
    if entry.isDeflated {
      let charge = try MemoryCharge(entry.size, on: device, operation: "load", shape: [entry.size])
      guard let bytes = try Deflate.unpack(packed, size: entry.size) else {
        throw bad(entry, "its packed bytes are damaged, or give other than the \(entry.size) bytes announced")
      }
      content = Content(bytes: bytes, charge: charge)
    }
    let found = Deflate.checksum(content.bytes)
    guard found == entry.checksum else {
      throw bad(entry, "its checksum is \(hex(found)), the archive says \(hex(entry.checksum))")
    }
    return content
  }

  /// The failure that names an entry.
  func bad(_ entry: Entry, _ reason: String, hint: String? = nil) -> NetworkError {
    .badFile(path: path, reason: "entry \(entry.name.printable(limit: 80)): \(reason)", hint: hint)
  }

  private func hex(_ number: UInt32) -> String { String(number, radix: 16) }
}

/// zlib, as zip archives use it: raw deflate (RFC 1951) and CRC-32.
enum Deflate {
  /// The most that deflate makes of one byte.
  static let maxGrowth = 1032

  /// A run of bytes that zlib takes at once.
  private static let stretch = 1 << 24

  /// The CRC-32 of bytes.
  static func checksum(_ bytes: Data) -> UInt32 {
    bytes.withUnsafeBytes {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.bindMemory(to: UInt8.self).baseAddress, $0.count))
    }
  }

  /// Unpacks bytes that have to give exactly `size`; nil when they do not.
  ///
  /// - Throws: ``InterruptionError``
  static func unpack(_ packed: Data, size: Int) throws -> Data? {
    var stream = z_stream()
    // Negative: no zlib header around the data.
    guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return nil
    }
    defer { inflateEnd(&stream) }
    // One more than announced, so that data which gives more is seen to.
    var unpacked = Data(count: size + 1)
    let made = try packed.withUnsafeBytes { source in
      try unpacked.withUnsafeMutableBytes { target in
        try run(&stream, source.bindMemory(to: UInt8.self), target.bindMemory(to: UInt8.self))
      }
    }
    guard made == size else { return nil }
    return unpacked.prefix(size)
  }

  /// How many bytes came out; nil when the data is damaged, gives too many, or has more behind its end.
  private static func run(
    _ stream: inout z_stream, _ source: UnsafeBufferPointer<UInt8>,
    _ target: UnsafeMutableBufferPointer<UInt8>
  ) throws -> Int? {
    var read = 0
    var made = 0
    while true {
      try Interruption.check("unpacking")
      let give = min(source.count - read, stretch)
      let room = min(target.count - made, stretch)
      stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + read) }
      stream.next_out = target.baseAddress.map { $0 + made }
      stream.avail_in = UInt32(give)
      stream.avail_out = UInt32(room)
      let state = inflate(&stream, Z_NO_FLUSH)
      let taken = give - Int(stream.avail_in)
      let given = room - Int(stream.avail_out)
      read = read + taken
      made = made + given
      if state == Z_STREAM_END { return read == source.count ? made : nil }
      guard state == Z_OK, taken + given > 0 else { return nil }
    }
  }
}
