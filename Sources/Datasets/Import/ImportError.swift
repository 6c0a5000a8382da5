import Support

/// An error of an import.
public enum ImportError: NightjarError, Equatable {
  /// The options do not match the words of the source.
  case usage(String, hint: String? = nil)
  /// The source cannot be imported.
  case source(path: String, reason: String, hint: String? = nil)
  /// Clips that cannot be read; the reasons of the first few.
  case badClips(count: Int, examples: [String])
  /// An archive with an entry that leads out of it.
  case unsafeEntry(archive: String, entry: String)

  public var exitCode: ExitCode {
    if case .usage = self { .usage } else { .data }
  }

  public var message: ErrorMessage {
    switch self {
    case .usage(let text, let hint):
      ErrorMessage("data import: \(text)", hint: hint)
    case .source(let path, let reason, let hint):
      ErrorMessage("cannot import \(path): \(reason)", hint: hint)
    case .badClips(let count, let examples):
      ErrorMessage(
        "\("clip".counted(count)) cannot be read:\n  " + examples.joined(separator: "\n  ")
          + (count > examples.count ? "\n  and \(count - examples.count) more" : ""),
        hint: "repair or remove them, or skip them with --skip-bad")
    case .unsafeEntry(let archive, let entry):
      ErrorMessage(
        "\(archive) is refused: its entry \"\(entry)\" is a link, or leads out of the folder",
        hint: "get the archive from a source you trust")
    }
  }
}
