import CZlib
import Foundation
import Support

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
