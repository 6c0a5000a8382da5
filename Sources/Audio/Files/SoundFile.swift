import CSndFile
import Foundation

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
