import CSndFile
import Foundation
import Support

/// Reads and writes sound files: wav, flac, ogg (Vorbis) and opus, by libsndfile.
///
/// Safe to call from many threads at once.
public enum SoundFile {
  /// The properties in a file's header.
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

    /// The duration in seconds.
    public var seconds: Double { Double(frames) / Double(rate) }
  }

  /// Rate, channels and length of the file, without decoding it.
  ///
  /// - Throws: ``SoundFileError`` when the file is missing, empty, a folder, of an unknown format or damaged.
  public static func info(_ path: String) throws(SoundFileError) -> Info {
    let file = try SoundHandle(reading: path)
    return Info(rate: file.rate, channels: file.channels, frames: file.announcedFrames)
  }

  /// The whole sound at the file's own rate; several channels are averaged into one.
  ///
  /// - Returns: samples with full scale ±1, and the rate in Hz.
  /// - Throws: ``SoundFileError`` when the file is missing, empty, a folder, of an unknown format, damaged or cut
  ///   short, or when it has no samples or ones that are not finite.
  public static func read(_ path: String) throws(SoundFileError) -> Waveform {
    let file = try SoundHandle(reading: path)
    return Waveform(samples: try decode(file, path, atMost: .max), rate: file.rate)
  }

  /// Exactly the first second at `rate` Hz: `rate` samples, resampled when the file has another rate, padded with zeros
  /// at the end or cut. Only that second is decoded.
  ///
  /// - Parameter isAligned: whether the loudest second is taken instead; then the whole file is decoded.
  /// - Throws: ``SoundFileError`` as ``read(_:)``, and for a rate that no clip has (``ClipReading/rates``);
  ///   ``ResamplingError`` when `rate` is not positive;
  ///   `InterruptionError`.
  public static func readOneSecond(_ path: String, rate: Int, isAligned: Bool = false) throws -> [Float] {
    let file = try SoundHandle(reading: path)
    try ClipReading.require(rate: file.rate, path)
    var samples = try decode(file, path, atMost: isAligned ? .max : file.rate)
    if isAligned {
      let start = LoudestSecond.find(in: samples, rate: file.rate).start
      samples = Array(samples[start..<min(start + file.rate, samples.count)])
    }
    if file.rate != rate {
      samples = try Resampler.resample(samples, from: Double(file.rate), to: Double(rate))
    }
    if samples.count > rate { samples.removeLast(samples.count - rate) }
    if samples.count < rate { samples.append(contentsOf: repeatElement(0, count: rate - samples.count)) }
    return samples
  }

  /// Decodes in blocks, so that a header with a false length costs no memory.
  private static func decode(
    _ file: borrowing SoundHandle, _ path: String, atMost limit: Int
  ) throws(SoundFileError) -> [Float] {
    let announced = file.announcedFrames
    guard announced > 0 else { throw SoundFileError(path, .noSamples) }
    if let missing = missingBytes(path) {
      throw SoundFileError(path, .damaged("it is cut short, \(missing) bytes are missing at the end"))
    }
    let wanted = min(announced, limit)
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
    if let text = file.errorText { throw SoundFileError(path, .damaged(text)) }
    // A stream of unknown length announces an enormous one.
    guard samples.count == wanted || (announced >= Int(Int32.max) && !samples.isEmpty) else {
      throw SoundFileError(path, .damaged("\(samples.count) of \(announced) samples could be read"))
    }
    if let index = samples.firstIndex(where: { !$0.isFinite }) {
      throw SoundFileError(path, .notFinite(index: index))
    }
    return samples
  }

  /// Appends the mean of the channels.
  private static func mix(_ interleaved: [Float], frames: Int, channels: Int, onto samples: inout [Float]) {
    let weight = 1 / Float(channels)
    samples.reserveCapacity(samples.count + frames)
    for frame in 0..<frames {
      var sum: Float = 0
      for channel in 0..<channels { sum += interleaved[frame * channels + channel] }
      samples.append(sum * weight)
    }
  }

  /// How many bytes are missing at the file's end, as far as its own structure tells; nil when none are.
  ///
  /// libsndfile reads truncated RIFF and Ogg files without an error. The placeholder length that programs write into a
  /// pipe is ignored.
  private static func missingBytes(_ path: String) -> Int? {
    guard let handle = FileHandle(forReadingAtPath: path), let start = try? handle.read(upToCount: 8),
      start.count == 8, let end = try? handle.seekToEnd()
    else { return nil }
    switch String(decoding: start.prefix(4), as: UTF8.self) {
    case "RIFF":
      let announced = start.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) } + 8
      return announced > Int(end) && announced < 0x7FFF_0000 ? announced - Int(end) : nil
    case "OggS":
      try? handle.seek(toOffset: end - min(end, UInt64(OggStream.maxPage)))
      return (try? handle.readToEnd()).flatMap(OggStream.missingBytes)
    default: return nil
    }
  }
}

