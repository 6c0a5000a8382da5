import CSndFile
import Foundation
import Support
import Tensors

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
  /// With `requiringAll` a file that ends before the samples that its header announces is an error.
  ///
  /// - Throws: ``SoundFileError`` when the file is missing, empty, a folder, of an unknown format or damaged.
  public static func info(_ path: String, requiringAll: Bool = false) throws -> Info {
    var info: Info?
    try SoundSource(path).forEachStream(requiringAll: requiringAll) { stream in
      info = Info(
        rate: stream.rate, channels: stream.channels, frames: (info?.frames ?? 0) + stream.announcedFrames)
      return true
    }
    guard let info else { throw SoundFileError(path, .noSamples) }
    return info
  }

  /// The whole sound at the file's own rate; several channels are averaged into one.
  ///
  /// - Returns: samples with full scale ±1, and the rate in Hz.
  /// - Throws: as ``decode(_:atMost:_:)``.
  public static func read(_ path: String) throws -> Waveform {
    var samples: [Float] = []
    let rate = try decode(path) { samples += $0 }.rate
    return Waveform(samples: samples, rate: rate)
  }

  /// The whole sound as ``read(_:)`` returns it, (samples), with its rate in Hz.
  ///
  /// - Throws: as ``decode(_:atMost:_:)``; `TensorError` when the memory budget does not admit the samples, of which a
  ///   short file can hold many.
  public static func read(_ path: String, on device: Device) throws -> (samples: Tensor, rate: Int) {
    var budgeted = BudgetedSamples(device: device)
    let rate = try decode(path) { try budgeted.append($0) }.rate
    let tensor = try Tensor(budgeted.samples, shape: [budgeted.samples.count], on: device)
    return (tensor, rate)
  }

  /// Exactly the first second at `rate` Hz: `rate` samples, resampled when the file has another rate, padded with zeros
  /// at the end or cut. Only that second is decoded.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - rate: the rate of the result in Hz.
  ///   - isAligned: whether the loudest second is taken instead; then the whole file is decoded.
  /// - Throws: as ``decode(_:atMost:_:)``; ``SoundFileError`` for a rate that no clip has (``ClipReading/rates``);
  ///   ``ResamplingError`` when `rate` is not positive.
  public static func readOneSecond(_ path: String, rate: Int, isAligned: Bool = false) throws -> [Float] {
    var wave = Waveform(samples: [], rate: rate)
    if isAligned {
      wave = try loudestSecond(path)
    } else {
      wave.rate = try decode(path, atMost: 1) { wave.samples += $0 }.rate
    }
    try ClipReading.require(rate: wave.rate, path)
    var samples = wave.samples
    if wave.rate != rate {
      samples = try Resampler.resample(samples, from: Double(wave.rate), to: Double(rate))
    }
    if samples.count > rate { samples.removeLast(samples.count - rate) }
    if samples.count < rate { samples.append(contentsOf: repeatElement(0, count: rate - samples.count)) }
    return samples
  }

  /// Decodes the sound in blocks, so that a long file takes no more memory than a short one.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - seconds: how much of it; nil for all.
  ///   - body: gets the next samples, full scale ±1, channels averaged; never none.
  /// - Returns: rate and channels, and the number of samples that were decoded.
  /// - Throws: ``SoundFileError`` when the file is missing, empty, a folder, of an unknown format, damaged or cut
  ///   short, or when it has no samples or ones that are not finite; `InterruptionError`; what `body` throws.
  @discardableResult
  public static func decode(
    _ path: String, atMost seconds: Int? = nil, _ body: (_ block: [Float]) throws -> Void
  ) throws -> Info {
    let source = SoundSource(path)
    var decoder = SoundDecoder(path: path, seconds: seconds)
    try source.forEachStream(requiringAll: true) { stream in try decoder.decode(stream, body) }
    return try decoder.result()
  }
}

/// Samples whose memory counts towards a device's budget.
private struct BudgetedSamples {
  let device: Device
  private(set) var samples: [Float] = []
  private var reserved = 0
  private var charges: [MemoryCharge] = []

  init(device: Device) { self.device = device }

  mutating func append(_ block: [Float]) throws {
    let count = samples.count + block.count
    if count > reserved {
      // By doubling: samples are moved as seldom as the array itself would move them.
      let room = max(2 * reserved, count)
      let bytes = (room - reserved) * MemoryLayout<Float>.size
      charges.append(try MemoryCharge(bytes, on: device, operation: "read", shape: [room]))
      samples.reserveCapacity(room)
      reserved = room
    }
    samples += block
  }
}

extension SoundFile {
  /// Writes `waveform` to `path` atomically; the same samples make the same bytes, in every format.
  ///
  /// wav and flac hold `round(32768·x)`, limited to 16 bits; ogg and opus clip samples beyond ±1.
  ///
  /// - Parameters:
  ///   - waveform: at least one sample, all of them finite; full scale is ±1.
  ///   - path: the file, which is replaced if it exists.
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
    func failure(_ error: SoundFileError) -> any Error {
      FileError.diskFull(writing: path)?.renamed(target) ?? error
    }
    let file: SoundHandle
    do { file = try SoundHandle(writing: path, rate: waveform.rate, format: format, target: target) } catch {
      throw failure(error)
    }
    if let quality { file.set(Int32(SFC_SET_VBR_ENCODING_QUALITY), to: quality) }
    let written =
      format.isLossless ? file.write(waveform.samples.map(sixteenBits)) : file.write(waveform.samples)
    let text = file.errorText
    guard file.close(), written else {
      throw failure(SoundFileError(target, .unwritable(text ?? "the sound library failed")))
    }
    if !format.isLossless { try OggStream.setSerialNumber(path) }
  }

  /// The 16-bit sample nearest to `x`; 0 for NaN.
  static func sixteenBits(_ x: Float) -> Int16 {
    x.isNaN ? 0 : Int16(min(max((x * 32_768).rounded(.toNearestOrEven), -32_768), 32_767))
  }
}
