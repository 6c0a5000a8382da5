import CSndFile
import Foundation

/// The formats of sound files that can be written. Those that can be read are more: RIFF, RF64,
/// Wave64, AIFF, AU, CAF, NIST's SPHERE, FLAC, Ogg and MP3.
public enum SoundFormat: String, Sendable, CaseIterable {
  /// RIFF, 16-bit PCM.
  case wav
  /// FLAC, 16-bit; lossless.
  case flac
  /// Vorbis in an Ogg stream.
  case ogg
  /// Opus in an Ogg stream; 8, 12, 16, 24 or 48 kHz only.
  case opus

  /// The format of a file name's extension; nil for an unknown one.
  public init?(path: String) {
    self.init(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased())
  }

  /// Whether samples rounded to 16 bits are read as they were written.
  public var isLossless: Bool { self == .wav || self == .flac }

  /// Whether the format can hold a waveform of `rate` Hz.
  public func supports(rate: Int) -> Bool {
    switch self {
    case .wav: (1...4_294_967_295).contains(rate)
    case .flac: (1...655_350).contains(rate)
    case .ogg: (8_000...192_000).contains(rate)
    case .opus: [8_000, 12_000, 16_000, 24_000, 48_000].contains(rate)
    }
  }

  /// libsndfile's number for the format.
  var code: Int32 {
    switch self {
    case .wav: Int32(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
    case .flac: Int32(SF_FORMAT_FLAC | SF_FORMAT_PCM_16)
    case .ogg: Int32(SF_FORMAT_OGG | SF_FORMAT_VORBIS)
    case .opus: Int32(SF_FORMAT_OGG | SF_FORMAT_OPUS)
    }
  }
}

/// The library that reads and writes sound files.
public enum SoundLibrary {
  /// Its name and version, such as `libsndfile-1.2.0`.
  public static var version: String { String(cString: sf_version_string()) }

  /// Whether it can write a format; a format that it can write it can read.
  public static func writes(_ format: SoundFormat) -> Bool {
    var info = SF_INFO()
    info.samplerate = 48_000
    info.channels = 1
    info.format = format.code
    return sf_format_check(&info) != 0
  }
}
