import Foundation
import Scripting
import Support

/// The Lua files that a run has kept, to run them again.
public struct RunSources: Sendable {
  /// The folders that plugins are searched in, in order.
  let searched: [String]
  /// The shipped plugins as they were then.
  let shipped: String?
  private let folder: String
  private let list: SourceList
  /// The folder that relative names refer to.
  private let workingFolder: String

  /// The sources in a run's folder.
  ///
  /// - Throws: `FileError` for a run that kept none, and for a file that is missing or was changed since.
  public init(run path: String, settings: RunSettings) throws {
    guard let list = settings.sources, !list.files.isEmpty, let workingFolder = settings.folder else {
      throw FileError("run again", path, reason: "it has not kept its sources")
    }
    try self.init(
      list, in: "\(path)/\(SourceArchive.folder)", workingFolder: workingFolder, of: path)
  }

  /// Sources in a folder; `name` is what they belong to, for messages.
  ///
  /// - Throws: `FileError` for a file that is missing or was changed since.
  init(_ list: SourceList, in folder: String, workingFolder: String, of name: String) throws {
    self.folder = SourceArchive.absolute(folder)
    self.list = list
    self.workingFolder = workingFolder
    for copy in list.files.flatMap({ file in file.copies.map { (name: $0, key: file.key) } }) {
      let data = FileManager.default.contents(atPath: "\(self.folder)/\(copy.name)")
      guard let data, ContentKey(of: data).description == copy.key else {
        throw FileError(
          "run again", name,
          reason:
            "\(SourceArchive.folder)/\(copy.name) is \(data == nil ? "missing" : "not what ran: it was changed")"
        )
      }
    }
    let isShipped = list.searched.last == "shipped"
    shipped = isShipped ? "\(self.folder)/shipped" : nil
    let root = self.folder
    searched = list.searched.dropLast(isShipped ? 1 : 0).map { "\(root)/\($0)" }
  }

  /// The copy of a file that the command line named; a name that is no path is returned unchanged.
  ///
  /// - Throws: `FileError` for a file that did not run.
  public func located(_ name: String) throws -> String {
    name.contains("/") || name.hasSuffix(".lua") ? try file(name) : name
  }

  /// The copy of a script, whatever its name is.
  ///
  /// - Throws: `FileError` for a file that did not run.
  public func file(_ name: String) throws -> String {
    let path = SourceArchive.absolute(name.hasPrefix("/") ? name : "\(workingFolder)/\(name)")
    let file = list.files.first { [path, path + "/init.lua"].contains($0.original) }
    // Beside the modules that it requires: the folder that the user named has all of them.
    guard let file, let copy = file.copies.last else {
      throw FileError("run again", name, reason: "the run has not kept it")
    }
    return "\(folder)/\(copy)"
  }
}