extension SoundFile {
  /// Writes `waveform` to `path` atomically; the same samples make the same bytes, in every format.
  ///
  /// wav and flac hold `round(32768·x)`, limited to 16 bits; ogg and opus clip samples beyond ±1.
  ///
  /// - Parameters:
  ///   - format: the format of the file; nil takes it from the name's extension.
  ///   - quality: the quality of ogg and opus, from 0 to 1; nil is the library's default.
  ///   - flushed: whether the bytes are on the disk when the call returns (`AtomicFile`). Without it the file is
  ///     renamed but the system may write its bytes later, which is faster for many files.
  /// - Throws: ``SoundFileError`` when the extension or rate does not fit, `waveform` is empty or not finite, or the
  ///   library cannot write it; `FileError` when the file cannot be written.
  public static func write(
    _ waveform: Waveform, to path: String, format: SoundFormat? = nil, quality: Double? = nil,
    flushed: Bool = true
  ) throws {
    let format = try format ?? Self.format(of: path)
    try check(waveform, format, path)
    if flushed {
      try AtomicFile.replace(path) { try encode(waveform, to: $0, format, quality, target: path) }
    } else {
      let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
      do { try encode(waveform, to: temporary, format, quality, target: path) } catch {
        unlink(temporary)
        throw error
      }
      guard rename(temporary, path) == 0 else {
        let error = FileError(errnoOf: "write", path)
        unlink(temporary)
        throw error
      }
    }
  }

  /// The bytes of a file of this name with `waveform`, the same as ``write(_:to:format:quality:flushed:)`` writes.
  ///
  /// - Throws: as ``write(_:to:format:quality:flushed:)``.
  public static func bytes(of waveform: Waveform, for path: String) throws -> Data {
    let format = try Self.format(of: path)
    try check(waveform, format, path)
    // The library needs a file; this one has no name, and is removed when it is closed.
    guard let file = tmpfile() else { throw FileError(errnoOf: "write", path) }
    defer { fclose(file) }
    let name = "/proc/self/fd/\(fileno(file))"
    try encode(waveform, to: name, format, nil, target: path)
    return try Data(contentsOf: URL(fileURLWithPath: name))
  }

  private static func format(of path: String) throws -> SoundFormat {
    guard let format = SoundFormat(path: path) else { throw SoundFileError(path, .unknownExtension) }
    return format
  }

  private static func check(_ waveform: Waveform, _ format: SoundFormat, _ path: String) throws {
    guard format.supports(rate: waveform.rate) else {
      throw SoundFileError(path, .rate(waveform.rate, format))
    }
    guard !waveform.samples.isEmpty else { throw SoundFileError(path, .unwritable("there are no samples")) }
    if let index = waveform.samples.firstIndex(where: { !$0.isFinite }) {
      throw SoundFileError(path, .notFinite(index: index))
    }
  }

  private static func encode(
    _ waveform: Waveform, to path: String, _ format: SoundFormat, _ quality: Double?, target: String
  ) throws {
    let file = try SoundHandle(writing: path, rate: waveform.rate, format: format, target: target)
    if let quality { file.set(Int32(SFC_SET_VBR_ENCODING_QUALITY), to: quality) }
    let written =
      format.isLossless ? file.write(waveform.samples.map(sixteenBits)) : file.write(waveform.samples)
    let text = file.errorText
    guard file.close(), written else {
      throw SoundFileError(target, .unwritable(text ?? "the disk may be full"))
    }
    if !format.isLossless { try OggStream.setSerialNumber(path) }
  }

  /// The 16-bit sample nearest to `x`; 0 for NaN.
  package static func sixteenBits(_ x: Float) -> Int16 {
    x.isNaN ? 0 : Int16(min(max((x * 32_768).rounded(.toNearestOrEven), -32_768), 32_767))
  }
}
