import Foundation
import Support

/// The list of entries at the end of a zip archive, and the header before each entry.
///
/// Source: PKWARE's APPNOTE 6.3.
struct ZipDirectory {
  private let file: Data
  private let path: String

  init(_ file: Data, named path: String) {
    self.file = file
    self.path = path
  }

  private static let endSize = 22
  private static let entrySize = 46
  private static let headerSize = 30
  /// A 32-bit size whose value is in a 64-bit field instead.
  private static let seeLargeField = 0xFFFF_FFFF

  private func bad(_ reason: String) -> NetworkError { .badFile(path: path, reason: reason) }

  private func bad(_ name: String, _ reason: String) -> NetworkError {
    bad("entry \(name.printable(limit: 80)): \(reason)")
  }

  /// All entries, checked not to overlap each other and to lie within the file.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)``, `InterruptionError`.
  func entries() throws -> [ZipArchive.Entry] {
    let list = try extent()
    var reader = ByteReader(file, at: list.first)
    var entries: [ZipArchive.Entry] = []
    var names: Set<String> = []
    var watch = Interruption.Watch()
    for number in 0..<list.count {
      try watch.count(1000, "reading \(path)")
      guard var entry = try entry(&reader), reader.position <= list.end else {
        throw bad("entry \(number + 1) of the \(list.count) in its list is damaged")
      }
      guard names.insert(entry.name).inserted else {
        throw bad(entry.name, "there are two entries of this name")
      }
      entry.bytes = try bytes(of: entry, before: list.first)
      entries.append(entry)
    }
    guard reader.position == list.end else {
      throw bad(
        "its list of entries is \(list.end - reader.position) bytes longer than its \(list.count) entries"
      )
    }
    try requireDisjoint(entries)
    return entries
  }

  /// Where the list is, by the record at the file's end or the 64-bit one before it.
  private func extent() throws -> (first: Int, end: Int, count: Int) {
    guard let record = endRecord() else {
      throw bad("it is cut short: a zip archive ends with its list of entries, which is missing")
    }
    var end = ByteReader(file, at: record + 4)
    guard let disk = end.short(), let listDisk = end.short(), let here = end.short(), var count = end.short(),
      var size = end.word(), var first = end.word()
    else { throw bad("the end of its list is damaged") }
    var limit = record
    if let large = try largeRecord(before: record) {
      count = large.count
      size = large.size
      first = large.first
      limit = large.offset
    } else {
      guard disk == 0, listDisk == 0, here == count else { throw bad("it is one part of a divided archive") }
    }
    guard first <= limit, size <= limit - first else {
      throw bad("its list claims \(size) bytes at offset \(first), past the record that ends the file")
    }
    guard count <= size / Self.entrySize else {
      throw bad("its list claims \(count) entries in \(size) bytes")
    }
    return (first, first + size, count)
  }

  /// The offset of the record that ends the file, which a comment may follow.
  private func endRecord() -> Int? {
    let furthest = max(0, file.count - Self.endSize - 0xFFFF)
    var at = file.count - Self.endSize
    while at >= furthest, at >= 0 {
      var reader = ByteReader(file, at: at)
      if reader.word() == 0x0605_4B50 {
        var comment = ByteReader(file, at: at + 20)
        if comment.short() == file.count - at - Self.endSize { return at }
      }
      at -= 1
    }
    return nil
  }

  /// The same in 64 bits, where the archive has it.
  private func largeRecord(before end: Int) throws -> (count: Int, size: Int, first: Int, offset: Int)? {
    var locator = ByteReader(file, at: end - 20)
    guard end >= 20, locator.word() == 0x0706_4B50 else { return nil }
    guard locator.word() == 0, let at = locator.long(), locator.word() == 1, at <= end - 20 - 56 else {
      throw bad("the offset of its 64-bit list is damaged")
    }
    var reader = ByteReader(file, at: at)
    guard reader.word() == 0x0606_4B50, let size = reader.long(), size >= 44, reader.take(4) != nil,
      reader.word() == 0, reader.word() == 0, let here = reader.long(), let count = reader.long(),
      here == count,
      let bytes = reader.long(), let first = reader.long()
    else { throw bad("its 64-bit list is damaged") }
    return (count, bytes, first, at)
  }

