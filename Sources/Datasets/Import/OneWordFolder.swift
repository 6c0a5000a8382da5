import Foundation

/// Recognizes one word's folder among others: its clips are named `speaker_take.wav`, which would make words of the
/// speakers.
enum OneWordFolder {
  /// Whether a folder of recordings, read as `word_take.wav`, is one word's folder.
  ///
  /// - Throws: `FileError` for a folder beside it that cannot be read.
  static func matches(_ recordings: WordRecordings, _ source: DatasetSource) throws -> Bool {
    let stems = recordings.all.map(\.stem)
    if stems.contains(where: { $0.contains("_nohash_") }) { return true }
    guard stems.allSatisfy({ SpeakerNames.speaker(stem: $0, word: "") == prefix($0) }) else { return false }
    let own = Set(stems.compactMap(prefix))
    let parent = (URL(fileURLWithPath: source.path).standardizedFileURL.path as NSString)
      .deletingLastPathComponent
    let name = URL(fileURLWithPath: source.path).standardizedFileURL.lastPathComponent
    return try source.files.names(parent).contains { folder in
      guard folder != name, !folder.hasPrefix("."), try source.files.isFolder("\(parent)/\(folder)") else {
        return false
      }
      let sounds = ((try? source.files.names("\(parent)/\(folder)")) ?? [])
        .filter { WordRecordings.FileKind($0) == .sound }
      return sounds.contains { own.contains(prefix(($0 as NSString).deletingPathExtension) ?? "") }
    }
  }

  /// The first of two parts of a name; nil for a name of another number of parts.
  private static func prefix(_ stem: String) -> String? {
    let parts = stem.split(separator: SpeakerNames.separator(of: stem), omittingEmptySubsequences: false)
    return parts.count == 2 ? String(parts[0]) : nil
  }
}
