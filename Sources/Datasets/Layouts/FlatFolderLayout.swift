import Foundation
import Tensors

/// One folder of recordings whose names start with the word: `yes_anna_1.wav`, or `yes-anna-1.wav` throughout.
struct FlatFolderLayout: DatasetLayout {
  let name = "word_speaker_take"
  let example = "`word_speaker_take.wav`"
  let list: String? = nil

  func recognizes(_ source: DatasetSource) throws -> Bool {
    guard try source.files.isFolder(source.path) else { return false }
    let sounds = try sounds(in: source)
    let separator = Self.separator(of: sounds)
    return sounds.contains { Self.parts(of: $0, separator) != nil }
  }

  func contents(of source: DatasetSource) throws -> DatasetContents {
    let separator = try Self.separator(of: sounds(in: source))
    var recordings: [WordRecordings.Recording] = []
    var omissions: [Omission] = []
    for name in try source.files.names(source.path) {
      if let omission = try Omission(undecodable: name, at: "\(source.path)/\(name)", source.files) {
        omissions.append(omission)
      } else if try source.files.isFolder("\(source.path)/\(name)") {
        omissions += try omitted(name, in: source)
      } else if let recording = Self.recording(name, separator, in: source) {
        recordings.append(recording)
      } else {
        let kind = WordRecordings.FileKind(name)
        let reason: Omission.Reason =
          kind == .sound ? .withoutWord : kind == .unsupported ? .unsupportedFormat : .notSound
        omissions.append(Omission(name, reason))
      }
    }
    return .recordings(WordRecordings(recordings, omissions: omissions))
  }

  private func sounds(in source: DatasetSource) throws -> [String] {
    try source.files.names(source.path).filter { name in
      try WordRecordings.FileKind(name) == .sound && !source.files.isFolder("\(source.path)/\(name)")
    }
  }

  private func omitted(_ folder: String, in source: DatasetSource) throws -> [Omission] {
    if folder.hasPrefix(".") { return [] }
    if folder.hasPrefix("_") { return [Omission(folder, .setAside)] }
    return try source.files.names("\(source.path)/\(folder)").map { name in
      Omission("\(folder)/\(name)", WordRecordings.FileKind(name) == .other ? .notSound : .withoutWord)
    }
  }

  /// The first part of a name is the word, the last the take, what is between them the speaker.
  private static func recording(
    _ name: String, _ separator: Character, in source: DatasetSource
  ) -> WordRecordings.Recording? {
    guard WordRecordings.FileKind(name) == .sound, let parts = parts(of: name, separator) else { return nil }
    let speaker = SpeakerNames.speaker(parts: parts.dropFirst().dropLast(), separator)
    return .init(path: "\(source.path)/\(name)", name: name, word: String(parts[0]), speaker: speaker)
  }

  /// `_`, or `-` where no name has `_`.
  private static func separator(of names: [String]) -> Character {
    names.contains { ($0 as NSString).deletingPathExtension.contains("_") } ? "_" : "-"
  }

  /// The parts of a name that begins with a word; nil for any other.
  private static func parts(of name: String, _ separator: Character) -> [Substring]? {
    let parts = (name as NSString).deletingPathExtension.split(
      separator: separator, omittingEmptySubsequences: false)
    return parts.count >= 2 && !parts[0].isEmpty ? parts : nil
  }
}
