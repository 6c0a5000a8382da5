import Foundation
import Support

/// A set of spoken words in MSWC's layout: what there is, not the sound itself.
///
///     DIR/base_train.csv  DIR/base_val.csv  DIR/base_test.csv     PATH,WORD,LANG
///     DIR/<lang>/evaluation.csv                                    the same, for session words
///     DIR/<lang>/clips/…                                           wav, flac or opus
///
/// Classes: base words first, then session words. When all words are among ``Keywords``, their order is the
/// order of that table. Otherwise base words are in order of first appearance in `base_train.csv`, session
/// languages in order of their codes, and a language's session words in order of first appearance in its
/// list.
public struct WordDataset: Sendable {
  /// The folder.
  public let path: String
  /// The classes; a clip's label is a position in this list.
  public let words: [Word]
  /// The languages of the base words, in order of their words.
  public let baseLanguages: [String]
  /// The languages of the session words, in order of their words; a session is one of them.
  public let sessionLanguages: [String]
  /// What the data set says about its making, if anything.
  public let provenance: Provenance?
  /// Odd things that do not stop the data set from being used.
  public let warnings: [DatasetWarning]
  /// The digest of all lists and of the provenance, for caches. It does not look into the sound files.
  public let contentKey: ContentKey
  /// How its files are reached.
  package let files: any DatasetFiles
  /// The clips of each split in the order of ``Split/allCases``.
  private let lists: [[Clip]]

  /// Reads a data set's lists.
  ///
  /// - Parameter checkingFiles: whether every sound file is looked for. Otherwise only the first of each
  ///   folder are, which finds a wrong layout at once and leaves single missing files to ``DatasetCheck``.
  /// - Parameter files: how lists and clips are reached, now and later.
  /// - Throws: ``DatasetError`` or `FileError`, with file and row.
  public init(
    path: String, checkingFiles: Bool = false, files: any DatasetFiles = PlainFiles()
  ) throws {
    var reading = try DatasetReading(path: path, checkingFiles: checkingFiles, files: files)
    try reading.readLists()
    let content = try reading.classify()
    self.path = reading.root
    self.files = files
    words = content.words
    lists = content.lists
    baseLanguages = content.words.filter { $0.part == .base }.map(\.language).uniqued()
    sessionLanguages = content.words.filter { $0.part == .session }.map(\.language).uniqued()
    provenance = reading.provenance
    warnings = reading.warnings
    contentKey = ContentKey(parts: reading.keyParts)
  }

  /// All languages, in order of their words.
  public var languages: [String] { words.map(\.language).uniqued() }

  /// The number of base words; they are the first classes.
  public var baseCount: Int { words.count { $0.part == .base } }

  /// The clips of one split, in the order of its list.
  public func clips(_ split: Split) -> [Clip] { lists[Self.position(split)] }

  /// The clips of one split and one language.
  public func clips(_ split: Split, language: String) -> [Clip] {
    clips(split).filter { $0.language == language }
  }

  /// The clips of one split and one class, in the order of their list.
  public func clips(_ split: Split, label: Int) -> [Clip] {
    clips(split).filter { $0.label == label }
  }

  /// How many clips of each class a split has.
  public func counts(_ split: Split) -> [Int] {
    var counts = [Int](repeating: 0, count: words.count)
    for clip in clips(split) { counts[clip.label] += 1 }
    return counts
  }

  /// Of a session word, how many clips, from the first on, supports are drawn from, and how many of those
  /// that follow queries are drawn from.
  ///
  /// What the data set says, else 100 and 100 as published, else (when some word has too few) half and half.
  public var pool: (support: Int, query: Int) {
    let counts = counts(.evaluation).dropFirst(baseCount)
    let fewest = counts.min() ?? 0
    if let support = provenance?.support, let query = provenance?.query, support + query <= fewest {
      return (support, query)
    }
    return fewest >= 200 ? (100, 100) : (fewest / 2, fewest - fewest / 2)
  }

  /// Makes sure that every word of a part has enough samples in a split.
  ///
  /// - Parameter hint: what to do about it, besides more clips: `lower the shots (5)`.
  /// - Throws: ``DatasetError/tooFewSamples(word:language:list:found:needed:hint:)`` for the word that
  ///   has fewest.
  public func require(_ needed: Int, in split: Split, hint: String) throws {
    let counts = counts(split)
    let part: Part = split == .evaluation ? .session : .base
    let short = words.indices.filter { words[$0].part == part && counts[$0] < needed }
    guard let worst = short.min(by: { counts[$0] < counts[$1] }) else { return }
    let word = words[worst]
    throw DatasetError.tooFewSamples(
      word: word.name, language: word.language, list: Self.file(split, language: word.language),
      found: counts[worst], needed: needed, hint: hint)
  }

  /// The list of a split, relative to the data set.
  static func file(_ split: Split, language: String) -> String {
    split == .evaluation ? "\(language)/evaluation.csv" : "base_\(split.rawValue).csv"
  }

  private static func position(_ split: Split) -> Int {
    switch split {
    case .train: 0
    case .val: 1
    case .test: 2
    case .evaluation: 3
    }
  }
}
