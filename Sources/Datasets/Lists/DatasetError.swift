import Support

/// An error in a data set. Files are named relative to the data set's folder; the first row is 1.
public enum DatasetError: NightjarError, Equatable {
  /// The folder does not exist, or has no layout that can be used.
  case notADataset(path: String, reason: String, hint: String? = nil)
  /// The data set lists no clips.
  case empty(path: String)
  /// A row that cannot be read.
  case malformed(file: String, row: Int, problem: String, hint: String? = nil)
  /// A row with too many or too few columns.
  case columns(file: String, row: Int, expected: Int, found: Int, hint: String)
  /// A clip outside the data set's folder.
  case unsafePath(file: String, row: Int, path: String)
  /// A base word without training clips.
  case unknownWord(file: String, row: Int, word: String, language: String, nearest: String?)
  /// A session word that is also a base word.
  case inBothParts(file: String, row: Int, word: String, language: String)
  /// A word with too few samples.
  case tooFewSamples(word: String, language: String, list: String, found: Int, needed: Int, hint: String)
  /// Clips with the same sound and different words; the first few pairs.
  case contradictions(count: Int, examples: [String])
  /// A list whose sound files do not exist in any folder that the layout allows.
  case clipsNotFound(file: String, row: Int, tried: [String])

  public var exitCode: ExitCode { .data }

  public var locations: [ErrorLocation] {
    switch self {
    case .malformed(let file, let row, _, _), .columns(let file, let row, _, _, _),
      .unsafePath(let file, let row, _), .unknownWord(let file, let row, _, _, _),
      .inBothParts(let file, let row, _, _), .clipsNotFound(let file, let row, _):
      [.row(file: file, row: row)]
    case .notADataset, .empty, .tooFewSamples, .contradictions: []
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
        "expected \(expected) columns (PATH,WORD,LANG), got \(found)", hint: hint)
    case .unsafePath(_, _, let path):
      ErrorMessage(
        "the path \"\(path)\" leads out of the data set",
        hint:
          "put the clips inside the data set's folder, and write their paths relative to it, without \"..\"")
    case .unknownWord(_, _, let word, let language, let nearest):
      ErrorMessage(
        "\"\(word)\" (\(language)) is not among the words of base_train.csv"
          + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""),
        hint: "give it training clips, or remove its rows")
    case .inBothParts(_, _, let word, let language):
      ErrorMessage(
        "\"\(word)\" (\(language)) is both a base word and a session word",
        hint: "list it in one part only")
    case .tooFewSamples(let word, let language, let list, let found, let needed, let hint):
      ErrorMessage(
        "\"\(word)\" (\(language)) has \(found) sample\(found == 1 ? "" : "s") in \(list), "
          + "\(needed) are needed", hint: "\(hint), or give the word more clips")
    case .contradictions(let count, let examples):
      ErrorMessage(
        "\("clip".counted(count)) contradict\(count == 1 ? "s" : "") others, with the same sound and another word:\n  "
          + examples.joined(separator: "\n  ")
          + (count > examples.count ? "\n  and \(count - examples.count) more" : ""),
        hint: "listen to them, and remove those of the wrong word")
    case .clipsNotFound(_, _, let tried):
      ErrorMessage(
        "the sound file does not exist; tried \(tried.joined(separator: ", "))",
        hint: "put the clips under DIR/<language>/clips/")
    }
  }
}

