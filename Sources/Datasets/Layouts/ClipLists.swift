import Foundation
import Support

/// The lists of a data set: which clip belongs to which split and word.
struct ClipLists {
  /// The folder that the lists are in.
  let root: String
  var warnings: [DatasetWarning] = []
  /// Name and digest of every list, for the content key.
  private(set) var keyParts: [String] = []
  /// The lists of each split: one for a base split, one for each language for the evaluation.
  private var lists: [Split: [ClipList]] = [:]

  init(root: String) { self.root = root }

  /// Reads a list and adds it to a split.
  ///
  /// - Throws: ``DatasetError`` with file and row, `FileError` when it cannot be read, and the errors of `locate`.
  mutating func add(
    _ file: String, to split: Split, language: String?, _ files: any DatasetFiles,
    locate: (_ path: String, _ language: String) throws -> ClipList.Location
  ) throws {
    let bytes = try files.bytes(root + "/" + file)
    // An empty list is one without clips.
    if let foreign = ForeignContent(start: bytes), foreign != .empty {
      let message = foreign.message
      throw DatasetError.malformed(file: file, row: 1, problem: message.what, hint: message.hint)
    }
    keyParts += [file, ContentKey(of: bytes).description]
    let list = try ClipList(Array(bytes), file: file, language: language, locate: locate)
    lists[split, default: []].append(list)
  }

  /// Adds the warnings about duplicate rows, missing clips and names that look alike.
  ///
  /// - Parameter checked: how many clips were checked for existence; nil for all.
  mutating func warn(checked: Int?) {
    let all = Split.allCases.flatMap { lists[$0] ?? [] }
    if let first = all.first(where: { $0.duplicates > 0 }) {
      warnings.append(
        DatasetWarning(
          .duplicateRows, count: all.reduce(0) { $0 + $1.duplicates },
          example: "\(first.file):\(first.firstDuplicate)"))
    }
    let missing = all.flatMap { list in list.missing.map { (file: list.file, entry: $0) } }
    if let first = missing.first {
      warnings.append(
        DatasetWarning(
          .missingClips, count: missing.count, of: checked,
          example: "\(first.entry.path) (\(first.file):\(first.entry.row))"))
    }
    let entries = all.flatMap(\.entries)
    // Words are looked at whenever a data set is opened, clips when all of them are.
    let folders =
      checked == nil ? Dictionary(grouping: entries.map(\.path), by: \.parentFolder.nameBytes) : [:]
    let pairs = entries.map(\.word).lookAlikes() + folders.values.flatMap { $0.lookAlikes() }
    if let first = pairs.first {
      warnings.append(
        DatasetWarning(
          .lookAlikes, count: pairs.count,
          example: first.map { "\"\($0.escapedName)\"" }.joined(separator: " and ")))
    }
  }

  /// Determines the classes, and the label of every clip.
  ///
  /// - Returns: the classes, and the clips of each split in the order of ``Split/allCases``.
  /// - Throws: ``DatasetError`` for a data set without clips, a word without training clips, or one in both parts.
  func classified() throws -> (words: [Word], clips: [[Clip]]) {
    let base = words(of: lists[.train] ?? [], part: .base)
    let session = words(of: lists[.evaluation] ?? [], part: .session)
    let words = Self.ordered(base + session)
    guard !base.isEmpty else { throw DatasetError.empty(path: root) }
    let labels = Dictionary(
      words.enumerated().map { (ClassKey($1), $0) }, uniquingKeysWith: { first, _ in first })
    var clips: [[Clip]] = []
    for split in Split.allCases {
      let part: Part = split == .evaluation ? .session : .base
      let ofSplit = try (lists[split] ?? []).map { try self.clips(of: $0, part: part, words, labels) }
      // Sessions are in the order of the classes, not of the folders' names.
      clips.append(ofSplit.filter { !$0.isEmpty }.sorted { $0[0].label < $1[0].label }.flatMap(\.self))
    }
    return (words, clips)
  }

  private func words(of lists: [ClipList], part: Part) -> [Word] {
    var seen = Set<ClassKey>()
    return lists.flatMap { list in
      list.entries.compactMap { entry in
        seen.insert(ClassKey(name: entry.word, language: entry.language)).inserted
          ? Word(name: entry.word, language: entry.language, part: part) : nil
      }
    }
  }

  /// The order of ``Keywords`` when all words are among them and in the same part, else the order given.
  private static func ordered(_ words: [Word]) -> [Word] {
    let known = words.compactMap { word -> (position: Int, word: Word)? in
      Keywords.index(of: word.name, language: word.language)
        .flatMap { Keywords.all[$0].part == word.part ? ($0, word) : nil }
    }
    return known.count == words.count ? known.sorted { $0.position < $1.position }.map(\.word) : words
  }

  private func clips(
    of list: ClipList, part: Part, _ words: [Word], _ labels: [ClassKey: Int]
  ) throws -> [Clip] {
    try list.entries.map { entry in
      guard let label = labels[ClassKey(name: entry.word, language: entry.language)] else {
        let near = words.filter { $0.part == part && $0.language == entry.language }.map(\.name)
        throw DatasetError.unknownWord(
          file: list.file, row: entry.row, word: entry.word, language: entry.language,
          nearest: entry.word.nearest(in: near))
      }
      guard words[label].part == part else {
        throw DatasetError.inBothParts(
          file: list.file, row: entry.row, word: entry.word, language: entry.language)
      }
      return Clip(
        path: entry.path, word: words[label].name, label: label, language: words[label].language,
        file: list.file, row: entry.row)
    }
  }
}

/// The identity of a class: the same spelling in two languages is two words.
private struct ClassKey: Hashable {
  private let name: [UInt8]
  private let language: String

  init(name: String, language: String) {
    self.name = name.nameBytes
    self.language = language
  }

  init(_ word: Word) { self.init(name: word.name, language: word.language) }
}
