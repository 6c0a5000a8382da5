/// RIFF, RIFX and RF64. Sources: Microsoft and IBM, *Multimedia Programming Interface and Data Specifications 1.0*;
/// EBU Tech 3306 for RF64.
struct RIFFHeader {
  /// The numbers of the formats whose frames have a constant size: PCM, float, A-law, µ-law, extensible.
  static let uncompressed = [1, 3, 6, 7, 0xFFFE]

  /// A-law and µ-law, whose samples have one byte whatever the header says.
  private static let logarithmic = [6, 7]

  private let header: HeaderReader

  init(_ header: HeaderReader) { self.header = header }

  func samples() -> SampleChunk? {
    var frameSize = 1
    var largeSize: Int?
    var offset = 12
    while let tag = header.tag(at: offset), let size = header.number(at: offset + 4, bytes: 4) {
      let body = offset + 8
      switch tag {
      case "ds64": largeSize = body + 8
      case "fmt ": frameSize = Self.frameSize(header, at: body)
      case "data": return chunk(at: offset, largeSize, frameSize)
      default: break
      }
      offset = body + size + size & 1
    }
    return header.firstOffset(of: "data", from: 12).flatMap { chunk(at: $0, largeSize, frameSize) }
  }

  /// The samples whose chunk begins at `offset`; `largeSize` is where RF64 has their size.
  private func chunk(at offset: Int, _ largeSize: Int?, _ frameSize: Int) -> SampleChunk {
    let field = SampleChunk.SizeField(
      offset: largeSize ?? offset + 4, width: largeSize == nil ? 4 : 8, extra: 0)
    return SampleChunk(
      header, start: offset + 8, size: field, frameSize: frameSize, isEmpty: areChunks(from: offset + 8))
  }

  /// The bytes of a frame of uncompressed samples; 1 for other formats. The frame size that the header states is
  /// ignored, as by libsndfile.
  static func frameSize(_ header: HeaderReader, at body: Int) -> Int {
    guard var format = header.number(at: body, bytes: 2) else { return 1 }
    // An extensible format has the number of its samples' format at the beginning of its GUID.
    if format == 0xFFFE { format = header.number(at: body + 24, bytes: 2) ?? format }
    guard uncompressed.contains(format) else { return 1 }
    let channels = header.number(at: body + 2, bytes: 2) ?? 1
    let bits = logarithmic.contains(format) ? 8 : header.number(at: body + 14, bytes: 2) ?? 8
    return channels * ((bits + 7) / 8)
  }

  /// Whether chunks follow up to the end of the file: then a size of 0 before them is no placeholder.
  private func areChunks(from start: Int) -> Bool {
    var offset = start
    while header.tag(at: offset) != nil, let size = header.number(at: offset + 4, bytes: 4) {
      offset += 8 + size + size & 1
    }
    return offset > start && (offset == header.count || offset == header.count + 1)
  }
}

/// Sony's Wave64: chunks have a GUID and a size of 64 bits that counts its own header, and begin at multiples of 8.
enum Wave64Header {
  /// What follows the four letters in the GUIDs of the format and of the samples.
  private static let suffix: [UInt8] = [
    0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A,
  ]
  private static let chunkHeader = 24

  static func samples(_ header: HeaderReader) -> SampleChunk? {
    var frameSize = 1
    var offset = 40
    while let size = header.number(at: offset + 16, bytes: 8) {
      let body = offset + chunkHeader
      let tag = header.has(suffix, at: offset + 4) ? header.tag(at: offset) : nil
      if tag == "fmt " { frameSize = RIFFHeader.frameSize(header, at: body) }
      if tag == "data" {
        let field = SampleChunk.SizeField(offset: offset + 16, width: 8, extra: chunkHeader)
        return SampleChunk(header, start: body, size: field, frameSize: frameSize)
      }
      guard size >= chunkHeader, size < header.count else { return nil }
      offset += (size + 7) & ~7
    }
    return nil
  }
}

/// AIFF and AIFF-C. Source: Apple, *Audio Interchange File Format, version 1.3*.
enum AIFFHeader {
  /// The bytes of a sample by the AIFF-C type of uncompressed samples; nil for those that the header states.
  private static let sampleSizes: [String: Int?] = [
    "NONE": nil, "twos": nil, "sowt": nil, "raw ": 1, "in24": 3, "42ni": 3, "in32": 4, "23ni": 4, "fl32": 4,
    "FL32": 4, "fl64": 8, "FL64": 8, "ulaw": 1, "ULAW": 1, "alaw": 1, "ALAW": 1,
  ]

