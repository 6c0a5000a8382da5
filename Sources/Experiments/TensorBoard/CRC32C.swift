import Foundation

/// The checksum of event files: CRC-32C (Castagnoli), RFC 3720, appendix B.4.
package enum CRC32C {
  /// The remainders of one byte each, by the reflected polynomial 0x82F63B78.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
  }

  /// The checksum of bytes.
  package static func checksum(_ bytes: Data) -> UInt32 {
    ~bytes.reduce(UInt32.max) { rest, byte in table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] ^ rest >> 8 }
  }

  /// The checksum as it stands in a record: rotated, since a checksum of bytes with their checksum says little.
  ///
  /// Source: TensorFlow, `tsl/lib/hash/crc32c.h`, `Mask`.
  package static func masked(_ bytes: Data) -> UInt32 {
    let checksum = checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
