import Support

/// A sound file that could not be read or written.
public struct SoundFileError: PathError, Equatable {
  /// What is wrong.
  public enum Problem: Sendable, Equatable {
    /// There is no such file.
    case missing
    /// The path is that of a folder.
    case folder
    /// The file has no bytes.
    case empty
    /// The system cannot read it, for this reason.
    case unreadable(String)
    /// The format is unknown.
    case unsupported
    /// A format of which cannot be told whether a file is complete, by its name.
    case unjudged(format: String)
    /// The file is something else that stands under its name, such as a Git LFS pointer.
    case foreign(ForeignContent)
    /// It begins as a sound file, and then is damaged as described.
    case damaged(String)
    /// It is made of streams of these rates, in Hz, one behind the other.
    case mixedRates([Int])
    /// The sound has no samples.
    case noSamples
    /// The name's extension is not that of a format that can be written.
    case unknownExtension
    /// A clip of a data set cannot have this rate in Hz.
    case clipRate(Int)
    /// The format does not support this rate in Hz.
    case rate(Int, SoundFormat)
    /// The sample of this index, from 0, is NaN or infinite.
    case notFinite(index: Int)
    /// The library could not write it, for this reason.
    case unwritable(String)
  }

  /// The file.
  public let path: String
  /// What is wrong with it.
  public let problem: Problem

  public init(_ path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  public func renamed(_ path: String) -> SoundFileError { SoundFileError(path, problem) }

  public var exitCode: ExitCode { .data }

  public var message: ErrorMessage {
    switch problem {
    case .missing:
      ErrorMessage(
        "cannot read \(path): there is no such file", hint: "check the path, or that the data set is complete"
      )
    case .folder:
      ErrorMessage("cannot read \(path): it is a folder", hint: "give a sound file in it")
    case .empty:
      ErrorMessage("cannot read \(path): the file is empty (0 bytes)", hint: "copy or download it again")
    case .unreadable(let reason):
      "cannot read \(path): \(reason)"
    case .unsupported:
      ErrorMessage(
        "cannot read \(path): the sound format is unknown", hint: "convert it to wav, flac, ogg or opus")
    case .unjudged(let format):
      ErrorMessage(
        "cannot read \(path): it is \(format), a format that does not show whether a file is complete",
        hint: "convert it to wav or flac")
    case .foreign(let content):
      content.message.prefixed("cannot read \(path): ")
    case .damaged(let reason):
      ErrorMessage("cannot read \(path): the file is damaged: \(reason)", hint: "copy or download it again")
    case .mixedRates(let rates):
      ErrorMessage(
        "cannot read \(path): the streams in it have different rates, "
          + rates.map { "\($0) Hz" }.joined(separator: " and "), hint: "convert it to one stream, such as wav"
      )
    case .noSamples:
      ErrorMessage(
        "cannot read \(path): it has no samples", hint: "record it again, or remove it from the list")
    case .unknownExtension:
      ErrorMessage(
        "cannot write \(path): the extension of its name is not that of a sound format",
        hint: "use .wav, .flac, .ogg or .opus"
      )
    case .clipRate(let rate):
      ErrorMessage(
        "cannot use \(path): its rate is \(rate) Hz, expected \(ClipReading.rates.lowerBound) to "
          + "\(ClipReading.rates.upperBound) Hz", hint: "record it again, or correct the rate in its header")
    case .rate(let rate, .opus):
      ErrorMessage(
        "cannot write \(path): opus does not support \(rate) Hz",
        hint: "resample to 8000, 12000, 16000, 24000 or 48000 Hz, or write flac")
    case .rate(let rate, let format):
      ErrorMessage(
        "cannot write \(path): \(format) does not support \(rate) Hz",
        hint: "resample, for example to 16000 Hz")
    case .notFinite(let index):
      ErrorMessage(
        "cannot use \(path): sample \(index) is not a finite number",
        hint: "check how the samples were computed")
    case .unwritable(let reason):
      ErrorMessage("cannot write \(path): \(reason)", hint: "check the folder and the free space on the disk")
    }
  }
}
