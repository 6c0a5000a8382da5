import Foundation
import Support

/// Why a source has no layout that can be imported: what is there, and what was expected.
struct SourceSurvey {
  let reason: String
  let hint: String?

  /// How many folders are looked into at most.
  private static let maxFolders = 2_000

  /// Looks through a source's folders.
  ///
  /// - Throws: `FileError` for a folder that cannot be read.
  init(_ source: DatasetSource) throws {
    let expected = "name a source with \(DatasetLayouts.importExamples)"
    guard try source.files.isFolder(source.path) else {
      let foreign = try source.files.read(source.path) { ForeignContent(file: $0) }?.message
      reason = foreign?.what ?? "it is neither a folder nor an archive (.tar, .tar.gz, .tar.xz, .zip)"
      hint = foreign?.hint ?? (foreign == nil ? expected : nil)
      return
    }
    var folders = [""]
    var position = 0
    var sounds: [String] = []
    var unsupported: [String] = []
    while position < min(folders.count, Self.maxFolders) {
      let folder = folders[position]
      position += 1
      for name in try source.files.names("\(source.path)/\(folder)") where !name.hasPrefix(".") {
        if try source.files.isFolder("\(source.path)/\(folder)\(name)") {
          folders.append("\(folder)\(name)/")
          continue
        }
        switch WordRecordings.FileKind(name) {
        case .sound: sounds.append(folder + name)
        case .unsupported: unsupported.append(folder + name)
        case .other: break
        }
      }
    }
    if let first = sounds.first, first.contains("/") {
      let depth = first.split(separator: "/").count - 1
      reason =
        "its sound files are \(depth == 1 ? "in folders set aside" : "\(depth) folders deep"), such as \(first)"
      hint =
        "expected word/clip.wav, word_speaker_take.wav or train/word/clip.wav: move the clips there, "
        + "or import a folder inside"
    } else if let first = sounds.first {
      reason = "the names of its \("sound file".counted(sounds.count)) do not tell the word, such as \(first)"
      hint = "make a folder for each word, or name the files word_speaker_take.wav"
    } else if let first = unsupported.first {
      reason =
        "its \("sound file".counted(unsupported.count)) cannot be read in this format, such as \(first)"
      hint = "convert them to wav, flac, ogg or opus"
    } else {
      reason = "there are no sound files in it"
      hint = expected
    }
  }
}
