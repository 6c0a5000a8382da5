import Foundation
import Tensors

/// A folder of recorded words as people have them: a folder per word, or one folder of
/// `word_speaker_take.wav`.
struct WordFolder: Sendable {
  /// How the words are told apart.
  enum Shape: String, Sendable {
    case folderPerWord = "a folder per word"
    case flat = "word_speaker_take"
  }

  /// One sound file.
  struct Recording: Sendable, Hashable {
    let path: String
    /// The file's name.
    let name: String
    let word: String
    /// Nil when names do not say who speaks.
    var speaker: String?
  }

  let shape: Shape
  /// In order of word and name.
  private(set) var recordings: [Recording]
  /// Files that are no sound, or lie where no word is.
  let ignored: Int

  /// The extensions of formats that can be read.
  private static let sounds: Set<String> = [
    "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "au", "snd", "caf", "w64", "rf64",
  ]

  /// Lists the sound files of `folder`. Nothing is opened.
  init(_ folder: String) throws {
    let names = try FolderContents.names(folder)
    let folders = names.filter { FolderContents.isFolder("\(folder)/\($0)") }
    var ofWords: [Recording] = []
    var ignored = 0
    for word in folders where !word.hasPrefix(".") && !word.hasPrefix("_") {
      for name in try FolderContents.names("\(folder)/\(word)") {
        if Self.isSound(name), !FolderContents.isFolder("\(folder)/\(word)/\(name)") {
          ofWords.append(Recording(path: "\(folder)/\(word)/\(name)", name: name, word: word))
        } else {
          ignored += 1
        }
      }
    }
    let files = names.filter { !folders.contains($0) }
    let flat = files.filter(Self.isSound).compactMap { Self.flat($0, in: folder) }
    if ofWords.isEmpty {
      shape = .flat
      recordings = flat
      ignored += files.count - flat.count
    } else {
      shape = .folderPerWord
      recordings = ofWords
      ignored += files.count
    }
    guard !recordings.isEmpty else {
      throw ImportError.source(
        path: folder,
        reason:
          "there are no sound files in it",
        hint: "name a folder with `word/clip.wav`, or with `word_speaker_take.wav`"
      )
    }
    self.ignored = ignored
    if shape == .folderPerWord { nameSpeakers() }
  }

  /// The words, in order of name; numbers by their value.
  var words: [String] {
    recordings.map(\.word).uniqued().sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  }

  /// The speakers, in order of name; empty when any is not known.
  var speakers: [String] {
    let names = recordings.compactMap(\.speaker)
    return names.count == recordings.count ? names.uniqued().sorted() : []
  }

  /// Without recordings that cannot be used.
  func leavingOut(_ bad: Set<String>) -> WordFolder {
    var folder = self
    folder.recordings.removeAll { bad.contains($0.path) }
    return folder
  }

  /// `word_speaker_take.wav`: the first part is the word, the last the take, what is between the speaker.
  private static func flat(_ name: String, in folder: String) -> Recording? {
    let parts = stem(name).split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count >= 2, !parts[0].isEmpty else { return nil }
    let speaker = parts.count >= 3 ? parts[1..<parts.count - 1].joined(separator: "_") : nil
    return Recording(path: "\(folder)/\(name)", name: name, word: String(parts[0]), speaker: speaker)
  }

  /// Takes names apart as `speaker_take`, or `speaker_nohash_take`, when that gives at least three speakers;
  /// otherwise names such as `clip_01` would make one speaker of everybody.
  private mutating func nameSpeakers() {
    let names = recordings.map { Self.speaker(Self.stem($0.name)) }
    guard names.allSatisfy({ $0 != nil }), Set(names).count >= 3 else { return }
    for index in recordings.indices { recordings[index].speaker = names[index] }
  }

  private static func speaker(_ stem: String) -> String? {
    if let mark = stem.firstRange(of: "_nohash_") { return String(stem[..<mark.lowerBound]) }
    guard let mark = stem.lastIndex(of: "_"), mark > stem.startIndex else { return nil }
    let take = stem[stem.index(after: mark)...]
    return !take.isEmpty && take.allSatisfy(\.isNumber) ? String(stem[..<mark]) : nil
  }

  private static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }

  private static func isSound(_ name: String) -> Bool {
    !name.hasPrefix(".") && sounds.contains((name as NSString).pathExtension.lowercased())
  }
}
