import CSndFile
import Foundation
import Support

/// Short complete sound files of every container and of the codings in it, which mutations start from.
struct SoundSeeds {
  /// The samples of a seed, all channels; few, so that most of a file is its header.
  private static let frames = 300

  /// The files by the name of their format.
  let files: [(name: String, bytes: Data)]

  /// - Throws: `FileError` when they cannot be written.
  init() throws {
    let majors = [
      ("wav", SF_FORMAT_WAV), ("wavex", SF_FORMAT_WAVEX), ("rf64", SF_FORMAT_RF64), ("w64", SF_FORMAT_W64),
      ("aiff", SF_FORMAT_AIFF), ("au", SF_FORMAT_AU), ("caf", SF_FORMAT_CAF), ("flac", SF_FORMAT_FLAC),
      ("ogg", SF_FORMAT_OGG),
    ]
    let codings = [
      ("u8", SF_FORMAT_PCM_U8), ("s8", SF_FORMAT_PCM_S8), ("16", SF_FORMAT_PCM_16), ("24", SF_FORMAT_PCM_24),
      ("float", SF_FORMAT_FLOAT), ("double", SF_FORMAT_DOUBLE), ("ulaw", SF_FORMAT_ULAW),
      ("ima", SF_FORMAT_IMA_ADPCM), ("ms", SF_FORMAT_MS_ADPCM), ("vorbis", SF_FORMAT_VORBIS),
      ("opus", SF_FORMAT_OPUS), ("alac", SF_FORMAT_ALAC_16),
    ]
    let orders = [("", 0), ("-big", SF_ENDIAN_BIG), ("-little", SF_ENDIAN_LITTLE)].map { ($0.0, Int($0.1)) }
    var files: [(name: String, bytes: Data)] = []
    for (major, code) in majors {
      for (coding, subcode) in codings {
        for (order, end) in orders where order.isEmpty || ["wav", "aiff", "au"].contains(major) {
          for channels in [1, 2] {
            let format = Int32(truncatingIfNeeded: code | subcode | end)
            guard let bytes = try Self.write(format, channels: Int32(channels)) else { continue }
            files.append(("\(major)-\(coding)\(order)-\(channels)", bytes))
          }
        }
      }
    }
    // Several streams, one behind the other.
    let ogg = files.filter { $0.name.hasPrefix("ogg") }
    files += ogg.map { ($0.name + "-chained", $0.bytes + $0.bytes) }
    self.files = files
  }

  /// A file of a format; nil when the library does not write it.
  private static func write(_ format: Int32, channels: Int32) throws -> Data? {
    var info = SF_INFO()
    info.samplerate = 16_000
    info.channels = channels
    info.format = format
    guard sf_format_check(&info) != 0 else { return nil }
    guard let file = tmpfile() else { throw FileError(errnoOf: "write", "a seed") }
    defer { fclose(file) }
    let path = "/proc/self/fd/\(fileno(file))"
    guard let sound = sf_open(path, Int32(SFM_WRITE), &info) else { return nil }
    let samples = (0..<frames * Int(channels)).map { Float(sin(Double($0) * 0.1)) * 0.5 }
    sf_writef_float(sound, samples, sf_count_t(frames))
    sf_close(sound)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }
}
