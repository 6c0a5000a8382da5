import Foundation

/// Zip archives for tests, sound or not: every field can be given another value than the right one.
struct ZipBuilder {
  /// One entry; what is nil gets its right value.
  struct Entry {
    var name: String
    var bytes: [UInt8]
    var method = 0
    var flags = 0
    /// Where `bytes` are packed already.
    var size: Int?
    var packedSize: Int?
    var checksum: UInt32?
    var localName: String?
    var offset: Int?
    /// Sizes and offset as they stand in a 64-bit field; the usual fields then say so.
    var large: [Int]?
  }

  var entries: [Entry] = []
  var count: Int?
  var listSize: Int?
  var listOffset: Int?
  var comment: [UInt8] = []

  var data: Data {
    var file = Data()
    var list = Data()
    for entry in entries {
      let place = file.count
      let sum = entry.checksum ?? Self.checksum(entry.bytes)
      let sizes =
        little(Int(sum), 4) + little(entry.large.map { _ in -1 } ?? entry.packedSize ?? entry.bytes.count, 4)
        + little(entry.large.map { _ in -1 } ?? entry.size ?? entry.bytes.count, 4)
      let common = little(20, 2) + little(entry.flags, 2) + little(entry.method, 2) + little(0, 4) + sizes
      let localName = [UInt8]((entry.localName ?? entry.name).utf8)
      file.append(
        contentsOf: little(0x0403_4B50, 4) + common + little(localName.count, 2) + little(0, 2) + localName)
      file.append(contentsOf: entry.bytes)
      let name = [UInt8](entry.name.utf8)
      list.append(contentsOf: little(0x0201_4B50, 4) + little(20, 2) + common + little(name.count, 2))
      let numbers = entry.large?.flatMap { little($0, 8) } ?? []
      let extra =
        entry.large == nil ? [] : little(7, 2) + little(0, 2) + little(1, 2) + little(numbers.count, 2)
      list.append(contentsOf: little(extra.count + numbers.count, 2) + little(0, 10))
      list.append(contentsOf: little(entry.large.map { _ in -1 } ?? entry.offset ?? place, 4) + name)
      list.append(contentsOf: extra + numbers)
    }
    let count = little(self.count ?? entries.count, 2)
    let end =
      little(0x0605_4B50, 4) + little(0, 4) + count + count + little(listSize ?? list.count, 4)
      + little(listOffset ?? file.count, 4) + little(comment.count, 2) + comment
    return file + list + end
  }

  private func little(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// CRC-32, bit by bit.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
    }
    return ~sum
  }

  /// An archive as PyTorch makes it, of a pickle and its storages.
  static func torch(_ pickle: [UInt8], _ storages: [String: [UInt8]] = [:]) -> Data {
    let storages = storages.sorted { $0.key < $1.key }
    return ZipBuilder(
      entries: [Entry(name: "x/data.pkl", bytes: pickle)]
        + storages.map { Entry(name: "x/data/\($0.key)", bytes: $0.value) }
    ).data
  }
}
