import CSndFile

/// The library behind sound files, for `nightjar doctor`.
public enum SoundLibrary {
  /// Its name and version, such as `libsndfile-1.2.0`.
  public static var version: String { String(cString: sf_version_string()) }

  /// Whether it can write a format; what it can write it can read.
  public static func writes(_ format: SoundFormat) -> Bool {
    var info = SF_INFO()
    info.samplerate = 48_000
    info.channels = 1
    info.format = format.code
    return sf_format_check(&info) != 0
  }
}
