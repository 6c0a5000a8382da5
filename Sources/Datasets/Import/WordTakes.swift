import Audio
import Foundation
import Support

/// A few recordings of each of some words, for a trained model to learn.
///
/// A folder per word, `word_speaker_take.wav`, or the folder of one word.
public struct WordTakes: Sendable {
  /// The takes of one word.
  public struct Word: Sendable, Hashable {
    public let name: String
    /// The sound files, sorted.
    public let paths: [String]
  }

  /// Sorted by name.
  public let words: [Word]
  /// What in the folder was not used, and what is wrong with the sound that was.
  public let warnings: [DatasetWarning]
  /// How takes, and clips to recognise, are read: their loudest second.
  public static let reading = ClipReading(isAligned: true)

  /// Finds the words of a folder and reads every take once.
  ///
  /// - Throws: ``ImportError`` for a folder without words or with takes that cannot be read; ``DatasetError`` for one
  ///   sound under two words; `FileError`; `InterruptionError` after Ctrl-C.
  public init(_ folder: String, skipsBad: Bool = false, console: Console, threads: Int) throws {
    let source = DatasetSource(folder)
    let usable = try UsableRecordings(
      Self.recordings(of: source), ImportOptions(skipsBad: skipsBad, reading: Self.reading),
      console: console, threads: threads)
    let byWord = Dictionary(grouping: usable.recordings.all) { $0.word.nameBytes }
    words = usable.recordings.words.map { word in
      Word(name: word, paths: (byWord[word.nameBytes] ?? []).map(\.path).sorted())
    }
    warnings = usable.warnings + usable.soundWarnings
    guard !words.isEmpty else {
      throw ImportError.source(path: folder, reason: "no take in it can be used", hint: nil)
    }
  }

  private static func recordings(of source: DatasetSource) throws -> WordRecordings {
    let perWord = FolderPerWordLayout()
    let flat = FlatFolderLayout()
    for layout in [perWord, flat] as [any DatasetLayout] where try layout.recognizes(source) {
      guard case .recordings(let recordings) = try layout.contents(of: source) else { continue }
      if layout is FlatFolderLayout, try OneWordFolder.matches(recordings, source) { break }
      return recordings
    }
    let own = try takesOfOneWord(source)
    guard !own.isEmpty else {
      let survey = try SourceSurvey(source)
      throw ImportError.source(path: source.path, reason: survey.reason, hint: survey.hint)
    }
    return WordRecordings(own, omissions: [])
  }

  /// The sound files that lie directly in a folder, as takes of the word that the folder is named after.
  private static func takesOfOneWord(_ source: DatasetSource) throws -> [WordRecordings.Recording] {
    guard try source.files.isFolder(source.path) else { return [] }
    let word = URL(fileURLWithPath: source.path).standardizedFileURL.lastPathComponent
    return try source.files.names(source.path)
      .filter { try WordRecordings.FileKind($0) == .sound && !source.files.isFolder("\(source.path)/\($0)") }
      .map { .init(path: "\(source.path)/\($0)", name: $0, word: word) }
  }
}
