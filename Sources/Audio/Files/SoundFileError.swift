import Support

/// A sound file that could not be read or written.
public struct SoundFileError: PathError, Equatable {
  /// What is wrong.
  public enum Problem: Sendable, Equatable {
    /// Nothing has this name.
    case missing
    /// A folder has this name.
    case folder
    /// The file has no bytes.
    case empty
    /// The system does not let it be read; its words.
    case unreadable(String)
    /// No sound format that is known.
    case unsupported
    /// It starts as a sound file, and then goes wrong as described.
    case damaged(String)
    /// A sound file of no length.
    case noSamples
    /// The name's extension is of no format that can be written.
    case unknownExtension
    /// The format does not take this rate.
    case rate(Int, SoundFormat)
    /// Sample number `index` is not a finite number.
    case notFinite(index: Int)
    /// The library would not write; its words.
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
      ErrorMessage("cannot read \(path): it is a folder", hint: "name a sound file in it")
    case .empty:
      ErrorMessage("cannot read \(path): the file is empty (0 bytes)", hint: "copy or download it again")
    case .unreadable(let reason):
      "cannot read \(path): \(reason)"
    case .unsupported:
      ErrorMessage(
        "cannot read \(path): this is no known sound format", hint: "convert it to wav, flac, ogg or opus")
    case .damaged(let reason):
      ErrorMessage("cannot read \(path): the file is damaged: \(reason)", hint: "copy or download it again")
    case .noSamples:
      ErrorMessage(
        "cannot read \(path): it holds no samples", hint: "record it again, or take it off the list")
    case .unknownExtension:
      ErrorMessage(
        "cannot write \(path): the name does not say the format", hint: "end it in .wav, .flac, .ogg or .opus"
      )
    case .rate(let rate, .opus):
      ErrorMessage(
        "cannot write \(path): opus does not take \(rate) Hz",
        hint: "resample to 8000, 12000, 16000, 24000 or 48000 Hz, or write flac")
    case .rate(let rate, let format):
      ErrorMessage(
        "cannot write \(path): \(format) does not take \(rate) Hz", hint: "resample, to 16000 Hz say")
    case .notFinite(let index):
      ErrorMessage(
        "cannot use \(path): sample \(index) is not a finite number",
        hint: "look at how the samples were made")
    case .unwritable(let reason):
      ErrorMessage("cannot write \(path): \(reason)", hint: "check the folder and the space left on the disk")
    }
  }
}
