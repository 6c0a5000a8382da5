import Tensors

/// A folder per split with a folder per word in it: `train/yes/anna_1.wav`.
struct SplitFoldersLayout: DatasetLayout {
  let name = "a folder per split and word"
  let example = "`train/word/clip.wav`"
  let list: String? = nil

  func recognizes(_ source: DatasetSource) throws -> Bool {
    let folders = try folders(of: source)
    guard folders.contains(where: { $0.split == .train }), folders.count >= 2 else { return false }
    return try folders.contains { try !words(of: $0.name, in: source).recordings.isEmpty }
  }

  func contents(of source: DatasetSource) throws -> DatasetContents {
    let folders = try folders(of: source)
    var recordings: [WordRecordings.Recording] = []
    var omissions: [Omission] = []
    for folder in folders {
      let words = try words(of: folder.name, in: source)
      recordings += words.recordings.map { recording in
        var recording = recording
        recording.split = folder.split
        return recording
      }
      omissions += words.omissions
    }
    for name in try source.files.names(source.path) where !folders.contains(where: { $0.name == name }) {
      let isFolder = try source.files.isFolder("\(source.path)/\(name)")
      omissions.append(Omission(name, isFolder ? .setAside : .notSound))
    }
    let speakers = SpeakerNames.plausible(recordings.map { (stem: $0.stem, word: $0.word) })
    for index in recordings.indices {
      recordings[index].speaker = speakers?[index]
      // The same name may occur in every split.
      recordings[index].name = "\(recordings[index].split?.rawValue ?? "")_\(recordings[index].name)"
    }
    // In order of word and name, as recordings are.
    recordings.sort { ($0.word, $0.name) < ($1.word, $1.name) }
    return .recordings(
      WordRecordings(recordings, omissions: omissions, splitSources: folders.map { $0.name + "/" }))
  }

  private static let names: [String: Split] = [
    "train": .train, "training": .train, "val": .val, "valid": .val, "validation": .val, "dev": .val,
    "test": .test, "testing": .test,
  ]

  private func folders(of source: DatasetSource) throws -> [(name: String, split: Split)] {
    guard try source.files.isFolder(source.path) else { return [] }
    return try source.files.names(source.path).compactMap { name in
      try Self.names[name.lowercased()].flatMap { split in
        try source.files.isFolder("\(source.path)/\(name)") ? (name, split) : nil
      }
    }
  }

  private func words(of split: String, in source: DatasetSource) throws -> WordFolders {
    try WordFolders("\(source.path)/\(split)", prefix: "\(split)/", source.files)
  }
}
