import Foundation
import Support

/// Reads a data set's lists and puts their words into classes.
struct DatasetReading {
  /// What the lists say together.
  struct Content {
    let words: [Word]
    /// In the order of ``Split/allCases``.
    let lists: [[Clip]]
  }

  /// The folder the lists are in.
  let root: String
  let provenance: Provenance?
  private(set) var warnings: [DatasetWarning] = []
  private(set) var keyParts: [String] = []
  private let checkingFiles: Bool
  private let files: any DatasetFiles
  /// The lists of each split: one for a base split, one of each language for the evaluation.
  private var lists: [Split: [ClipList]] = [:]

  init(path: String, checkingFiles: Bool, files: any DatasetFiles) throws {
    root = try Self.root(of: path, files)
    self.checkingFiles = checkingFiles
    self.files = files
    let found = try Provenance.read(dataset: root, files)
    provenance = found?.value
    if let bytes = found?.bytes { keyParts += [Provenance.file, ContentKey(of: bytes).description] }
  }

  /// The folder with the lists: `path`, or the one folder in it that a distribution is packed in.
  private static func root(of path: String, _ files: any DatasetFiles) throws -> String {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let kind = try files.kind(path) else {
      throw DatasetError.notADataset(
        path: path,
        reason:
          "there is no such folder", hint: "name another with --data, or make one with `nightjar data synth`")
    }
    guard kind == .folder else {
      throw DatasetError.notADataset(
        path: path, reason: "it is a file", hint: "unpack or convert it with `nightjar data import \(path)`")
    }
    let candidates = [path, path + "/MSWC"]
    if let root = try candidates.first(where: { try files.kind($0 + "/base_train.csv") != nil }) {
      return root
    }
    if try files.kind(path + "/" + SynthesisJournal.file) != nil {
      throw DatasetError.notADataset(
        path: path, reason: "its synthesis has not ended", hint: "run the same `nightjar data synth` again")
    }
    throw DatasetError.notADataset(
      path: path,
      reason: "base_train.csv is missing",
      hint: "name the folder that holds it, "
        + "or convert a folder of words with `nightjar data import \(path)`")
  }

  mutating func readLists() throws {
    var paths = ClipPaths(dataset: root, checksAll: checkingFiles, files: files)
    for split in [Split.train, .val, .test] {
      let file = WordDataset.file(split, language: "")
      guard try files.kind(root + "/" + file) != nil else {
        guard split == .val else {
          throw DatasetError.notADataset(
            path: root, reason: "\(file) is missing", hint: "restore it, or make the data set again")
        }
        warnings.append(
          DatasetWarning(.missingList, count: 1, "\(file) is missing: there is no validation split"))
        continue
      }
      lists[split] = [try read(file, language: nil, &paths)]
    }
    let languages = try files.names(root).filter { language in
      try ClipPaths.isLanguage(language) && files.kind("\(root)/\(language)/evaluation.csv") != nil
    }
    if languages.isEmpty {
      warnings.append(
        DatasetWarning(.missingList, count: 1, "no <lang>/evaluation.csv: there are no session words"))
    }
    lists[.evaluation] = try languages.map { language in
      try read(WordDataset.file(.evaluation, language: language), language: language, &paths)
    }
    warn(looked: paths.found + paths.missing)
  }

  private mutating func read(_ file: String, language: String?, _ paths: inout ClipPaths) throws -> ClipList {
    let bytes = try files.bytes(root + "/" + file)
    keyParts += [file, ContentKey(of: bytes).description]
    return try ClipList(Array(bytes), file: file, language: language, paths: &paths)
  }

  private mutating func warn(looked: Int) {
    let all = Split.allCases.flatMap { lists[$0] ?? [] }
    let duplicates = all.reduce(0) { $0 + $1.duplicates }
    if duplicates > 0, let first = all.first(where: { $0.duplicates > 0 }) {
      warnings.append(
        DatasetWarning(
          .duplicateRows, count: duplicates,
          "\(duplicates) row\(duplicates == 1 ? "" : "s") listed twice and dropped, "
            + "the first at \(first.file):\(first.firstDuplicate)"))
    }
    let missing = all.reduce(0) { $0 + $1.missing }
    if missing > 0, let list = all.first(where: { $0.missing > 0 }), let example = list.firstMissing {
      let scope = checkingFiles ? "" : " of \(looked) looked for"
      warnings.append(
        DatasetWarning(
          .missingClips, count: missing,
          "\(missing) clip\(missing == 1 ? "" : "s")\(scope) missing, the first \(example.path) "
            + "(\(list.file):\(example.row)); `nightjar data check` lists all"))
    }
  }

  /// Finds the classes and gives every clip its label.
  func classify() throws -> Content {
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
      // Sessions follow the order of the classes, whatever the folders are called.
      clips.append(ofSplit.filter { !$0.isEmpty }.sorted { $0[0].label < $1[0].label }.flatMap(\.self))
    }
    return Content(words: words, lists: clips)
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

  /// The order of ``Keywords`` when all words are among them and on the same side, else the order given.
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

/// What tells classes apart: the same spelling in two languages is two words.
private struct ClassKey: Hashable {
  let name: String
  let language: String

  init(name: String, language: String) { (self.name, self.language) = (name, language) }
  init(_ word: Word) { self.init(name: word.name, language: word.language) }
}
