import Algorithms
import Audio
import Foundation
import Support

/// A set of spoken words: its classes and the clips of each split, not the sound itself.
///
/// A folder in any layout that has lists can be opened; ``DatasetImport`` converts the others.
///
/// Classes: base words first, then session words. When all words are among ``Keywords``, they are in the order of that
/// table. Otherwise base words are in order of first appearance in the training list, session languages in order of
/// their codes, and a language's session words in order of first appearance in its list.
public struct WordDataset: Sendable {
  /// The folder.
  public let path: String
  /// The classes; a clip's label is an index into this list.
  public let words: [Word]
  /// The languages of the base words, in order of their words.
  public let baseLanguages: [String]
  /// The languages of the session words, in order of their words; a session is one of them.
  public let sessionLanguages: [String]
  /// What the data set states about its origin, if anything.
  public let provenance: Provenance?
  /// Problems that do not prevent the data set from being used.
  public let warnings: [DatasetWarning]
  /// The digest of all lists and of the provenance, for caches. It does not cover the sound files.
  public private(set) var contentKey: ContentKey
  /// How its clips are read; what the data set states, until it is changed.
  public var reading: ClipReading
  /// How its files are accessed.
  package let files: any DatasetFiles
  /// The clips of each split in the order of ``Split/allCases``.
  private var lists: [[Clip]]

  /// Reads a data set's lists.
  ///
  /// - Parameters:
  ///   - path: the data set's folder.
  ///   - checkingFiles: whether every sound file is checked for existence. Otherwise only the first of each folder
  ///     are, which detects a wrong layout at once and leaves single missing files to ``DatasetCheck``.
  ///   - files: how lists and clips are accessed, now and later.
  /// - Throws: ``DatasetError`` with file and row, `FileError`, or the errors of `files`.
  public init(
    path: String, checkingFiles: Bool = false, files: any DatasetFiles = PlainFiles()
  ) throws {
    let lists = try Self.lists(of: DatasetSource(path, files: files, checksClips: checkingFiles))
    let provenance = try Provenance.read(dataset: lists.root, files)
    let provenanceKey = provenance.map { [Provenance.file, ContentKey(of: $0.bytes).description] } ?? []
    let (words, clips) = try lists.classified()
    let leaks = try ListedClips.leaks(clips.flatMap(\.self), words)
    self.path = lists.root
    self.files = files
    self.words = words
    self.lists = clips
    baseLanguages = Array(words.filter { $0.part == .base }.map(\.language).uniqued())
    sessionLanguages = Array(words.filter { $0.part == .session }.map(\.language).uniqued())
    self.provenance = provenance?.value
    reading = ClipReading(
      rate: provenance?.value.rate.flatMap { ClipReading.rates.contains($0) ? $0 : nil },
      isAligned: provenance?.value.aligned ?? false)
    warnings = lists.warnings + leaks
    contentKey = ContentKey(parts: provenanceKey + lists.keyParts)
  }

  /// Reads the lists of a source, by the layout that it has.
  private static func lists(of source: DatasetSource) throws -> ClipLists {
    let path = source.path
    guard let kind = try source.files.kind(path) else {
      throw DatasetError.notADataset(
        path: path, reason: "no such folder",
        hint: "name another with --data, or make one with `nightjar data synth`")
    }
    guard kind == .folder else {
      throw DatasetError.notADataset(
        path: path, reason: "it is a file", hint: "convert it with `nightjar data import \(path)`")
    }
    for layout in DatasetLayouts.listed where try layout.recognizes(source) {
      if case .lists(let lists) = try layout.contents(of: source) { return lists }
    }
    if try source.files.kind(path + "/" + SynthesisJournal.file) != nil {
      throw DatasetError.notADataset(
        path: path, reason: "its synthesis is incomplete", hint: "run the same `nightjar data synth` again")
    }
    throw DatasetError.notADataset(
      path: path, reason: "\(DatasetLayouts.lists.joined(separator: " or ")) is missing",
      hint: "name the folder that contains it, "
        + "or convert a folder of recordings with `nightjar data import \(path)`")
  }

  /// All languages, in order of their words.
  public var languages: [String] { Array(words.map(\.language).uniqued()) }

  /// The number of base words; they are the first classes.
  public var baseCount: Int { words.count { $0.part == .base } }

  /// The clips of one split, in the order of its list.
  public func clips(_ split: Split) -> [Clip] { lists[Self.index(of: split)] }

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

  /// From how many clips of a session word, counted from the first, supports are drawn, and from how many of the
  /// clips after them queries are drawn.
  ///
  /// What the data set states; else 100 and 100 as published; else, when some word has too few, half and half.
  public var pool: (support: Int, query: Int) {
    let counts = counts(.evaluation).dropFirst(baseCount)
    let fewest = counts.min() ?? 0
    if let support = provenance?.support, let query = provenance?.query, let both = support.plus(query),
      both <= fewest
    {
      return (support, query)
    }
    return fewest >= 200 ? (100, 100) : (fewest / 2, fewest - fewest / 2)
  }

  /// The data set for decisions, such as the choice of a learning rate: it has no clip of the test.
  ///
  /// Base words are tested on their validation clips. Of each session word there are only the clips that supports are
  /// drawn from, now half and half for supports and queries.
  ///
  /// - Throws: ``DatasetError`` for a data set without validation clips.
  public func validation() throws -> WordDataset {
    guard !clips(.val).isEmpty else {
      throw DatasetError.notADataset(
        path: path, reason: "it has no validation clips of base words", hint: "list some in base_val.csv")
    }
    let limit = pool.support
    var taken: [Int: Int] = [:]
    var view = self
    view.lists[Self.index(of: .test)] = clips(.val)
    view.lists[Self.index(of: .evaluation)] = clips(.evaluation).filter { clip in
      taken[clip.label, default: 0] += 1
      return taken[clip.label, default: 0] <= limit
    }
    view.contentKey = ContentKey(parts: [contentKey.description, "validation"])
    return view
  }

  /// Makes sure that every word of a part has enough samples in a split.
  ///
  /// - Parameters:
  ///   - needed: how many clips each word needs.
  ///   - split: the split they have to be in.
  ///   - hint: what to do about it, besides adding clips: `lower the shots (5)`.
  /// - Throws: ``DatasetError/tooFewSamples(word:language:list:found:needed:hint:)`` for the word with
  ///   the fewest samples.
  public func require(_ needed: Int, in split: Split, hint: String) throws {
    let counts = counts(split)
    let part: Part = split == .evaluation ? .session : .base
    let short = words.indices.filter { words[$0].part == part && counts[$0] < needed }
    guard let worst = short.min(by: { counts[$0] < counts[$1] }) else { return }
    let word = words[worst]
    let list =
      clips(split).first { $0.language == word.language }?.file
      ?? MSWCLayout.list(of: split, language: word.language)
    throw DatasetError.tooFewSamples(
      word: word.name, language: word.language, list: list,
      found: counts[worst], needed: needed, hint: hint)
  }

  private static func index(of split: Split) -> Int {
    switch split {
    case .train: 0
    case .val: 1
    case .test: 2
    case .evaluation: 3
    }
  }
}
