import Foundation
import LuaHost
import Scripting
import Support

/// The Lua files of a run, as its settings list them.
public struct SourceList: Codable, Sendable, Hashable {
  /// One file.
  public struct Source: Codable, Sendable, Hashable {
    /// Where it was, absolute.
    public var original: String
    /// The digest of its text.
    public var key: String
    /// Its copies under `sources`, one for each folder that was searched and contains it.
    public var copies: [String]
  }

  /// The folders that plugins were searched in, in order, by their names under `sources`; `shipped` comes last.
  public var searched: [String]
  /// In the order in which they were loaded.
  public var files: [Source]
}

/// Copies of the Lua files of a run in its folder: `sources/FOLDER/PATH`, one FOLDER for each that was searched.
///
/// `sources/shipped/learners/cosine.lua` is a shipped plugin, `sources/plugins/…` comes from `./plugins`, and
/// `sources/files/…` lay beside a file that the user named.
struct SourceArchive {
  static let folder = "sources"

  private let roots: [(name: String, path: String)]
  private let searched: Int

  /// An archive of the code that a library finds.
  init(_ library: PluginLibrary) {
    var taken: Set<String> = []
    func named(_ name: String) -> String {
      let unique = (1...).lazy.map { $0 == 1 ? name : "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
      taken.insert(unique)
      return unique
    }
    let shipped = library.shippedFolder.map(Self.absolute)
    let own = Self.absolute(UserFolder.configuration.path() + "/plugins")
    let local = Self.absolute("plugins")
    let folders = library.searchPath.map { folder in
      let path = Self.absolute(folder)
      let name = path == shipped ? "shipped" : path == own ? "user" : path == local ? "plugins" : "given"
      return (name: named(name), path: path)
    }
    searched = folders.count
    roots = folders + library.namedFolders.map { (name: named("files"), path: Self.absolute($0)) }
  }

  /// Writes what is not there yet; two texts of one path are told apart by their keys in the list.
  ///
  /// - Throws: `FileError`.
  func write(_ sources: [LoadedSource], into run: String) throws -> SourceList {
    let files = try sources.compactMap { source -> SourceList.Source? in
      let original = Self.absolute(source.path)
      let copies = roots.compactMap { root -> String? in
        guard original.hasPrefix(root.path == "/" ? "/" : root.path + "/") else { return nil }
        return "\(root.name)/\(original.dropFirst(root.path.count + 1))"
      }
      for copy in copies {
        let path = "\(run)/\(Self.folder)/\(copy)"
        if FileManager.default.contents(atPath: path) == Data(source.text.utf8) { continue }
        try AtomicFile.makeFolder(path.parentFolder)
        try AtomicFile.write(source.text, to: path)
      }
      // Text from standard input lies in no folder; it is kept beside the others.
      if copies.isEmpty {
        let copy = "text/\(source.content).lua"
        try AtomicFile.makeFolder("\(run)/\(Self.folder)/text")
        try AtomicFile.write(source.text, to: "\(run)/\(Self.folder)/\(copy)")
        return SourceList.Source(original: original, key: "\(source.content)", copies: [copy])
      }
      return SourceList.Source(original: original, key: "\(source.content)", copies: copies)
    }
    return SourceList(searched: roots.prefix(searched).map(\.name), files: files)
  }

  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
