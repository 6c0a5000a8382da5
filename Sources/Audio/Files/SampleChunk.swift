import Foundation

/// The part of a sound file that holds the samples, by the headers of its container.
///
/// libsndfile reads a file that ends too early without an error, and finds nothing in one whose sizes were never
/// filled in. Only the size of this part counts: other sizes, such as that of the whole RIFF form, are wrong in many
/// complete files.
struct SampleChunk: Equatable {
  /// Bytes of the header to be replaced.
  struct Patch: Equatable {
    let offset: Int
    let bytes: [UInt8]
  }

  /// Where the samples begin, in bytes from the start of the file.
  let start: Int
  /// The bytes that the header states; nil when it leaves them open, which means until the end of the file.
  let size: Int?
  /// The bytes of a frame, all channels; 1 when frames have no constant size.
  let frameSize: Int
  /// The bytes from ``start`` to the end of the file.
  let available: Int
  /// What completes a header that leaves the size open.
  let patches: [Patch]

  /// How many bytes of the samples are missing at the end of the file; nil when every whole frame is there.
  var missingBytes: Int? {
    guard let size, size / frameSize > available / frameSize else { return nil }
    return size - available
  }

  /// Finds the samples in a RIFF, RIFX, RF64, W64, AIFF, AIFF-C, AU, CAF or SPHERE file; nil for other files, and for
  /// headers that lead to no samples.
  static func find(in file: Data) -> SampleChunk? {
    let header = HeaderReader(file)
    switch header.tag(at: 0) {
    case "RIFF": return RIFFHeader(header).samples()
    case "RIFX": return RIFFHeader(header.bigEndian).samples()
    case "RF64", "BW64": return RIFFHeader(header).samples()
    case "riff": return Wave64Header.samples(header)
    case "FORM": return AIFFHeader.samples(header.bigEndian)
    case ".snd": return AUHeader.samples(header.bigEndian)
    case "dns.": return AUHeader.samples(header)
    case "caff": return CAFHeader.samples(header.bigEndian)
    case "NIST": return SphereHeader.samples(header)
    default: return nil
    }
  }
}

extension SampleChunk {
  /// A size in a header.
  struct SizeField {
    /// Where it is.
    let offset: Int
    /// 4 or 8 bytes.
    let width: Int
    /// What it counts besides the samples.
    let extra: Int
  }

  /// The samples whose size is in `field`; open when the field has a value that programs write before they know it.
  ///
  /// - Parameter isEmpty: whether a size of 0 is meant.
  init(
    _ header: HeaderReader, start: Int, size field: SizeField, frameSize: Int, isEmpty: Bool = false,
    patches: [Patch] = []
  ) {
    let stated = header.number(at: field.offset, bytes: field.width) ?? 0
    let available = max(0, header.count - start)
    let isOpen = Self.isPlaceholder(stated, bytes: field.width, available: available) || stated <= field.extra
    self.start = start
    size = isOpen && !isEmpty ? nil : max(0, stated - field.extra)
    self.frameSize = max(1, frameSize)
    self.available = available
    let whole = Patch(offset: field.offset, bytes: header.bytes(available + field.extra, count: field.width))
    self.patches = (size == nil ? [whole] : []) + patches
  }

  /// Whether programs that write into a pipe, or that were stopped, leave this size: all ones, or the largest that a
  /// signed number holds, rounded down.
  ///
  /// Some take a round number of 2 GB or more, which a file of far fewer bytes tells from the size of one cut short.
  static func isPlaceholder(_ size: Int, bytes: Int, available: Int) -> Bool {
    guard bytes == 4 else { return size == .max }
    return size >= 0xFFFF_0000 || (0x7FFF_0000...0x8000_0000).contains(size)
      || (size >= 2_000_000_000 && available < size / 16)
  }
}

/// Reads numbers and tags at offsets of a file's header.
struct HeaderReader {
  private let file: Data
  private let isBigEndian: Bool

  /// Little-endian, until ``bigEndian`` is used.
  init(_ file: Data, isBigEndian: Bool = false) {
    self.file = file
    self.isBigEndian = isBigEndian
  }

  /// The same file with big-endian numbers.
  var bigEndian: HeaderReader { HeaderReader(file, isBigEndian: true) }

  /// The size of the file in bytes.
  var count: Int { file.count }

  /// Four characters; nil beyond the end of the file, or when one is not printable ASCII.
  func tag(at offset: Int) -> String? {
    guard let bytes = range(offset, 4), bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Up to `count` bytes from the start of the file as text.
  func text(count: Int) -> String { String(decoding: file.prefix(count), as: UTF8.self) }

  /// An unsigned number, `Int.max` for larger ones; nil beyond the end of the file.
  func number(at offset: Int, bytes width: Int) -> Int? {
    guard let bytes = range(offset, width) else { return nil }
    let ordered = isBigEndian ? Array(bytes) : bytes.reversed()
    return Int(clamping: ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// The bytes of a number, the largest that fits for a larger one.
  func bytes(_ number: Int, count width: Int) -> [UInt8] {
    let limited = width < 8 ? min(number, 1 << (8 * width) - 1) : number
    let little = (0..<width).map { UInt8(truncatingIfNeeded: limited >> (8 * $0)) }
    return isBigEndian ? little.reversed() : little
  }

  /// Whether the bytes at `offset` are these.
  func has(_ bytes: [UInt8], at offset: Int) -> Bool {
    range(offset, bytes.count)?.elementsEqual(bytes) ?? false
  }

  /// Where four letters stand first, in the part of a file that headers are in; nil when they do not.
  ///
  /// Players find the samples behind a chunk whose size is wrong in this way.
  func firstOffset(of tag: String, from offset: Int) -> Int? {
    let start = file.startIndex + min(offset, file.count)
    let part = file[start..<min(file.endIndex, start + Self.maxHeader)]
    return part.range(of: Data(tag.utf8)).map { $0.lowerBound - file.startIndex }
  }

  private static let maxHeader = 1 << 16

  private func range(_ offset: Int, _ length: Int) -> Data? {
    guard offset >= 0, offset <= file.count - length else { return nil }
    let start = file.startIndex + offset
    return file[start..<start + length]
  }
}
