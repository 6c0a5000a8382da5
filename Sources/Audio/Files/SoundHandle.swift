import CSndFile
import Foundation
import QuietMPEG
import Support

/// An open sound file: owns libsndfile's handle and closes it.
///
/// The library's text for a failed `sf_open` is global to the process and so unsafe to read while other
/// threads open files; the reason is determined from the file itself instead.
struct SoundHandle: ~Copyable {
  private let file: OpaquePointer
  private let info: SF_INFO

  var rate: Int { Int(info.samplerate) }
  var channels: Int { Int(info.channels) }
  /// Frames according to the header; enormous for a stream of unknown length.
  var announcedFrames: Int { Int(info.frames) }

  /// The containers of which is known where their samples end: those of ``SampleChunk``, Ogg and FLAC, and MP3, whose
  /// decoder finds the end. The library reads half a file of any other without an error.
  private static let judgedContainers: Set<Int32> = Set(
    [
      SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_RF64, SF_FORMAT_W64, SF_FORMAT_AIFF, SF_FORMAT_AU,
      SF_FORMAT_CAF,
      SF_FORMAT_NIST, SF_FORMAT_FLAC, SF_FORMAT_OGG,
    ].map { Int32(truncatingIfNeeded: $0) } + [mpeg])

  /// `SF_FORMAT_MPEG`, which versions before 1.1 do not name.
  private static let mpeg: Int32 = 0x23_0000

  /// The library's name of a container: `VOC (Creative Labs)`.
  private static func containerName(_ format: Int32) -> String {
    var info = SF_FORMAT_INFO()
    info.format = format & Int32(SF_FORMAT_TYPEMASK)
    let status = sf_command(
      nil, Int32(SFC_GET_FORMAT_INFO), &info, Int32(MemoryLayout<SF_FORMAT_INFO>.size))
    return status == 0 && info.name != nil ? String(cString: info.name) : "an unusual format"
  }

  /// Opens `path` for reading.
  ///
  /// - Throws: ``SoundFileError`` when it is not a sound file of a container that can be judged, or not readable.
  init(reading path: String) throws(SoundFileError) {
    var info = SF_INFO()
    guard let file = sf_open(path, Int32(SFM_READ), &info) else {
      throw SoundFileError(path, Self.reason(path))
    }
    guard Self.judgedContainers.contains(info.format & Int32(SF_FORMAT_TYPEMASK)) else {
      sf_close(file)
      throw SoundFileError(path, .unjudged(format: Self.containerName(info.format)))
    }
    guard info.channels > 0, info.samplerate > 0 else {
      sf_close(file)
      throw SoundFileError(path, .damaged("it has \(info.channels) channels at \(info.samplerate) Hz"))
    }
    self.file = file
    self.info = info
  }

  /// Opens `path` for writing one channel; errors name `target`, the file that it will become.
  ///
  /// - Throws: ``SoundFileError`` when the library cannot create it.
  init(writing path: String, rate: Int, format: SoundFormat, target: String) throws(SoundFileError) {
    var info = SF_INFO()
    info.samplerate = Int32(truncatingIfNeeded: rate)
    info.channels = 1
    info.format = format.code
    errno = 0
    guard let file = sf_open(path, Int32(SFM_WRITE), &info) else {
      let reason = errno == 0 ? "the sound library refused" : String(cString: strerror(errno))
      throw SoundFileError(target, .unwritable(reason))
    }
    self.file = file
    self.info = info
  }

  deinit { sf_close(file) }

  /// Reads up to `frames` frames, interleaved, into the front of `buffer`, and returns how many there were.
  func read(_ buffer: inout [Float], frames: Int) -> Int {
    Int(sf_readf_float(file, &buffer, sf_count_t(frames)))
  }

  /// Whether the last frame that the header announces can be decoded; the position is undefined afterwards.
  func hasLastFrame() -> Bool {
    var frame = [Float](repeating: 0, count: channels)
    return sf_seek(file, sf_count_t(announcedFrames - 1), Int32(SEEK_SET)) >= 0
      && read(&frame, frames: 1) == 1
  }

  /// Whether this is FLAC, whose header counts the samples and whose end only decoding finds.
  var isFLAC: Bool { info.format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_FLAC) }

  /// The library's description of this file's last error; nil when there was none.
  var errorText: String? {
    guard sf_error(file) != 0, let text = sf_strerror(file) else { return nil }
    return String(cString: text).trimmingCharacters(in: CharacterSet(charactersIn: " .\n"))
  }

  /// Writes 16-bit samples.
  func write(_ samples: [Int16]) -> Bool {
    sf_write_short(file, samples, sf_count_t(samples.count)) == samples.count
  }

  /// Writes samples for a lossy coder; those beyond ±1 are clipped.
  func write(_ samples: [Float]) -> Bool {
    sf_command(file, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
    return sf_write_float(file, samples, sf_count_t(samples.count)) == samples.count
  }

  /// Sets the compression level of FLAC or the quality of Vorbis and Opus, from 0 to 1.
  func set(_ command: Int32, to value: Double) {
    var value = value
    sf_command(file, command, &value, Int32(MemoryLayout<Double>.size))
  }

  /// Closes a file that was written; false when the last bytes could not be written.
  consuming func close() -> Bool {
    let status = sf_close(file)
    discard self
    return status == 0
  }

  /// Why the library could not open `path`.
  private static func reason(_ path: String) -> SoundFileError.Problem {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if path.isUndecodableName { return .unreadable("its name is not UTF-8") }
      return errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno)))
    }
    if status.st_mode & S_IFMT == S_IFDIR { return .folder }
    if status.st_size == 0 { return .empty }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      return .unreadable(String(cString: strerror(errno)))
    }
    if let content = ForeignContent(file: path) { return .foreign(content) }
    let start = (try? handle.read(upToCount: 4)) ?? Data()
    let signatures = ["RIFF", "RIFX", "RF64", "riff", "fLaC", "OggS", "FORM", "caff", ".snd", "dns."]
    return signatures.contains(String(decoding: start, as: UTF8.self))
      ? .damaged("its header is not valid") : .unsupported
  }
}
