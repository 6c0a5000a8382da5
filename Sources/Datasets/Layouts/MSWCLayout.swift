import Foundation

/// The layout of the Multilingual Spoken Words Corpus as NeuroBench's keyword task distributes it:
///
///     base_train.csv  base_val.csv  base_test.csv     PATH,WORD,LANG
///     <lang>/evaluation.csv                            the same, for session words
///     <lang>/clips/…                                   wav, flac or opus
///
/// Paths in a list are relative to `<lang>/clips/`, to the data set, or to `<lang>/`; their parts may be separated by
/// `\`. The distribution has all of it in a folder `MSWC`, which is recognized too, as is any other folder that is the
/// only one with lists. Source: Mazumder et al., *Multilingual Spoken Words Corpus* (2021).
struct MSWCLayout: DatasetLayout {
  let name = "MSWC's layout"
  let example = "`base_train.csv`"
  let list: String? = "base_train.csv"

  /// The list of a split, relative to the data set.
  static func list(of split: Split, language: String) -> String {
    split == .evaluation ? "\(language)/evaluation.csv" : "base_\(split.rawValue).csv"
  }

  func recognizes(_ source: DatasetSource) throws -> Bool { try root(of: source) != nil }

  /// The folder with the lists: the source itself, or the folder in it that the distribution is packed in.
  private func root(of source: DatasetSource) throws -> String? {
    let inside = [source.path, source.path + "/MSWC"]
    let hasLists = { (folder: String) in try source.files.kind("\(folder)/base_train.csv") != nil }
    if let root = try inside.first(where: hasLists) { return root }
    guard try source.files.isFolder(source.path) else { return nil }
    let folders = try source.files.names(source.path).filter { !$0.hasPrefix(".") }
      .map { "\(source.path)/\($0)" }.filter(hasLists)
    return folders.count == 1 ? folders[0] : nil
  }

  func contents(of source: DatasetSource) throws -> DatasetContents {
    let root = try root(of: source) ?? source.path
    var lists = ClipLists(root: root)
    var paths = MSWCClipPaths(dataset: root, checksAll: source.checksClips, files: source.files)
    for split in [Split.train, .val, .test] {
      let file = Self.list(of: split, language: "")
      guard try source.files.kind("\(root)/\(file)") != nil else {
        guard split == .val else {
          throw DatasetError.notADataset(
            path: root, reason: "\(file) is missing", hint: "restore it, or make the data set again")
        }
        lists.warnings.append(DatasetWarning(.missingValidationList, example: file))
        continue
      }
      try lists.add(file, to: split, language: nil, source.files) { try paths.resolve($0, language: $1) }
    }
    let languages = try source.files.names(root).filter { language in
      try language.isLanguageCode && source.files.kind("\(root)/\(language)/evaluation.csv") != nil
    }
    if languages.isEmpty {
      lists.warnings.append(DatasetWarning(.missingSessionLists, example: "<lang>/evaluation.csv"))
    }
    for language in languages {
      let file = Self.list(of: .evaluation, language: language)
      try lists.add(file, to: .evaluation, language: language, source.files) {
        try paths.resolve($0, language: $1)
      }
    }
    if paths.found == 0 { for language in languages { try paths.requireFolder(of: language) } }
    lists.warn(checked: source.checksClips ? nil : paths.found + paths.missing)
    return .lists(lists)
  }
}

/// Resolves the relative paths of MSWC's lists.
///
/// Which folder they are relative to is determined once for each folder that a list names, by its first clips, so
/// that ninety thousand rows cost a few hundred accesses to the disk.
private struct MSWCClipPaths {
  private struct Group: Hashable {
    let language: String
    let folder: [UInt8]
  }

  /// What is known about a group: the index of its root, whether a clip was found there, and how many were not.
  private struct Resolution {
    var root = 0
    var isCertain = false
    var misses = 0
  }

  /// Whether every clip is checked, not only the first of each folder.
  private let checksAll: Bool
  private let dataset: String
  private let files: any DatasetFiles
  private var resolutions: [Group: Resolution] = [:]

  /// How many of the clips that were checked exist.
  private(set) var found = 0
  /// How many of the clips that were checked do not exist.
  private(set) var missing = 0

  init(dataset: String, checksAll: Bool, files: any DatasetFiles) {
    self.dataset = dataset
    self.checksAll = checksAll
    self.files = files
  }

  /// The path of a clip, or of where it should be. A path with `\` that does not exist is taken for one of Windows.
  mutating func resolve(_ path: String, language: String) throws -> ClipList.Location {
    guard path.utf8.contains(UInt8(ascii: "\\")) else { return try locate(path, language) }
    let slashed = path.replacing("\\", with: "/")
    guard slashed.isInsidePath,
      try !roots(language).contains(where: { try files.kind($0 + path) != nil })
    else { return try locate(path, language) }
    return try locate(slashed, language)
  }

  /// Refuses a folder of clips that is a file, when no clip exists anywhere: a link that was copied as its text.
  ///
  /// - Throws: ``DatasetError/notADataset(path:reason:hint:)``.
  func requireFolder(of language: String) throws {
    guard missing > 0, try files.kind("\(dataset)/\(language)/clips") == .file else { return }
    throw DatasetError.notADataset(
      path: dataset, reason: "\(language)/clips is a file, expected the folder of the clips",
      hint: "if it contains only a path, it was a link: copy the data set again with its links")
  }

  private func roots(_ language: String) -> [String] {
    ["\(dataset)/\(language)/clips/", "\(dataset)/", "\(dataset)/\(language)/"]
  }

  private mutating func locate(_ path: String, _ language: String) throws -> ClipList.Location {
    let group = Group(language: language, folder: Array(path.utf8.prefix { $0 != UInt8(ascii: "/") }))
    var resolution = resolutions[group] ?? Resolution()
    let roots = roots(language)
    // Three missing clips are enough to report a folder; the rest of it is not checked.
    if !checksAll, resolution.isCertain || resolution.misses >= 3 {
      return .init(path: roots[resolution.root] + path, isMissing: false)
    }
    let order = [resolution.root] + roots.indices.filter { $0 != resolution.root }
    if let root = try order.first(where: { try files.kind(roots[$0] + path) != nil }) {
      found += 1
      if !resolution.isCertain { resolution.root = root }
      resolution.isCertain = true
      resolutions[group] = resolution
      return .init(path: roots[root] + path, isMissing: false)
    }
    missing += 1
    resolution.misses += 1
    resolutions[group] = resolution
    // When none of the first clips exists, the layout is a different one, and no later row will be better.
    let tried = found == 0 && missing >= 10 ? roots.map { $0 + path } : nil
    if tried != nil { try requireFolder(of: language) }
    return .init(path: roots[resolution.root] + path, isMissing: true, tried: tried)
  }
}
