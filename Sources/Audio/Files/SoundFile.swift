import CSndFile
import Foundation
import Support

/// Reads and writes sound files: wav, flac, ogg (Vorbis) and opus, by libsndfile.
///
/// Safe to call from many threads at once.
public enum SoundFile {
  /// What a file's header says.
  public struct Info: Sendable, Equatable {
    /// Samples in a second, in Hz.
    public let rate: Int
    public let channels: Int
    /// Samples of each channel.
    public let frames: Int

    public init(rate: Int, channels: Int, frames: Int) {
      self.rate = rate
      self.channels = channels
      self.frames = frames
    }

    /// How long the sound is, in seconds.
    public var seconds: Double { Double(frames) / Double(rate) }
  }

  /// Rate, channels and length of the file, without decoding it.
  ///
  /// - Throws: ``SoundFileError`` when the file is missing, empty, a folder, of no known format or damaged.
  public static func info(_ path: String) throws(SoundFileError) -> Info {
    let file = try SoundHandle(reading: path)
    return Info(rate: file.rate, channels: file.channels, frames: file.promisedFrames)
  }

  /// The whole sound, at the file's own rate; several channels are averaged into one.
  ///
  /// - Throws: ``SoundFileError`` when the file is missing, empty, a folder, of no known format, damaged,
  ///   cut short, or holds no samples.
  public static func read(_ path: String) throws(SoundFileError) -> Waveform {
    let file = try SoundHandle(reading: path)
    return Waveform(samples: try decode(file, path, atMost: .max), rate: file.rate)
  }

  /// Exactly the first second at `rate` Hz: resampled when the file has another rate, padded with zeros at
  /// the end or cut. Only that second is decoded.
  ///
  /// - Throws: ``SoundFileError`` as ``read(_:)`` does; ``ResamplingError`` when `rate` is not positive.
  public static func readOneSecond(_ path: String, rate: Int) throws -> [Float] {
    let file = try SoundHandle(reading: path)
    var samples = try decode(file, path, atMost: file.rate)
    if file.rate != rate {
      samples = try Resampler.resample(samples, from: Double(file.rate), to: Double(rate))
    }
    if samples.count > rate { samples.removeLast(samples.count - rate) }
    if samples.count < rate { samples.append(contentsOf: repeatElement(0, count: rate - samples.count)) }
    return samples
  }

  /// Decodes in blocks, so that a header that lies about the length costs no memory.
  private static func decode(
    _ file: borrowing SoundHandle, _ path: String, atMost limit: Int
  ) throws(SoundFileError) -> [Float] {
    let promised = file.promisedFrames
    guard promised > 0 else { throw SoundFileError(path, .noSamples) }
    if let missing = missingBytes(path) {
      throw SoundFileError(path, .damaged("it is cut short, \(missing) bytes are missing at the end"))
    }
    let wanted = min(promised, limit)
    let block = min(wanted, 65_536)
    var buffer = [Float](repeating: 0, count: block * file.channels)
    var samples: [Float] = []
    while samples.count < wanted {
      let count = file.read(&buffer, frames: min(block, wanted - samples.count))
      if count == 0 { break }
      if count == wanted, file.channels == 1 {
        swap(&samples, &buffer)
      } else {
        mix(buffer, frames: count, channels: file.channels, onto: &samples)
      }
    }
    if let trouble = file.trouble { throw SoundFileError(path, .damaged(trouble)) }
    // A stream that does not know its length promises an enormous one.
    guard samples.count == wanted || (promised >= Int(Int32.max) && !samples.isEmpty) else {
      throw SoundFileError(path, .damaged("\(samples.count) of \(promised) samples could be read"))
    }
    if let index = samples.firstIndex(where: { !$0.isFinite }) {
      throw SoundFileError(path, .notFinite(index: index))
    }
    return samples
  }

  /// Appends the mean of the channels.
  private static func mix(_ interleaved: [Float], frames: Int, channels: Int, onto samples: inout [Float]) {
    let share = 1 / Float(channels)
    samples.reserveCapacity(samples.count + frames)
    for frame in 0..<frames {
      var sum: Float = 0
      for channel in 0..<channels { sum += interleaved[frame * channels + channel] }
      samples.append(sum * share)
    }
  }

