import Foundation

/// Reads little-endian numbers from bytes, one after another; nil when the bytes end before the number does.
struct ByteReader {
  private let bytes: Data
  /// The offset of the next byte.
  private(set) var position = 0

  init(_ bytes: Data, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// How many bytes remain.
  var remaining: Int { bytes.count - position }

  /// The next `count` bytes.
  mutating func take(_ count: Int) -> Data? {
    guard position >= 0, count >= 0, count <= remaining else { return nil }
    defer { position += count }
    return bytes[(bytes.startIndex + position)..<(bytes.startIndex + position + count)]
  }

  /// The next number of this type.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    take(MemoryLayout<Number>.size)?.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: type)) }
  }

  /// The next `count` lines, without the line feed of the last.
  mutating func lines(_ count: Int) -> Data? {
    guard position >= 0, position <= bytes.count else { return nil }
    let start = bytes.startIndex + position
    var end = start
    for line in 1...count {
      guard let feed = bytes[end...].firstIndex(of: 0x0A) else { return nil }
      end = line == count ? feed : feed + 1
    }
    position = end - bytes.startIndex + 1
    return bytes[start..<end]
  }

  /// The next byte.
  mutating func byte() -> UInt8? { number(UInt8.self) }

  /// The next two bytes as a number.
  mutating func short() -> Int? { number(UInt16.self).map(Int.init) }

  /// The next four bytes as a number.
  mutating func word() -> Int? { number(UInt32.self).map(Int.init) }

  /// The next eight bytes as a number, at most `Int.max`, which exceeds the length of any file.
  mutating func long() -> Int? { number(UInt64.self).map { Int(clamping: $0) } }
}
