import Foundation
import Support

/// How the clips of a data set are read: each becomes one second at one rate.
public struct ClipReading: Sendable, Hashable {
  /// The rate of the set in Hz; nil for the most frequent one of its clips.
  public var rate: Int?
  /// Whether the loudest second of a clip is used, not the first.
  public var isAligned: Bool

  /// By default the most frequent rate and the first second.
  public init(rate: Int? = nil, isAligned: Bool = false) {
    self.rate = rate
    self.isAligned = isAligned
  }

  /// The rates that a clip of speech may have, in Hz. A header with any other is damaged, or not that of a recording.
  public static let rates = 4_000...384_000

  /// Makes sure that a clip has a possible rate.
  ///
  /// - Throws: ``SoundFileError`` for a rate that no clip can have.
  package static func require(rate: Int, _ path: String) throws(SoundFileError) {
    guard rates.contains(rate) else { throw SoundFileError(path, .clipRate(rate)) }
  }
}

/// What a clip's file contains, as far as a data set is concerned.
public struct ClipSound: Sendable {
  /// In Hz.
  public let rate: Int
  /// The duration of the whole file.
  public let seconds: Double
  /// The digest of its samples, rounded to 16 bits, and its rate; nil for silence, of which there may be many. Copies
  /// in another lossless format have the same.
  public let content: ContentKey?
  /// What is wrong with the second that is used.
  public let findings: [ClipFinding]

  /// Reads a file in blocks.
  ///
  /// - Throws: as ``SoundFile/decode(_:atMost:_:)``, and ``SoundFileError`` for a rate that no clip has.
  public init(_ path: String, _ reading: ClipReading) throws {
    let rate = try SoundFile.info(path).rate
    try ClipReading.require(rate: rate, path)
    var loudest = LoudestSecond(rate: rate)
    var digest = SampleDigest()
    var used: [Float] = []
    let info = try SoundFile.decode(path) { block in
      loudest.add(block)
      digest.add(block)
      if used.count < rate { used += block.prefix(rate - used.count) }
    }
    let (start, firstFraction) = loudest.result
    if reading.isAligned, start > 0 { used = try SoundFile.samples(of: path, from: start, count: rate) }
    self.rate = rate
    seconds = info.seconds
    content = digest.key(rate: rate)
    findings = (!reading.isAligned && firstFraction < 0.5 ? [.late] : []) + ClipFinding.all(in: used)
  }
}

extension SoundFile {
  /// The loudest second of a file at its own rate, or all of a shorter one.
  ///
  /// - Throws: as ``decode(_:atMost:_:)``.
  static func loudestSecond(_ path: String) throws -> Waveform {
    let rate = try info(path).rate
    var loudest = LoudestSecond(rate: rate)
    try decode(path) { loudest.add($0) }
    return Waveform(samples: try samples(of: path, from: loudest.result.start, count: rate), rate: rate)
  }

  /// Some of a file's samples; fewer at its end.
  ///
  /// - Throws: as ``decode(_:atMost:_:)``.
  fileprivate static func samples(of path: String, from start: Int, count: Int) throws -> [Float] {
    var samples: [Float] = []
    var position = 0
    try decode(path) { block in
      let first = min(max(0, start - position), block.count)
      let last = min(max(0, start + count - position), block.count)
      samples += block[first..<last]
      position += block.count
    }
    return samples
  }
}

/// The digest of samples that come in blocks of any size, rounded to 16 bits.
private struct SampleDigest {
  /// Bytes that are digested together, whatever the blocks are.
  private static let chunk = 1 << 16

  private var pending: [UInt8] = []
  private var keys: [String] = []
  private var bits: Int16 = 0

  mutating func add(_ block: [Float]) {
    var bytes = [UInt8](repeating: 0, count: 2 * block.count)
    for index in block.indices {
      let value = SoundFile.sixteenBits(block[index])
      bits |= value
      bytes[2 * index] = UInt8(truncatingIfNeeded: value)
      bytes[2 * index + 1] = UInt8(truncatingIfNeeded: value >> 8)
    }
    pending += bytes
    while pending.count >= Self.chunk {
      keys.append(ContentKey(of: Data(pending.prefix(Self.chunk))).description)
      pending.removeFirst(Self.chunk)
    }
  }

  /// The digest; nil when all samples are 0.
  func key(rate: Int) -> ContentKey? {
    bits == 0
      ? nil : ContentKey(parts: keys + [ContentKey(of: Data(pending)).description, String(rate)])
  }
}
