import Support

/// What can be wrong with a data set. Files are named relative to the data set's folder, rows as an editor
/// counts them.
public enum DatasetError: NightjarError, Equatable {
  /// The folder is not there, or is not in MSWC's layout.
  case notADataset(path: String, reason: String, hint: String? = nil)
  /// The data set lists no clips.
  case empty(path: String)
  /// A row that cannot be read.
  case malformed(file: String, row: Int, problem: String, hint: String? = nil)
  /// A row with more or fewer columns than it should have.
  case columns(file: String, row: Int, expected: Int, found: Int, hint: String)
  /// A clip outside the data set's folder.
  case unsafePath(file: String, row: Int, path: String)
  /// A base word that is not among the words of `base_train.csv`.
  case unknownWord(file: String, row: Int, word: String, language: String, nearest: String?)
  /// A session word that is also a base word.
  case inBothParts(file: String, row: Int, word: String, language: String)
  /// A word without enough samples for what is asked.
  case tooFewSamples(word: String, language: String, list: String, found: Int, needed: Int, hint: String)
  /// A list whose sound files are not where any known layout has them.
  case clipsNotFound(file: String, row: Int, tried: [String])

  public var exitCode: ExitCode { .data }

  public var locations: [ErrorLocation] {
    switch self {
    case .malformed(let file, let row, _, _), .columns(let file, let row, _, _, _),
      .unsafePath(let file, let row, _), .unknownWord(let file, let row, _, _, _),
      .inBothParts(let file, let row, _, _), .clipsNotFound(let file, let row, _):
      [.row(file: file, row: row)]
    case .notADataset, .empty, .tooFewSamples: []
    }
  }

  public var message: ErrorMessage {
    switch self {
    case .notADataset(let path, let reason, let hint):
      ErrorMessage("no spoken-word data set at \(path): \(reason)", hint: hint)
    case .empty(let path):
      ErrorMessage(
        "the data set \(path) lists no clips",
        hint: "make one with `nightjar data synth` or `nightjar data import`")
    case .malformed(_, _, let problem, let hint):
      ErrorMessage(problem, hint: hint)
    case .columns(_, _, let expected, let found, let hint):
      ErrorMessage(
        "found \(found) column\(found == 1 ? "" : "s") instead of \(expected) "
          + "(PATH,WORD,LANG)", hint: hint)
    case .unsafePath(_, _, let path):
      ErrorMessage(
        "the path \"\(path)\" leads out of the data set",
        hint: "clips lie under the data set's folder; write their paths relative to it, without \"..\"")
    case .unknownWord(_, _, let word, let language, let nearest):
      ErrorMessage(
        "\"\(word)\" (\(language)) is not among the words of base_train.csv"
          + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""),
        hint: "give it training clips, or remove its rows")
    case .inBothParts(_, _, let word, let language):
      ErrorMessage(
        "\"\(word)\" (\(language)) is a base word and a session word",
        hint: "keep it in one part only")
    case .tooFewSamples(let word, let language, let list, let found, let needed, let hint):
      ErrorMessage(
        "\"\(word)\" (\(language)) has \(found) sample\(found == 1 ? "" : "s") in \(list), "
          + "\(needed) are needed", hint: "\(hint), or give the word more clips")
    case .clipsNotFound(_, _, let tried):
      ErrorMessage(
        "the sound file is not there; looked for \(tried.joined(separator: ", "))",
        hint: "put the clips under DIR/<language>/clips/")
    }
  }
}

/// Something odd that does not stop a data set from being used: how often it was seen, and where first.
public struct DatasetWarning: Hashable, Sendable, CustomStringConvertible {
  /// What can be odd.
  public enum Kind: String, Sendable {
    case duplicateRows, missingClips, missingList, skippedFiles, ignoredFiles, unusedClips, sharedSpeakers
  }

  public let kind: Kind
  public let count: Int
  /// The whole text, with the count and the first example.
  public let description: String

  public init(_ kind: Kind, count: Int, _ description: String) {
    self.kind = kind
    self.count = count
    self.description = description
  }
}