/// A problem that does not prevent a data set from being used: how often it occurs, and an example.
public struct DatasetWarning: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The kind of problem.
  public enum Kind: String, Codable, Sendable {
    /// Of the lists of a data set.
    case duplicateRows, missingClips, missingValidationList, missingSessionLists, listedInTwoSplits,
      lookAlikes
    /// Of its clips' sound.
    case mixedRates, lowerRates, leaks, repeatedClips, silentClips, lateClips, clipsBeyondFullScale,
      clippedClips
    case clipsWithOffset, speakersInTraining
    /// Of an import.
    case ignoredFiles, unsupportedFormats, foldersSetAside, clipsWithoutWord, foldersInWords,
      wordsWithoutClips
    case unlistedClips, listedWithoutFile, omittedCopies, unreadableClips, unusedClips, sharedSpeakers,
      unusableSplits,
      undecodableNames
  }

  public let kind: Kind
  /// How many rows, clips, files or speakers are concerned.
  public let count: Int
  /// How many were checked; nil for all.
  public let checked: Int?
  /// The first one: a clip, a file, a row, a word.
  public let example: String

  /// The first few of some names, for ``example``: `a, b, c and 5 more`.
  static func examples(_ names: [String], limit: Int = 10) -> String {
    let first = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(first) and \(names.count - limit) more" : first
  }

  /// A warning; `example` is the first case, or some of them: `a, b, c and 5 more`.
  public init(_ kind: Kind, count: Int = 1, of checked: Int? = nil, example: String) {
    self.kind = kind
    self.count = count
    self.checked = checked
    self.example = example
  }

  /// The warning as text, with the count and the example.
  public var message: ErrorMessage {
    switch kind {
    case .duplicateRows:
      "ignored \(counted("duplicate row")), the first at \(example)"
    case .missingClips:
      ErrorMessage(
        "\(counted("clip")) missing\(checked.map { " (of \($0) checked)" } ?? ""), the first is \(example)",
        hint: "`nightjar data check` lists all of them")
    case .missingValidationList: "\(example) is missing: there is no validation split"
    case .missingSessionLists: "\(example) is missing: there are no session words"
    case .listedInTwoSplits:
      "\(counted("clip")) \(isOrAre) listed in two splits: \(example)"
    case .mixedRates:
      ErrorMessage(
        "\(counted("clip")) \(count == 1 ? "has" : "have") another rate than the set's \(example)",
        hint: "choose another with --rate")
    case .lowerRates:
      ErrorMessage(
        "\(counted("clip")) \(count == 1 ? "has" : "have") a lower rate than the set, "
          + "and no sound above half of it: \(example)")
    case .leaks: "\(counted("clip")) \(isOrAre) in two splits as copies: \(example)"
    case .repeatedClips: "\(counted("clip")) \(count == 1 ? "repeats" : "repeat") another one: \(example)"
    case .silentClips: "\(counted("clip")) \(isOrAre) silent in the second that is used: \(example)"
    case .lateClips:
      ErrorMessage(
        "\(counted("clip")) \(isOrAre) loudest after the first second, which alone is used: \(example)",
        hint: "--align takes the loudest second")
    case .clipsBeyondFullScale:
      ErrorMessage(
        "\(counted("clip")) \(count == 1 ? "has" : "have") samples far beyond ±1, as of integers in a file of "
          + "floating-point samples: \(example)", hint: "divide the samples by their full scale")
    case .clippedClips: "\(counted("clip")) \(isOrAre) clipped: \(example)"
    case .clipsWithOffset:
      "\(counted("clip")) \(count == 1 ? "has" : "have") a constant offset (DC): \(example)"
    case .speakersInTraining:
      "\(counted("speaker")) of training clips also \(count == 1 ? "has" : "have") validation or test clips: \(example)"
    case .ignoredFiles: "left out \(counted("file")) that \(count == 1 ? "is" : "are") not sound: \(example)"
    case .unsupportedFormats:
      ErrorMessage(
        "left out \(counted("sound file")) of a format that cannot be read: \(example)",
        hint: "convert to wav, flac, ogg or opus")
    case .foldersSetAside:
      "left out \(counted("folder")) that \(count == 1 ? "is not a word" : "are not words"): \(example)"
    case .clipsWithoutWord:
      ErrorMessage(
        "left out \(counted("sound file")) whose place and name do not tell the word: \(example)",
        hint: "put them into their word's folder, or name all word_speaker_take.wav")
    case .foldersInWords:
      ErrorMessage(
        "left out \(counted("folder")) in words' folders: \(example)",
        hint: "move the clips in them one folder up")
    case .wordsWithoutClips: "left out \(counted("word")) without clips that can be imported: \(example)"
    case .omittedCopies: "left out \(counted("copy", "copies")) of another clip of the word: \(example)"
    case .unlistedClips: "left out \(counted("clip")) that the lists of splits do not have: \(example)"
    case .listedWithoutFile: "the lists of splits name \(counted("clip")) that is not there: \(example)"
    case .unusableSplits:
      "the splits of \(example) give some base words no training or test clips; they were drawn again"
    case .unreadableClips: "skipped \(counted("unreadable clip")), the first: \(example)"
    case .unusedClips: "left out \(counted("clip")) of words in neither part: \(example)"
    case .lookAlikes:
      ErrorMessage(
        "\(counted("pair")) of names \(count == 1 ? "looks" : "look") alike and \(count == 1 ? "differs" : "differ") "
          + "in bytes: \(example)", hint: "rename one of them if both are meant to be the same")
    case .undecodableNames:
      ErrorMessage(
        "left out \(counted("name")) that \(count == 1 ? "is" : "are") not UTF-8: \(example)",
        hint: "rename the files, for example with convmv")
    case .sharedSpeakers:
      "too few speakers (\(count)) to separate them: one in the training clips may also be in the test clips"
    }
  }

  public var description: String { message.description }

  /// The count with its noun: `1 clip`, `2 clips`.
  private var isOrAre: String { count == 1 ? "is" : "are" }

  private func counted(_ noun: String, _ plural: String? = nil) -> String {
    noun.counted(count, plural: plural)
  }
}

extension Error {
  /// What happened, without the hint, for lists of many errors.
  var fact: String { (self as? any NightjarError)?.message.what ?? "\(self)" }
}
