import Algorithms
import Foundation
import Support
import Tensors

/// Recordings of words, of which the source may state speakers and splits.
struct WordRecordings: Sendable {
  /// One sound file.
  struct Recording: Sendable, Hashable {
    let path: String
    /// The file's name in the data set that is made; no other recording of the word has it.
    var name: String
    let word: String
    /// Nil when names do not tell who speaks.
    var speaker: String?
    /// The split that the source states; nil when it states none.
    var split: Split?

    /// The file's name without its extension.
    var stem: String { (name as NSString).deletingPathExtension }
  }

  /// In order of word and name.
  private(set) var all: [Recording]
  /// What is not imported, and why.
  private(set) var omissions: [Omission]
  /// The lists or folders of the source that state splits.
  let splitSources: [String]

  init(_ recordings: [Recording], omissions: [Omission], splitSources: [String] = []) {
    all = recordings
    self.omissions = omissions
    self.splitSources = splitSources
  }

  /// The words, sorted by name; numbers by their value.
  var words: [String] {
    all.map(\.word).uniquedNames().sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  }

  /// The speakers, sorted by name; empty when that of any recording is unknown.
  var speakers: [String] {
    let names = all.compactMap(\.speaker)
    return names.count == all.count ? names.uniqued().sorted() : []
  }

  /// Without the recordings at some paths; a word that has no other is omitted as well.
  func excluding(_ paths: [String]) -> WordRecordings {
    var rest = self
    let excluded = Set(paths.map(\.nameBytes))
    rest.all = all.filter { !excluded.contains($0.path.nameBytes) }
    let left = Set(rest.words.map(\.nameBytes))
    rest.omissions += words.filter { !left.contains($0.nameBytes) }.map { Omission($0, .wordWithoutClips) }
    return rest
  }

  /// What a file's name says that it is.
  enum FileKind {
    case sound
    /// Sound in a format that cannot be read.
    case unsupported
    case other

    init(_ name: String) {
      let ending = (name as NSString).pathExtension.lowercased()
      if name.hasPrefix(".") {
        self = .other
      } else if readableEndings.contains(ending) {
        self = .sound
      } else {
        self = unreadableEndings.contains(ending) ? .unsupported : .other
      }
    }
  }

  private static let readableEndings: Set<String> = [
    "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "au", "snd", "caf", "w64", "rf64",
  ]
  private static let unreadableEndings: Set<String> = [
    "m4a", "m4b", "mp4", "aac", "alac", "wma", "webm", "mka", "amr", "3gp", "ape", "wv", "sph",
  ]
}

/// A file, folder or word of a source that is not imported.
struct Omission: Sendable, Hashable {
  enum Reason: CaseIterable {
    /// Not a sound file.
    case notSound
    /// Sound in a format that cannot be read.
    case unsupportedFormat
    /// A folder whose name begins with `_`, as Speech Commands' background noise.
    case setAside
    /// A sound file whose name or folder does not tell its word.
    case withoutWord
    /// A folder in a word's folder.
    case tooDeep
    /// A name that is not UTF-8, by which the file cannot be opened.
    case undecodable
    /// A word of which no clip can be imported.
    case wordWithoutClips
    /// A clip that the source's own lists of splits do not have.
    case unlisted
    /// A clip that Speech Commands' lists have, without a file.
    case missing
  }

  let path: String
  let reason: Reason

  /// A name of which the system's bytes were lost; nil for any other.
  init?(undecodable name: String, at path: String, _ files: any DatasetFiles) throws {
    guard name.isUndecodableName, try files.kind(path) == nil else { return nil }
    self.init(name.escapedName, .undecodable)
  }

  init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// The omissions as warnings, one for each reason.
  static func warnings(_ omissions: [Omission]) -> [DatasetWarning] {
    Reason.allCases.compactMap { reason in
      let paths = omissions.filter { $0.reason == reason }.map(\.path)
      return paths.isEmpty
        ? nil : DatasetWarning(reason.warning, count: paths.count, example: DatasetWarning.examples(paths))
    }
  }
}

extension Omission.Reason {
  fileprivate var warning: DatasetWarning.Kind {
    switch self {
    case .notSound: .ignoredFiles
    case .unsupportedFormat: .unsupportedFormats
    case .setAside: .foldersSetAside
    case .withoutWord: .clipsWithoutWord
    case .tooDeep: .foldersInWords
    case .undecodable: .undecodableNames
    case .wordWithoutClips: .wordsWithoutClips
    case .unlisted: .unlistedClips
    case .missing: .listedWithoutFile
    }
  }
}
