import Foundation
import Tensors

/// A folder per word with the word's recordings in it: `yes/anna_1.wav`.
struct FolderPerWordLayout: DatasetLayout {
  let name = "a folder per word"
  let example = "`word/clip.wav`"
  let list: String? = nil

  func recognizes(_ source: DatasetSource) throws -> Bool {
    try wordFolders(of: source).contains { try !clips(in: $0, of: source).sounds.isEmpty }
  }

  func contents(of source: DatasetSource) throws -> DatasetContents {
    var recordings: [WordRecordings.Recording] = []
    var ignored: [String] = []
    for word in try wordFolders(of: source) {
      let (sounds, others) = try clips(in: word, of: source)
      recordings += sounds.map { .init(path: "\(source.path)/\(word)/\($0)", name: $0, word: word) }
      ignored += others.map { "\(word)/\($0)" }
    }
    ignored += try source.files.names(source.path).filter {
      try !source.files.isFolder("\(source.path)/\($0)")
    }
    return .recordings(WordRecordings(named(recordings), ignored: ignored))
  }

  /// The folders that may be words: neither hidden nor set aside by `_`, as Speech Commands' background noise is.
  private func wordFolders(of source: DatasetSource) throws -> [String] {
    guard try source.files.isFolder(source.path) else { return [] }
    return try source.files.names(source.path).filter { name in
      try !name.hasPrefix(".") && !name.hasPrefix("_") && source.files.isFolder("\(source.path)/\(name)")
    }
  }

  private func clips(
    in word: String, of source: DatasetSource
  ) throws -> (sounds: [String], others: [String]) {
    var sounds: [String] = []
    var others: [String] = []
    for name in try source.files.names("\(source.path)/\(word)") {
      let isClip =
        try WordRecordings.isSound(name) && !source.files.isFolder("\(source.path)/\(word)/\(name)")
      if isClip { sounds.append(name) } else { others.append(name) }
    }
    return (sounds, others)
  }

  /// Takes the speakers from names such as `speaker_take` or `speaker_nohash_take`, when that gives at least three
  /// of them; otherwise names such as `clip_01` would make one speaker of everybody.
  private func named(_ recordings: [WordRecordings.Recording]) -> [WordRecordings.Recording] {
    let speakers = recordings.map { Self.speaker($0.stem) }
    guard speakers.allSatisfy({ $0 != nil }), Set(speakers).count >= 3 else { return recordings }
    var named = recordings
    for index in named.indices { named[index].speaker = speakers[index] }
    return named
  }

  private static func speaker(_ stem: String) -> String? {
    if let mark = stem.firstRange(of: "_nohash_") { return String(stem[..<mark.lowerBound]) }
    guard let mark = stem.lastIndex(of: "_"), mark > stem.startIndex else { return nil }
    let take = stem[stem.index(after: mark)...]
    return !take.isEmpty && take.allSatisfy(\.isNumber) ? String(stem[..<mark]) : nil
  }
}