  /// The next entry of the list; nil when it is damaged.
  private func entry(_ reader: inout ByteReader) throws -> ZipArchive.Entry? {
    guard reader.word() == 0x0201_4B50, reader.take(4) != nil, let flags = reader.short(),
      let method = reader.short(),
      reader.take(4) != nil, let checksum = reader.number(UInt32.self), var packed = reader.word(),
      var size = reader.word(), let nameLength = reader.short(), let extraLength = reader.short(),
      let commentLength = reader.short(), var disk = reader.short(), reader.take(6) != nil,
      var header = reader.word(),
      let nameBytes = reader.take(nameLength), let extra = reader.take(extraLength),
      reader.take(commentLength) != nil
    else { return nil }
    let name = String(decoding: nameBytes, as: UTF8.self)
    var large = ByteReader(Self.largeFields(in: extra))
    if size == Self.seeLargeField { size = large.long() ?? .max }
    if packed == Self.seeLargeField { packed = large.long() ?? .max }
    if header == Self.seeLargeField { header = large.long() ?? .max }
    if disk == 0xFFFF { disk = large.word() ?? disk }
    guard disk == 0 else { throw bad(name, "it is in another part of a divided archive") }
    guard flags & 1 == 0 else { throw bad(name, "it is encrypted") }
    guard method == 0 || method == 8 else {
      throw bad(
        name, "it is compressed by method \(method); only stored (0) and deflated (8) entries can be read")
    }
    guard packed <= file.count else {
      throw bad(name, "it claims \(packed) bytes of the file's \(file.count)")
    }
    let maxSize = method == 0 ? packed : packed.multipliedReportingOverflow(by: Deflate.maxRatio).partialValue
    guard size <= maxSize, method == 8 || size == packed else {
      throw bad(name, "it claims \(size) bytes, decompressed from \(packed)")
    }
    return ZipArchive.Entry(
      name: name, isDeflated: method == 8, packedSize: packed, size: size, checksum: checksum, header: header)
  }

  /// The 64-bit sizes among an entry's extra fields.
  private static func largeFields(in extra: Data) -> Data {
    var reader = ByteReader(extra)
    while let kind = reader.short(), let length = reader.short(), let field = reader.take(length) {
      if kind == 1 { return field }
    }
    return Data()
  }

  /// The range of an entry's bytes, by the header before them.
  private func bytes(of entry: ZipArchive.Entry, before list: Int) throws -> Range<Int> {
    guard entry.header <= list - Self.headerSize else {
      throw bad(entry.name, "its header would be at offset \(entry.header), past the entries")
    }
    var reader = ByteReader(file, at: entry.header)
    guard reader.word() == 0x0403_4B50, reader.take(2) != nil, let flags = reader.short(),
      let method = reader.short(),
      reader.take(4) != nil, let checksum = reader.number(UInt32.self), let packed = reader.word(),
      let size = reader.word(), let nameLength = reader.short(), let extraLength = reader.short(),
      let name = reader.take(nameLength), reader.take(extraLength) != nil
    else { throw bad(entry.name, "its header at offset \(entry.header) is damaged") }
    guard String(decoding: name, as: UTF8.self) == entry.name, (method == 8) == entry.isDeflated else {
      throw bad(entry.name, "its header is that of another entry")
    }
    // With bit 3 the sizes follow the bytes, and 64-bit sizes are in an extra field; the list has both.
    if flags & 8 == 0 {
      let agrees =
        checksum == entry.checksum && (packed == entry.packedSize || packed == Self.seeLargeField)
        && (size == entry.size || size == Self.seeLargeField)
      guard agrees else {
        throw bad(entry.name, "its header and the archive's list have different sizes or checksums")
      }
    }
    guard reader.position <= list, entry.packedSize <= list - reader.position else {
      throw bad(entry.name, "its \(entry.packedSize) bytes reach past the entries")
    }
    return reader.position..<(reader.position + entry.packedSize)
  }

  /// Throws when entries overlap.
  private func requireDisjoint(_ entries: [ZipArchive.Entry]) throws {
    let sorted = entries.sorted { $0.header < $1.header }
    for (entry, next) in zip(sorted, sorted.dropFirst()) where entry.bytes.upperBound > next.header {
      throw bad(next.name, "it overlaps entry \(entry.name.printable(limit: 80))")
    }
  }
}
