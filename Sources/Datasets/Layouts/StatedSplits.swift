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
  /// By word and name without extension: clips are often converted after the lists were made.
  private var entries: [String: (split: Split, speaker: String?)] = [:]
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
    var read: [String: (split: Split, speaker: String?)] = [:]
    for (name, path) in tables {
      guard let table = try Self.table(files.bytes(path), name) else { continue }
      used.append(name)
      read.merge(table) { $1 }
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
      guard let key = Self.key(path) else {
        throw DatasetError.malformed(
          file: file, row: index + 1,
          problem: "expected a path such as yes/clip.wav, got \"\(path.printable(limit: 80))\"")
      }
      entries[key] = (split, nil)
    }
  }

  /// The entries of a list of MSWC; nil for a table with other columns, which states no splits.
  private static func table(
    _ bytes: Data, _ file: String
  ) throws -> [String: (split: Split, speaker: String?)]? {
    try require(bytes, file)
    guard var reader = try? CSVReader(Array(bytes), file: file), let names = try? reader.next(),
      let link = names.firstIndex(of: "LINK")
    else { return nil }
    var entries: [String: (split: Split, speaker: String?)] = [:]
    let set = names.firstIndex(of: "SET")
    let speaker = names.firstIndex(of: "SPEAKER")
    let ofFile = sets.first { file.hasSuffix("_\($0.key).csv") }?.value
    while let fields = try reader.next() {
      guard fields.count == names.count else {
        throw DatasetError.malformed(
          file: file, row: reader.row, problem: "expected \(names.count) columns, got \(fields.count)")
      }
      let split = set.map { sets[fields[$0].lowercased()] } ?? ofFile
      guard let split, let key = key(fields[link]) else {
        throw DatasetError.malformed(
          file: file, row: reader.row, problem: "expected a set TRAIN, DEV or TEST and a link word/clip.opus")
      }
      let name = speaker.map { fields[$0] }.flatMap { ["", "NA"].contains($0) ? nil : $0 }
      entries[key] = (split, name)
    }
    return entries
  }

  /// The last folder and the name without its extension: `yes/clip`.
  private static func key(_ path: String) -> String? {
    let parts = path.split { $0 == "/" || $0 == "\\" }.suffix(2)
    guard parts.count == 2, let word = parts.first, let name = parts.last else { return nil }
    return "\(word)/\((String(name) as NSString).deletingPathExtension)"
  }

  /// The recordings with their splits, and with their speakers where the lists name one for each.
  func applied(
    to recordings: [WordRecordings.Recording]
  ) -> (recordings: [WordRecordings.Recording], unlisted: [Omission]) {
    var listed: [WordRecordings.Recording] = []
    var unlisted: [Omission] = []
    for recording in recordings {
      var recording = recording
      let entry = entries["\(recording.word)/\(recording.stem)"]
      guard let split = entry?.split ?? splitOfOthers else {
        unlisted.append(Omission("\(recording.word)/\(recording.name)", .unlisted))
        continue
      }
      recording.split = split
      if let speaker = entry?.speaker { recording.speaker = speaker }
      listed.append(recording)
    }
    return (listed, unlisted)
  }
}
