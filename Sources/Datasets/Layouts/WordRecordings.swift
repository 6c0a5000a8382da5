import Foundation
import Tensors

/// Recordings of words that belong to no split yet.
struct WordRecordings: Sendable {
  /// One sound file.
  struct Recording: Sendable, Hashable {
    let path: String
    /// The file's name.
    let name: String
    let word: String
    /// Nil when names do not tell who speaks.
    var speaker: String?

    /// The file's name without its extension.
    var stem: String { (name as NSString).deletingPathExtension }
  }

  /// In order of word and name.
  private(set) var all: [Recording]
  /// Files that are not sound, or are not where the layout has its words.
  let ignored: [String]

  init(_ recordings: [Recording], ignored: [String]) {
    all = recordings
    self.ignored = ignored
  }

  /// The words, sorted by name; numbers by their value.
  var words: [String] {
    all.map(\.word).uniqued().sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  }

  /// The speakers, sorted by name; empty when that of any recording is unknown.
  var speakers: [String] {
    let names = all.compactMap(\.speaker)
    return names.count == all.count ? names.uniqued().sorted() : []
  }

  /// Without the recordings at some paths.
  func excluding(_ paths: Set<String>) -> WordRecordings {
    WordRecordings(all.filter { !paths.contains($0.path) }, ignored: ignored)
  }

  /// The extensions of formats that can be read.
  private static let extensions: Set<String> = [
    "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "au", "snd", "caf", "w64", "rf64",
  ]

  /// Whether a file's name is that of a sound file.
  static func isSound(_ name: String) -> Bool {
    !name.hasPrefix(".") && extensions.contains((name as NSString).pathExtension.lowercased())
  }
}