  /// How many bytes the file lacks at its end, as far as its own structure tells; nil when none.
  ///
  /// libsndfile reads what there is of RIFF and Ogg files without a word. A length that programs write into a
  /// pipe, not knowing better, is not believed.
  private static func missingBytes(_ path: String) -> Int? {
    guard let handle = FileHandle(forReadingAtPath: path), let start = try? handle.read(upToCount: 8),
      start.count == 8, let end = try? handle.seekToEnd()
    else { return nil }
    switch String(decoding: start.prefix(4), as: UTF8.self) {
    case "RIFF":
      let promised = start.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) } + 8
      return promised > Int(end) && promised < 0x7FFF_0000 ? promised - Int(end) : nil
    case "OggS":
      try? handle.seek(toOffset: end - min(end, UInt64(OggStream.maxPage)))
      return (try? handle.readToEnd()).flatMap(OggStream.missingBytes)
    default: return nil
    }
  }
}

extension SoundFile {
  /// Writes `wave` to `path`; the same samples give the same bytes, in every format.
  ///
  /// wav and flac hold `round(32768·x)`, limited to 16 bits; ogg and opus clip beyond ±1. The file appears
  /// whole or not at all.
  ///
  /// - Parameters:
  ///   - format: what to write; nil takes it from the name's extension.
  ///   - quality: from 0 to 1, how finely ogg and opus are coded; nil is the library's default.
  ///   - flushed: whether the bytes are on the disk when the call returns (``AtomicFile``). Without it the
  ///     file is renamed into place but the system may hold its bytes for a while; many files go faster.
  /// - Throws: ``SoundFileError`` when the extension or rate does not fit, `wave` is empty or not
  ///   finite, or the file cannot be written.
  public static func write(
    _ wave: Waveform, to path: String, format: SoundFormat? = nil, quality: Double? = nil,
    flushed: Bool = true
  ) throws {
    let format = try format ?? suited(path)
    try check(wave, format, path)
    if flushed {
      try AtomicFile.replace(path) { try encode(wave, to: $0, format, quality, target: path) }
    } else {
      let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
      do { try encode(wave, to: temporary, format, quality, target: path) } catch {
        unlink(temporary)
        throw error
      }
      guard rename(temporary, path) == 0 else {
        let failure = FileError(errnoOf: "write", path)
        unlink(temporary)
        throw failure
      }
    }
  }

  /// The bytes of a file of this name with `wave` in it, the same as ``write(_:to:format:quality:flushed:)``
  /// writes.
  public static func bytes(of wave: Waveform, for path: String) throws -> Data {
    let format = try suited(path)
    try check(wave, format, path)
    // The library wants a file; this one has no name, and is gone when it is closed.
    guard let file = tmpfile() else { throw FileError(errnoOf: "write", path) }
    defer { fclose(file) }
    let place = "/proc/self/fd/\(fileno(file))"
    try encode(wave, to: place, format, nil, target: path)
    return try Data(contentsOf: URL(fileURLWithPath: place))
  }

  private static func suited(_ path: String) throws -> SoundFormat {
    guard let format = SoundFormat(path: path) else { throw SoundFileError(path, .unknownExtension) }
    return format
  }

  private static func check(_ wave: Waveform, _ format: SoundFormat, _ path: String) throws {
    guard format.takes(rate: wave.rate) else { throw SoundFileError(path, .rate(wave.rate, format)) }
    guard !wave.samples.isEmpty else { throw SoundFileError(path, .unwritable("there are no samples")) }
    if let index = wave.samples.firstIndex(where: { !$0.isFinite }) {
      throw SoundFileError(path, .notFinite(index: index))
    }
  }

  private static func encode(
    _ wave: Waveform, to path: String, _ format: SoundFormat, _ quality: Double?, target: String
  ) throws {
    let file = try SoundHandle(writing: path, rate: wave.rate, format: format, target: target)
    if let quality { file.set(Int32(SFC_SET_VBR_ENCODING_QUALITY), to: quality) }
    let written = format.isLossless ? file.write(wave.samples.map(sixteenBits)) : file.write(wave.samples)
    let trouble = file.trouble
    guard file.close(), written else {
      throw SoundFileError(target, .unwritable(trouble ?? "the disk may be full"))
    }
    if !format.isLossless { try OggStream.number(path) }
  }

  /// The 16-bit sample nearest to `x`; 0 for what is not a number.
  static func sixteenBits(_ x: Float) -> Int16 {
    x.isNaN ? 0 : Int16(min(max((x * 32_768).rounded(.toNearestOrEven), -32_768), 32_767))
  }
}
