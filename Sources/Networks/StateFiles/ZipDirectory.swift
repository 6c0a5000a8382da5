import Foundation
import Support
import Tensors

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
  /// What a byte of the list costs as an entry in memory.
  private static let bytesPerByte = 8

  private func bad(_ reason: String) -> NetworkError { .badFile(path: path, reason: reason) }

  /// All entries. One that cannot be read (encrypted, overlapping, past the file's end …) says why: it is an error only
  /// for whom needs it.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` when the list itself is damaged, `InterruptionError`.
  func entries(on device: Device) throws -> [ZipArchive.Entry] {
    let list = try extent()
    let (cost, overflow) = (list.end - list.first).multipliedReportingOverflow(by: Self.bytesPerByte)
    let charge = try MemoryCharge(overflow ? .max : cost, on: device, operation: "load", shape: [list.count])
    defer { withExtendedLifetime(charge) {} }
    var reader = ByteReader(file, at: list.first)
    var entries: [ZipArchive.Entry] = []
    var positions: [[UInt8]: Int] = [:]
    var watch = Interruption.Watch()
    for number in 0..<list.count {
      try watch.count(1000, "reading \(path)")
      guard var entry = entry(&reader), reader.position <= list.end else {
        throw bad("entry \(number + 1) of the \(list.count) in its list is damaged")
      }
      if entry.problem == nil { entry.problem = locate(&entry, before: list.first) }
      if let other = positions.updateValue(entries.count, forKey: entry.name.nameBytes) {
        entries[other].problem = "there are two entries of this name"
        entry.problem = entries[other].problem
      }
      entries.append(entry)
    }
    guard reader.position == list.end else {
      throw bad(
        "its list of entries is \(list.end - reader.position) bytes longer than its \(list.count) entries"
      )
    }
    markOverlaps(&entries)
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
  private func entry(_ reader: inout ByteReader) -> ZipArchive.Entry? {
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
    var entry = ZipArchive.Entry(
      name: name, isDeflated: method == 8, packedSize: packed, size: size, checksum: checksum, header: header)
    entry.problem = problem(entry, disk: disk, flags: flags, method: method)
    return entry
  }

  /// Why the list says that an entry cannot be read; nil when it can.
  private func problem(_ entry: ZipArchive.Entry, disk: Int, flags: Int, method: Int) -> String? {
    let packed = entry.packedSize
    if disk != 0 { return "it is in another part of a divided archive" }
    if flags & 1 != 0 { return "it is encrypted" }
    guard method == 0 || method == 8 else {
      return "it is compressed by method \(method); only stored (0) and deflated (8) entries can be read"
    }
    guard packed <= file.count else { return "it claims \(packed) bytes of the file's \(file.count)" }
    let (largest, overflow) = packed.multipliedReportingOverflow(by: Deflate.maxRatio)
    guard entry.isDeflated ? overflow || entry.size <= largest : entry.size == packed else {
      return "it claims \(entry.size) bytes, decompressed from \(packed)"
    }
    return nil
  }

  /// The 64-bit sizes among an entry's extra fields.
  private static func largeFields(in extra: Data) -> Data {
    var reader = ByteReader(extra)
    while let kind = reader.short(), let length = reader.short(), let field = reader.take(length) {
      if kind == 1 { return field }
    }
    return Data()
  }

  /// Sets the range of an entry's bytes by the header before them; returns why it cannot be read, nil when it can.
  private func locate(_ entry: inout ZipArchive.Entry, before list: Int) -> String? {
    guard entry.header <= list - Self.headerSize else {
      return "its header would be at offset \(entry.header), past the entries"
    }
    var reader = ByteReader(file, at: entry.header)
    guard reader.word() == 0x0403_4B50, reader.take(2) != nil, let flags = reader.short(),
      let method = reader.short(),
      reader.take(4) != nil, let checksum = reader.number(UInt32.self), let packed = reader.word(),
      let size = reader.word(), let nameLength = reader.short(), let extraLength = reader.short(),
      let name = reader.take(nameLength), reader.take(extraLength) != nil
    else { return "its header at offset \(entry.header) is damaged" }
    guard String(decoding: name, as: UTF8.self) == entry.name, (method == 8) == entry.isDeflated else {
      return "its header is that of another entry"
    }
    // With bit 3 the sizes follow the bytes, and 64-bit sizes are in an extra field; the list has both.
    if flags & 8 == 0 {
      let agrees =
        checksum == entry.checksum && (packed == entry.packedSize || packed == Self.seeLargeField)
        && (size == entry.size || size == Self.seeLargeField)
      guard agrees else { return "its header and the archive's list have different sizes or checksums" }
    }
    guard reader.position <= list, entry.packedSize <= list - reader.position else {
      return "its \(entry.packedSize) bytes reach past the entries"
    }
    entry.bytes = reader.position..<(reader.position + entry.packedSize)
    return nil
  }

  /// Marks entries that overlap each other.
  private func markOverlaps(_ entries: inout [ZipArchive.Entry]) {
    let order = entries.indices.filter { !entries[$0].bytes.isEmpty || entries[$0].problem == nil }
      .sorted { entries[$0].header < entries[$1].header }
    var last: Int?
    for index in order {
      if let last, entries[last].bytes.upperBound > entries[index].header {
        entries[index].problem = "it overlaps entry \(entries[last].name.printable(limit: 80))"
        entries[last].problem =
          entries[last].problem ?? "it overlaps entry \(entries[index].name.printable(limit: 80))"
      }
      if last.map({ entries[index].bytes.upperBound > entries[$0].bytes.upperBound }) ?? true { last = index }
    }
  }
}
