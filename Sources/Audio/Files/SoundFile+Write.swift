import CSndFile
import Foundation
import Support

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
