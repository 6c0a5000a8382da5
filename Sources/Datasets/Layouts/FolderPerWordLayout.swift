import Foundation
import Tensors

/// A folder per word with the word's recordings in it: `yes/anna_1.wav`.
///
/// The words' folders may lie in one folder more, as an archive or MSWC's `clips` has them. Lists that state splits, as
/// Speech Commands and MSWC have them, are followed.
struct FolderPerWordLayout: DatasetLayout {
  let name = "a folder per word"
  let example = "`word/clip.wav`"
  let list: String? = nil

  func recognizes(_ source: DatasetSource) throws -> Bool { try folder(of: source) != nil }

  func contents(of source: DatasetSource) throws -> DatasetContents {
    let folder = try folder(of: source) ?? source.path
    var words = try WordFolders(folder, source.files)
    // Clips with a name for everybody, such as clip_01, have no speakers.
    let stems = words.recordings.map { (stem: $0.stem, word: $0.word) }
    if let speakers = SpeakerNames.plausible(stems) {
      for (index, speaker) in speakers.enumerated() { words.recordings[index].speaker = speaker }
    }
    let folders = folder == source.path ? [folder] : [source.path, folder]
    guard let stated = try StatedSplits(in: folders, source.files) else {
      return .recordings(WordRecordings(words.recordings, omissions: words.omissions))
    }
    let (recordings, unlisted) = stated.applied(to: words.recordings)
    let others = words.omissions.filter { !stated.lists.contains($0.path) }
    return .recordings(
      WordRecordings(recordings, omissions: others + unlisted, splitSources: stated.lists))
  }

  /// The folder whose folders are the words: the source, or the only folder in it, or the only one in that.
  private func folder(of source: DatasetSource) throws -> String? {
    guard try source.files.isFolder(source.path) else { return nil }
    var folder = source.path
    for _ in 0..<3 {
      let words = try WordFolders(folder, source.files)
      if !words.recordings.isEmpty { return folder }
      guard words.names.count == 1, !words.hasSound else { return nil }
      folder += "/" + words.names[0]
    }
    return nil
  }
}

/// What a folder of words' folders contains.
struct WordFolders {
  /// The folders that may be words: neither hidden nor set aside by `_`.
  let names: [String]
  var recordings: [WordRecordings.Recording] = []
  var omissions: [Omission] = []
  /// Whether sound files lie beside the folders.
  private(set) var hasSound = false

  /// Lists the folders in `folder` and their files; `prefix` goes before the names of omissions.
  init(_ folder: String, prefix: String = "", _ files: any DatasetFiles) throws {
    var names: [String] = []
    for name in try files.names(folder) {
      if let omission = try Omission(undecodable: name, at: "\(folder)/\(name)", files) {
        omissions.append(omission)
      } else if try !files.isFolder("\(folder)/\(name)") {
        let kind = WordRecordings.FileKind(name)
        if kind != .other { hasSound = true }
        omissions.append(Omission(prefix + name, kind == .other ? .notSound : .withoutWord))
      } else if name.hasPrefix("_") {
        omissions.append(Omission(prefix + name, .setAside))
      } else if !name.hasPrefix(".") {
        names.append(name)
      }
    }
    self.names = names
    for word in names { try add(word, in: folder, prefix: prefix, files) }
  }

  private mutating func add(
    _ word: String, in folder: String, prefix: String, _ files: any DatasetFiles
  ) throws {
    let before = recordings.count
    for name in try files.names("\(folder)/\(word)") {
      let path = "\(folder)/\(word)/\(name)"
      let shown = "\(prefix)\(word)/\(name)"
      if let omission = try Omission(undecodable: name, at: path, files) {
        omissions.append(omission)
        continue
      }
      if try files.isFolder(path) {
        omissions.append(Omission(shown, .tooDeep))
        continue
      }
      switch WordRecordings.FileKind(name) {
      case .sound: recordings.append(.init(path: path, name: name, word: word))
      case .unsupported: omissions.append(Omission(shown, .unsupportedFormat))
      case .other: omissions.append(Omission(shown, .notSound))
      }
    }
    if recordings.count == before { omissions.append(Omission(prefix + word, .wordWithoutClips)) }
  }
}
