import Foundation
import Tensors

/// One folder of recordings whose names start with the word: `yes_anna_1.wav`.
struct FlatFolderLayout: DatasetLayout {
  let name = "word_speaker_take"
  let example = "`word_speaker_take.wav`"
  let list: String? = nil

  func recognizes(_ source: DatasetSource) throws -> Bool {
    guard try source.files.isFolder(source.path) else { return false }
    return try source.files.names(source.path).contains { try recording($0, in: source) != nil }
  }

  func contents(of source: DatasetSource) throws -> DatasetContents {
    var recordings: [WordRecordings.Recording] = []
    var ignored: [String] = []
    for name in try source.files.names(source.path) {
      if let recording = try recording(name, in: source) {
        recordings.append(recording)
      } else if try !source.files.isFolder("\(source.path)/\(name)") {
        ignored.append(name)
      } else if !name.hasPrefix("."), !name.hasPrefix("_") {
        ignored += try source.files.names("\(source.path)/\(name)").map { "\(name)/\($0)" }
      }
    }
    return .recordings(WordRecordings(recordings, ignored: ignored))
  }

  /// The first part of a name is the word, the last the take, what is between them the speaker.
  private func recording(_ name: String, in source: DatasetSource) throws -> WordRecordings.Recording? {
    let path = "\(source.path)/\(name)"
    guard WordRecordings.isSound(name), try !source.files.isFolder(path) else { return nil }
    let parts = (name as NSString).deletingPathExtension.split(
      separator: "_", omittingEmptySubsequences: false)
    guard parts.count >= 2, !parts[0].isEmpty else { return nil }
    let speaker = parts.count >= 3 ? parts[1..<parts.count - 1].joined(separator: "_") : nil
    return .init(path: path, name: name, word: String(parts[0]), speaker: speaker)
  }
}
