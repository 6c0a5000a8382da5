import CZlib
import Foundation
import Support
import Tensors

/// A zip archive with stored or deflated entries, as npz and PyTorch files are.
///
/// Nothing that the archive claims is trusted: sizes are checked against the file's, names against each other, bytes
/// against their checksums, and what is decompressed counts towards the device's memory budget. Source: PKWARE's
/// APPNOTE 6.3.
struct ZipArchive {
  /// One file in the archive.
  struct Entry {
    let name: String
    let isDeflated: Bool
    let packedSize: Int
    let size: Int
    let checksum: UInt32
    /// The offset of its own header.
    let header: Int
    /// The range of its bytes; set once that header has been read.
    var bytes = 0..<0
    /// Why it cannot be read; nil when it can.
    var problem: String?
  }

  /// An entry's bytes; if they were decompressed, they count towards the budget for as long as this exists.
  struct Content {
    let bytes: Data
    let charge: MemoryCharge?
  }

  private let file: Data
  private let path: String
  /// In the order of the archive's list.
  let entries: [Entry]
  private let positions: [[UInt8]: Int]

  /// The first bytes of zip archives with at least one entry.
  static let magic: [UInt8] = [0x50, 0x4B, 3, 4]
  /// The first bytes of those without any.
  static let emptyMagic: [UInt8] = [0x50, 0x4B, 5, 6]

  /// Reads the list of entries.
  ///
  /// - Parameter path: what messages call the file.
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)``, `TensorError` when the memory budget does not admit it,
  ///   `InterruptionError`.
  init(_ file: Data, named path: String, on device: Device) throws {
    self.file = file
    self.path = path
    entries = try ZipDirectory(file, named: path).entries(on: device)
    positions = Dictionary(
      entries.enumerated().map { ($0.element.name.nameBytes, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The entry of this name.
  subscript(_ name: String) -> Entry? { positions[name.nameBytes].map { entries[$0] } }

  /// The bytes of an entry, decompressed and checked.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)``, `TensorError` when the memory budget does not admit it,
  ///   `InterruptionError`.
  func content(of entry: Entry, on device: Device) throws -> Content {
    do { return try unpack(entry, on: device) } catch let problem as Problem {
      throw bad(entry, problem.reason)
    }
  }

  /// Why an entry cannot be read.
  struct Problem: Error {
    let reason: String
  }

  /// The bytes of an entry, decompressed and checked.
  ///
  /// - Throws: ``Problem``, `TensorError` when the memory budget does not admit it, `InterruptionError`.
  func unpack(_ entry: Entry, on device: Device) throws -> Content {
    if let problem = entry.problem { throw Problem(reason: problem) }
    let start = file.startIndex
    let packed = file[(start + entry.bytes.lowerBound)..<(start + entry.bytes.upperBound)]
    var content = Content(bytes: packed, charge: nil)
    if entry.isDeflated {
      let charge = try MemoryCharge(entry.size, on: device, operation: "load", shape: [entry.size])
      guard let bytes = try Deflate.unpack(packed, size: entry.size) else {
        throw Problem(reason: "its compressed bytes are damaged, or do not make \(entry.size) bytes")
      }
      content = Content(bytes: bytes, charge: charge)
    }
    let checksum = Deflate.checksum(content.bytes)
    guard checksum == entry.checksum else {
      throw Problem(reason: "its checksum is \(hex(checksum)), the archive says \(hex(entry.checksum))")
    }
    return content
  }

  /// The error about an entry.
  func bad(_ entry: Entry, _ reason: String, hint: String? = nil) -> NetworkError {
    .badFile(path: path, reason: "entry \(entry.name.printable(limit: 80)): \(reason)", hint: hint)
  }

  private func hex(_ number: UInt32) -> String { String(number, radix: 16) }
}

/// What zip archives use of zlib: raw deflate (RFC 1951) and CRC-32.
enum Deflate {
  /// The most bytes that deflate makes from one.
  static let maxRatio = 1032

  /// How many bytes zlib gets at once.
  private static let block = 1 << 24

  /// The CRC-32 of bytes.
  static func checksum(_ bytes: Data) -> UInt32 {
    bytes.withUnsafeBytes {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.bindMemory(to: UInt8.self).baseAddress, $0.count))
    }
  }

  /// Decompresses bytes that have to make exactly `size` bytes; nil when they do not.
  ///
  /// - Throws: `InterruptionError`.
  static func unpack(_ packed: Data, size: Int) throws -> Data? {
    var stream = z_stream()
    // Negative: no zlib header around the data.
    guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return nil
    }
    defer { inflateEnd(&stream) }
    // One byte more than expected, so that data which makes more is noticed.
    var unpacked = Data(count: size + 1)
    let count = try packed.withUnsafeBytes { source in
      try unpacked.withUnsafeMutableBytes { target in
        try run(&stream, source.bindMemory(to: UInt8.self), target.bindMemory(to: UInt8.self))
      }
    }
    guard count == size else { return nil }
    return unpacked.prefix(size)
  }

  /// The number of decompressed bytes; nil when the data is damaged, makes too many bytes, or continues after its end.
  private static func run(
    _ stream: inout z_stream, _ source: UnsafeBufferPointer<UInt8>,
    _ target: UnsafeMutableBufferPointer<UInt8>
  ) throws -> Int? {
    var read = 0
    var written = 0
    while true {
      try Interruption.check("unpacking")
      let input = min(source.count - read, block)
      let room = min(target.count - written, block)
      stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + read) }
      stream.next_out = target.baseAddress.map { $0 + written }
      stream.avail_in = UInt32(input)
      stream.avail_out = UInt32(room)
      let state = inflate(&stream, Z_NO_FLUSH)
      let consumed = input - Int(stream.avail_in)
      let produced = room - Int(stream.avail_out)
      read += consumed
      written += produced
      if state == Z_STREAM_END { return read == source.count ? written : nil }
      guard state == Z_OK, consumed + produced > 0 else { return nil }
    }
  }
}
