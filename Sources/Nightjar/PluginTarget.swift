import Experiments
import Foundation
import Scripting
import Support

/// Plugins that a path of the command line names: a file, a plugin's folder, a folder of one kind, or a folder of
/// plugins.
struct PluginTarget {
  enum Named {
    case file(String)
    case entry(PluginLibrary.Entry)

    func check(by checker: PluginChecker) throws -> CheckReport {
      switch self {
      case .file(let path): try checker.check(file: path)
      case .entry(let entry): try checker.check(entry)
      }
    }
  }

  /// The folder that contains the folders of the kinds.
  let root: String
  let plugins: [Named]
  /// Whether it is a folder of plugins, not one plugin.
  let isFolder: Bool

  /// The plugins of every path; of `./plugins` without one.
  ///
  /// - Throws: `FileError` for a path without plugins; ``UsageError`` for a test.
  static func all(_ paths: [String]) throws -> [PluginTarget] {
    if paths.isEmpty, !Folder.exists("plugins") {
      throw FileError(
        "check", "plugins", reason: "there is no such folder here",
        hint: "name a file or folder, or create a plugin with `nightjar plugins new`")
    }
    return try (paths.isEmpty ? ["plugins"] : paths).map { try PluginTarget($0) }
  }

  /// The file of a plugin that is named without it: `mine`, `learner/mine`.
  private static func named(_ name: String) -> String? {
    PluginLibrary(shipped: Installation.shippedPlugins()).entries().first {
      $0.name == name || "\($0.kind.rawValue)/\($0.name)" == name
    }?.path
  }

  private init(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FileError(
        "read", path, reason: "no such file or folder", hint: Self.named(path).map { "it is \($0)" })
    }
    let isPlugin = !Folder.exists(path) || FileManager.default.fileExists(atPath: path + "/init.lua")
    guard !isPlugin else {
      guard !PluginLibrary.isTest(path) else {
        throw UsageError("'\(path)' is a test", hint: "nightjar plugins test \(path)")
      }
      let folder = path.parentFolder.parentFolder
      root = folder.isEmpty ? "." : folder
      plugins = [.file(path)]
      isFolder = false
      return
    }
    isFolder = true
    // A folder of one kind lies in the folder of plugins.
    let kind = PluginKind.allCases.first { $0.folder == URL(fileURLWithPath: path).lastPathComponent }
    root = kind == nil ? path : path.parentFolder.isEmpty ? "." : path.parentFolder
    let entries = PluginLibrary(folders: [root], shipped: nil, standard: false).entries().filter {
      kind == nil || $0.kind == kind
    }
    if entries.isEmpty {
      let folders = PluginKind.allCases.map(\.folder).joined(separator: ", ")
      throw FileError(
        "check", path, reason: "it contains no plugins", hint: "plugins are in the subfolders \(folders)")
    }
    plugins = entries.map { .entry($0) }
  }
}
