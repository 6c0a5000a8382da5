import Support

/// How `data import` reads a folder of words.
public struct ImportOptions: Sendable {
  /// The base words; nil for those that ``session`` leaves, or by default the first 60 % of all words in
  /// order of name.
  public var base: [String]?
  /// The session words; nil for those that ``base`` leaves.
  public var session: [String]?
  /// The language column, and the folder of that name.
  public var language: String
  /// Decides which speakers or clips go to which split.
  public var seed: UInt64
  /// Whether clips that cannot be read are left out, instead of stopping the import.
  public var skipsBad: Bool

  public init(
    base: [String]? = nil, session: [String]? = nil, language: String = "xx", seed: UInt64 = 1,
    skipsBad: Bool = false
  ) {
    self.base = base
    self.session = session
    self.language = language
    self.seed = seed
    self.skipsBad = skipsBad
  }
}

/// What cannot be imported.
public enum ImportError: NightjarError, Equatable {
  /// The options do not fit the words that were found.
  case usage(String, hint: String? = nil)
  /// The source holds nothing to import.
  case source(path: String, reason: String, hint: String? = nil)
  /// Clips that cannot be read; the first few with reasons.
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
        "\(count) clip\(count == 1 ? "" : "s") cannot be read:\n  " + examples.joined(separator: "\n  ")
          + (count > examples.count ? "\n  and \(count - examples.count) more" : ""),
        hint: "repair or remove them, or leave them out with --skip-bad")
    case .unsafeEntry(let archive, let entry):
      ErrorMessage(
        "\(archive) is refused: its entry \"\(entry)\" is a link or leads out of the folder",
        hint: "get the archive from a source you trust")
    }
  }
}
