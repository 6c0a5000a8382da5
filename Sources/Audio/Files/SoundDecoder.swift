import Support

/// Decodes the streams of a sound file in blocks and checks what it decodes.
struct SoundDecoder {
  /// Samples of all channels that are decoded at once.
  private static let blockSize = 65_536

  private let path: String
  private let seconds: Int?
  private var rate = 0
  private var channels = 0
  private var done = 0

  /// A decoder of the first `seconds`; nil for all.
  init(path: String, seconds: Int?) {
    self.path = path
    self.seconds = seconds
  }

  /// What was decoded.
  ///
  /// - Throws: ``SoundFileError`` when there were no samples.
  func result() throws(SoundFileError) -> SoundFile.Info {
    guard done > 0 else { throw SoundFileError(path, .noSamples) }
    return SoundFile.Info(rate: rate, channels: channels, frames: done)
  }

  /// Decodes the next stream; `body` gets its samples, channels averaged.
  ///
  /// - Returns: whether the next stream is wanted.
  /// - Throws: ``SoundFileError``, `InterruptionError`, and what `body` throws.
  mutating func decode(
    _ stream: borrowing SoundHandle, _ body: (_ block: [Float]) throws -> Void
  ) throws -> Bool {
    guard rate == 0 || rate == stream.rate else {
      throw SoundFileError(path, .mixedRates([rate, stream.rate]))
    }
    rate = stream.rate
    channels = max(channels, stream.channels)
    let announced = stream.announcedFrames
    let limit = seconds.map { $0 * rate - done } ?? .max
    let wanted = min(announced, limit)
    let block = max(1, Self.blockSize / stream.channels)
    var count = 0
    while count < wanted {
      try Interruption.check("reading \(path)")
      let frames = min(block, wanted - count)
      var buffer = [Float](repeating: 0, count: frames * stream.channels)
      let read = stream.read(&buffer, frames: frames)
      if read == 0 { break }
      let samples = Self.mix(buffer, frames: read, channels: stream.channels)
      if let index = samples.firstIndex(where: { !$0.isFinite }) {
        throw SoundFileError(path, .notFinite(index: done + index))
      }
      try body(samples)
      count += read
      done += read
    }
    if let text = stream.errorText { throw SoundFileError(path, .damaged(text)) }
    // A stream of unknown length announces the largest one.
    let isOpenEnded = announced == .max && count > 0
    guard count == wanted || isOpenEnded else {
      throw SoundFileError(path, .damaged("\(count) of \(announced) samples could be read"))
    }
    if stream.isFLAC, wanted < announced, !isOpenEnded, !stream.hasLastFrame() {
      throw SoundFileError(path, .damaged("it is cut short, its last samples are missing"))
    }
    return seconds.map { done < $0 * rate } ?? true
  }

  /// The mean of the channels.
  private static func mix(_ interleaved: [Float], frames: Int, channels: Int) -> [Float] {
    if channels == 1 { return frames == interleaved.count ? interleaved : Array(interleaved.prefix(frames)) }
    let weight = 1 / Float(channels)
    return (0..<frames).map { frame in
      var sum: Float = 0
      for channel in 0..<channels { sum += interleaved[frame * channels + channel] }
      return sum * weight
    }
  }
}
