import Support

/// The folders that scripts and plugins of one state load code from.
///
/// Each is held open once, however many plugins come from it, so that plugins cannot use up the files that the process
/// may open.
final class CodeRoots {
  private static let maxFolders = 200

  private struct Root {
    weak var folder: GrantedFolder?
  }

  private var roots: [Name: Root] = [:]

  /// The folder at a path, as it is now: one that was replaced is another folder.
  ///
  /// - Throws: `FileError` for a file, for links in a cycle, and for one folder too many.
  func folder(_ path: String) throws -> GrantedFolder {
    let current = try GrantedFolder(path)
    if let held = roots[path]?.folder, held.isSame(as: current) { return held }
    roots = roots.filter { $0.value.folder != nil }
    guard roots.count < Self.maxFolders else {
      throw FileError(
        "load code from", path, reason: "plugins are in use from \(Self.maxFolders) folders already",
        hint: "keep them in one folder")
    }
    roots[path] = Root(folder: current)
    return current
  }
}
