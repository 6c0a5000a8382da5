import Tensors

/// What can be wrong with a data set. Files are named relative to the data set's folder, rows as an editor
/// counts them.
public enum DatasetFailure: Failure, Equatable {
  /// The folder is not there, or is not in MSWC's layout.
  case notADataset(path: String, reason: String)
  /// The data set lists no clips.
  case empty(path: String)
  /// A row that cannot be read.
  case malformed(file: String, row: Int, problem: String)
  /// A row with more or fewer columns than it should have.
  case columns(file: String, row: Int, expected: Int, found: Int, hint: String)
  /// A clip outside the data set's folder.
  case unsafePath(file: String, row: Int, path: String)
  /// A base word that is not among the words of `base_train.csv`.
  case unknownWord(file: String, row: Int, word: String, language: String, nearest: String?)
  /// A session word that is also a base word.
  case inBothParts(file: String, row: Int, word: String, language: String)
  /// A word without enough samples for what is asked.
  case tooFewSamples(word: String, language: String, list: String, found: Int, needed: Int, mend: String)
  /// A list whose sound files are not where any known layout has them.
  case clipsNotFound(file: String, row: Int, tried: [String])

  public var exitCode: ExitCode { .data }

  public var description: String {
    switch self {
    case .notADataset(let path, let reason):
      "no spoken-word data set at \(path): \(reason)"
    case .empty(let path):
      "the data set \(path) lists no clips. "
        + "Mend: make one with `nightjar data synth` or `nightjar data import`"
    case .malformed(let file, let row, let problem):
      "\(file):\(row): \(problem)"
    case .columns(let file, let row, let expected, let found, let hint):
      "\(file):\(row): found \(found) column\(found == 1 ? "" : "s") instead of \(expected) "
        + "(PATH,WORD,LANG). Mend: \(hint)"
    case .unsafePath(let file, let row, let path):
      "\(file):\(row): the path \"\(path)\" leads out of the data set. "
        + "Mend: clips lie under the data set's folder; write their paths relative to it, without \"..\""
    case .unknownWord(let file, let row, let word, let language, let nearest):
      "\(file):\(row): \"\(word)\" (\(language)) is not among the words of base_train.csv."
        + (nearest.map { " Did you mean \"\($0)\"?" } ?? "")
        + " Mend: give it training clips, or remove its rows"
    case .inBothParts(let file, let row, let word, let language):
      "\(file):\(row): \"\(word)\" (\(language)) is a base word and a session word. "
        + "Mend: keep it in one part only"
    case .tooFewSamples(let word, let language, let list, let found, let needed, let mend):
      "\"\(word)\" (\(language)) has \(found) sample\(found == 1 ? "" : "s") in \(list), "
        + "\(needed) are needed. Mend: \(mend), or give the word more clips"
    case .clipsNotFound(let file, let row, let tried):
      "\(file):\(row): the sound file is not there; looked for \(tried.joined(separator: ", ")). "
        + "Mend: put the clips under DIR/<language>/clips/"
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
    (self.kind, self.count, self.description) = (kind, count, description)
  }
}
