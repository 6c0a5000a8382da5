import Foundation
import Support

/// The splits that a source's own lists state.
///
///     testing_list.txt  validation_list.txt            Speech Commands: word/clip.wav; all others are for training
///     en_splits.csv                                    MSWC: SET,LINK,WORD,VALID,SPEAKER,GENDER
///     en_train.csv  en_dev.csv  en_test.csv            MSWC: LINK,WORD,VALID,SPEAKER,GENDER
///
/// Sources: Warden, *Speech Commands* (2018); Mazumder et al., *Multilingual Spoken Words Corpus* (2021).
struct StatedSplits {
  /// The names of the lists.
  let lists: [String]
  private var entries = Entries()
  /// The split of clips that are in no list; nil when lists have all clips.
  private let splitOfOthers: Split?

  private static let textLists: [(name: String, split: Split)] = [
    ("testing_list.txt", .test), ("validation_list.txt", .val),
  ]
  private static let sets: [String: Split] = ["train": .train, "dev": .val, "test": .test]

  /// Reads the lists in any of some folders; nil when there are none.
  ///
  /// - Throws: ``DatasetError`` for a list that cannot be parsed, `FileError`.
  init?(in folders: [String], _ files: any DatasetFiles) throws {
    var paths: [(name: String, path: String)] = []
    for folder in folders { paths += try files.names(folder).map { ($0, "\(folder)/\($0)") } }
    let texts = Self.textLists.compactMap { list in
      paths.first { $0.name == list.name }.map { (list.split, $0.name, $0.path) }
    }
    if !texts.isEmpty {
      lists = texts.map(\.1)
      splitOfOthers = .train
      for (split, name, path) in texts { try readText(files.bytes(path), name, split) }
      return
    }
    let whole = paths.filter { $0.name.hasSuffix("_splits.csv") }
    let tables =
      whole.isEmpty
      ? paths.filter { path in Self.sets.keys.contains { path.name.hasSuffix("_\($0).csv") } } : whole
    splitOfOthers = nil
    var used: [String] = []
    var read = Entries()
    for (name, path) in tables where try Self.readTable(files.bytes(path), name, into: &read) {
      used.append(name)
    }
    lists = used
    entries = read
    if entries.isEmpty { return nil }
  }

  private static func require(_ bytes: Data, _ file: String) throws {
    // An empty list is one without clips.
    guard let foreign = ForeignContent(start: bytes), foreign != .empty else { return }
    let message = foreign.message
    throw DatasetError.malformed(file: file, row: 1, problem: message.what, hint: message.hint)
  }

  private mutating func readText(_ bytes: Data, _ file: String, _ split: Split) throws {
    try Self.require(bytes, file)
    for (index, line) in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .enumerated()
    {
      let path = line.trimmingCharacters(in: .whitespaces)
      guard let key = Entries.key(path) else {
        throw DatasetError.malformed(
          file: file, row: index + 1,
          problem: "expected a path such as yes/clip.wav, got \"\(path.printable(limit: 80))\"")
      }
      entries.set(key, Entry(split: split))
    }
  }

  /// Reads a list of MSWC; false for a table with other columns, which states no splits.
  private static func readTable(_ bytes: Data, _ file: String, into entries: inout Entries) throws -> Bool {
    try require(bytes, file)
    guard var reader = try? CSVReader(Array(bytes), file: file), let names = try? reader.next(),
      let link = names.firstIndex(of: "LINK")
    else { return false }
    let set = names.firstIndex(of: "SET")
    let speaker = names.firstIndex(of: "SPEAKER")
    let ofFile = sets.first { file.hasSuffix("_\($0.key).csv") }?.value
    while let fields = try reader.next() {
      guard fields.count == names.count else {
        throw DatasetError.malformed(
          file: file, row: reader.row, problem: "expected \(names.count) columns, got \(fields.count)")
      }
      let split = set.map { sets[fields[$0].lowercased()] } ?? ofFile
      guard let split, let key = Entries.key(fields[link]) else {
        throw DatasetError.malformed(
          file: file, row: reader.row, problem: "expected a set TRAIN, DEV or TEST and a link word/clip.opus")
      }
      let name = speaker.map { fields[$0] }.flatMap { ["", "NA"].contains($0) ? nil : $0 }
      entries.set(key, Entry(split: split, speaker: name))
    }
    return true
  }

  /// The recordings with their splits, and with their speakers where the lists name one for each; and what was left
  /// out: clips that are in no list, and entries of text lists that are no clips. (MSWC is often used in parts.)
  func applied(
    to recordings: [WordRecordings.Recording]
  ) -> (recordings: [WordRecordings.Recording], unlisted: [Omission]) {
    var listed: [WordRecordings.Recording] = []
    var unlisted: [Omission] = []
    let clips = Set(recordings.map(\.key.nameBytes))
    var missing: Set<[UInt8]> = splitOfOthers == nil ? [] : Set(entries.names)
    for recording in recordings {
      var recording = recording
      let name = entries.name(of: recording.key, among: clips)
      let entry = name.flatMap { entries[$0] }
      if let name { missing.remove(name) }
      guard let split = entry?.split ?? splitOfOthers else {
        unlisted.append(Omission("\(recording.word)/\(recording.name)", .unlisted))
        continue
      }
      recording.split = split
      if let speaker = entry?.speaker { recording.speaker = speaker }
      listed.append(recording)
    }
    let absent = missing.map { String(decoding: $0, as: UTF8.self) }.sorted()
    return (listed, unlisted + absent.map { Omission($0, .missing) })
  }
}

extension WordRecordings.Recording {
  /// The name by which lists are asked for it.
  fileprivate var key: String { "\(word)/\(stem)" }
}

/// What a list says of a clip.
private struct Entry {
  let split: Split
  var speaker: String?
}

/// What lists say of clips, by word and name without extension: clips are often converted after the lists were made.
///
/// A name is found by its bytes. One that is spelt in another normal form, as after a copy from macOS, is found where
/// only one entry is spelt alike, and no other clip has that entry's bytes.
private struct Entries {
  private var byName: [[UInt8]: Entry] = [:]
  /// By canonical equivalence, as strings compare.
  private var spellings: [String: [[UInt8]]] = [:]

  var isEmpty: Bool { byName.isEmpty }

  /// The last folder and the name without its extension: `yes/clip`.
  static func key(_ path: String) -> String? {
    let parts = path.split { $0 == "/" || $0 == "\\" }.suffix(2)
    guard parts.count == 2, let word = parts.first, let name = parts.last else { return nil }
    return "\(word)/\((String(name) as NSString).deletingPathExtension)"
  }

  mutating func set(_ key: String, _ entry: Entry) {
    if byName.updateValue(entry, forKey: key.nameBytes) == nil {
      spellings[key, default: []].append(key.nameBytes)
    }
  }

  var names: some Sequence<[UInt8]> { byName.keys }

  subscript(name: [UInt8]) -> Entry? { byName[name] }

  /// The entry of the clip `key`, one of `clips`.
  func name(of key: String, among clips: Set<[UInt8]>) -> [UInt8]? {
    if byName[key.nameBytes] != nil { return key.nameBytes }
    guard let names = spellings[key], names.count == 1, !clips.contains(names[0]) else { return nil }
    return names[0]
  }
}