  static func samples(_ header: HeaderReader) -> SampleChunk? {
    guard let type = header.tag(at: 8), type == "AIFF" || type == "AIFC" else { return nil }
    var frameSize = 1
    var frames: (offset: Int, count: Int)?
    var found: (start: Int, field: SampleChunk.SizeField)?
    var offset = 12
    while let tag = header.tag(at: offset), let size = header.number(at: offset + 4, bytes: 4) {
      let body = offset + 8
      if tag == "COMM", let channels = header.number(at: body, bytes: 2),
        let count = header.number(at: body + 2, bytes: 4), let bits = header.number(at: body + 6, bytes: 2),
        let known = type == "AIFF" ? .some(nil) : sampleSizes[header.tag(at: body + 18) ?? ""]
      {
        frameSize = channels * (known ?? ((bits + 7) / 8))
        frames = (body + 2, count)
      }
      if tag == "SSND" {
        let skipped = 8 + (header.number(at: body, bytes: 4) ?? 0)
        found = (body + skipped, .init(offset: offset + 4, width: 4, extra: skipped))
      }
      if found != nil, frames != nil { break }
      offset = body + size + size & 1
    }
    if found == nil, let offset = header.firstOffset(of: "SSND", from: 12) {
      let skipped = 8 + (header.number(at: offset + 8, bytes: 4) ?? 0)
      found = (offset + 8 + skipped, .init(offset: offset + 4, width: 4, extra: skipped))
    }
    guard let (start, field) = found else { return nil }
    guard let frames, frameSize > 0 else {
      return SampleChunk(header, start: start, size: field, frameSize: 1)
    }
    let chunk = SampleChunk(header, start: start, size: field, frameSize: frameSize)
    let isOpen =
      frames.count == 0
      || SampleChunk.isPlaceholder(frames.count, bytes: 4, available: chunk.available / frameSize)
    // Each of the two sizes may be open where the other is stated.
    let size = chunk.size ?? (isOpen ? nil : frames.count * frameSize)
    let count = header.bytes(min(size ?? .max, chunk.available) / frameSize, count: 4)
    return SampleChunk(
      start: start, size: size, frameSize: frameSize, available: chunk.available,
      patches: chunk.patches + (isOpen ? [SampleChunk.Patch(offset: frames.offset, bytes: count)] : []))
  }
}

/// Sun's and NeXT's AU. Source: Sun, *au(4)*.
enum AUHeader {
  /// The bytes of a sample by the number of its encoding.
  private static let sampleSizes = [1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1]

  static func samples(_ header: HeaderReader) -> SampleChunk? {
    guard let start = header.number(at: 4, bytes: 4), let encoding = header.number(at: 12, bytes: 4),
      let channels = header.number(at: 20, bytes: 4)
    else { return nil }
    let frameSize = sampleSizes[encoding].map { min(channels, 0xFFFF) * $0 } ?? 1
    return SampleChunk(
      header, start: start, size: .init(offset: 8, width: 4, extra: 0), frameSize: frameSize)
  }
}

/// Apple's CAF. Source: Apple, *Core Audio Format Specification 1.0*.
enum CAFHeader {
  /// The edit count before the samples.
  private static let editCount = 4

  static func samples(_ header: HeaderReader) -> SampleChunk? {
    var frameSize = 1
    var offset = 8
    while let tag = header.tag(at: offset), let size = header.number(at: offset + 4, bytes: 8) {
      let body = offset + 12
      if tag == "desc" { frameSize = self.frameSize(header, at: body) }
      if tag == "data" { return chunk(header, at: offset, frameSize) }
      guard size < header.count else { break }
      offset = body + size
    }
    return header.firstOffset(of: "data", from: 8).map { chunk(header, at: $0, frameSize) }
  }

  /// The bytes of a frame of uncompressed samples, by channels and bits; 1 for other formats.
  private static func frameSize(_ header: HeaderReader, at body: Int) -> Int {
    let channels = min(header.number(at: body + 24, bytes: 4) ?? 1, 0xFFFF)
    switch header.tag(at: body + 8) {
    case "lpcm": return channels * ((min(header.number(at: body + 28, bytes: 4) ?? 8, 64) + 7) / 8)
    case "ulaw", "alaw": return channels
    default: return 1
    }
  }

  private static func chunk(_ header: HeaderReader, at offset: Int, _ frameSize: Int) -> SampleChunk {
    let field = SampleChunk.SizeField(offset: offset + 4, width: 8, extra: editCount)
    return SampleChunk(header, start: offset + 12 + editCount, size: field, frameSize: frameSize)
  }
}
