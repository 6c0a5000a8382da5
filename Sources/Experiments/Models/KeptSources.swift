import Foundation
import LuaHost
import Scripting
import Support

/// Lua files that are kept inside another file, to be run from there.
struct KeptSources: Codable, Sendable, Hashable {
  /// The files, by their names under ``SourceArchive/folder``; where they lay is not kept.
  private(set) var list: SourceList
  private var texts: [String: String]

  /// What a host has loaded so far.
  ///
  /// - Throws: `FileError`.
  init(loadedIn host: ScriptHost) throws {
    (list, texts) = try TemporaryWorkFolder.with { folder in
      var list = try SourceArchive(host.library).write(host.state.loadedSources, into: folder)
      var texts: [String: String] = [:]
      for copy in list.files.flatMap(\.copies) {
        let text = FileManager.default.contents(atPath: "\(folder)/\(SourceArchive.folder)/\(copy)")
        texts[copy] = String(decoding: text ?? Data(), as: UTF8.self)
      }
      for index in list.files.indices { list.files[index].original = "/\(list.files[index].copies[0])" }
      return (list, texts)
    }
  }

  /// The name by which ``RunSources`` finds the file that was loaded from `path`; nil for one that was not.
  func name(of path: String, in host: ScriptHost) -> String? {
    let loaded = host.state.loadedSources.map { SourceArchive.absolute($0.path) }
    guard let index = loaded.firstIndex(of: SourceArchive.absolute(path)), list.files.indices.contains(index)
    else { return nil }
    return list.files[index].original
  }

  /// Calls `body` with the sources in a folder that exists as long as it runs; `name` is the file they come from.
  ///
  /// - Throws: `FileError` for names that lead out of the folder; what `body` throws.
  func unpacked<Result>(from name: String, _ body: (RunSources) throws -> Result) throws -> Result {
    for copy in texts.keys where !copy.isPlainRelativePath {
      throw FileError("read", name, reason: "it keeps a Lua file as '\(copy.printable(limit: 100))'")
    }
    return try TemporaryWorkFolder.with { folder in
      for (copy, text) in texts {
        try AtomicFile.makeFolder("\(folder)/\(copy)".parentFolder)
        try AtomicFile.write(text, to: "\(folder)/\(copy)")
      }
      return try body(RunSources(list, in: folder, workingFolder: "/", of: name))
    }
  }
}
