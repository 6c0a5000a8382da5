import Tensors

/// A sound file that could not be read or written.
public struct SoundFileFailure: Failure, Equatable {
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
    (self.path, self.problem) = (path, problem)
  }

  public var exitCode: ExitCode { .data }

  public var description: String {
    switch problem {
    case .missing:
      "cannot read \(path): there is no such file. Mend: check the path, or that the data set is complete."
    case .folder:
      "cannot read \(path): it is a folder. Mend: name a sound file in it."
    case .empty:
      "cannot read \(path): the file is empty (0 bytes). Mend: copy or download it again."
    case .unreadable(let reason):
      "cannot read \(path): \(reason)."
    case .unsupported:
      "cannot read \(path): this is no known sound format. Mend: convert it to wav, flac, ogg or opus."
    case .damaged(let reason):
      "cannot read \(path): the file is damaged: \(reason). Mend: copy or download it again."
    case .noSamples:
      "cannot read \(path): it holds no samples. Mend: record it again, or take it off the list."
    case .unknownExtension:
      "cannot write \(path): the name does not say the format. Mend: end it in .wav, .flac, .ogg or .opus."
    case .rate(let rate, .opus):
      "cannot write \(path): opus does not take \(rate) Hz. "
        + "Mend: resample to 8000, 12000, 16000, 24000 or 48000 Hz, or write flac."
    case .rate(let rate, let format):
      "cannot write \(path): \(format) does not take \(rate) Hz. Mend: resample, to 16000 Hz say."
    case .notFinite(let index):
      "cannot use \(path): sample \(index) is not a finite number. Mend: look at how the samples were made."
    case .unwritable(let reason):
      "cannot write \(path): \(reason). Mend: check the folder and the space left on the disk."
    }
  }
}
