import Foundation

/// A way in which a set of spoken words is stored: which files there are, and what their names and lists mean.
///
/// A new layout is one type in a file of its own, an entry in ``DatasetLayouts/all``, and a test.
protocol DatasetLayout: Sendable {
  /// A short name for messages and `nightjar.json`: `a folder per word`.
  var name: String { get }

  /// How a source of this layout looks, for hints: `word/clip.wav`.
  var example: String { get }

  /// The list that makes a folder a data set that can be used directly; nil for a layout without splits, which
  /// `nightjar data import` has to convert.
  var list: String? { get }

  /// Whether a source has this layout. Looks at names only.
  ///
  /// - Throws: `FileError` for a folder that cannot be read.
  func recognizes(_ source: DatasetSource) throws -> Bool

  /// Reads a source of this layout; sound files are not opened.
  ///
  /// - Throws: ``DatasetError`` for a bad list, with file and row; `FileError` for what cannot be read.
  func contents(of source: DatasetSource) throws -> DatasetContents
}

/// What a layout reads.
enum DatasetContents {
  /// Lists that state the split of every clip: a data set that can be used directly.
  case lists(ClipLists)
  /// Recordings of words, which an import distributes over the splits.
  case recordings(WordRecordings)
  /// An archive, which an import extracts.
  case archive(Archive)
}

/// All layouts.
enum DatasetLayouts {
  /// In the order in which they are tried; of several that match, the first is used.
  static let all: [any DatasetLayout] = [
    MSWCLayout(), SplitFoldersLayout(), FolderPerWordLayout(), FlatFolderLayout(), ArchiveLayout(),
  ]

  /// The layouts with lists, which are used without an import.
  static var listed: [any DatasetLayout] { all.filter { $0.list != nil } }

  /// The lists by which a data set is recognized.
  static var lists: [String] { all.compactMap(\.list) }

  /// Examples of what can be imported, for hints.
  static var importExamples: String {
    all.filter { $0.list == nil }.map(\.example).joined(separator: ", with ")
  }
}

/// A folder or file that may hold spoken words.
struct DatasetSource {
  /// Without a slash at its end.
  let path: String
  let files: any DatasetFiles
  /// Whether every clip is checked for existence, not only the first of each folder.
  let checksClips: Bool

  init(_ path: String, files: any DatasetFiles = PlainFiles(), checksClips: Bool = false) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.files = files
    self.checksClips = checksClips
  }
}
