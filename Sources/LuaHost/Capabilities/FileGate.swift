import Foundation

/// The folders that a script may read and write. Access is denied unless granted.
///
/// A path is resolved, including symbolic links and `..`, and must then be in a granted folder. The file is opened
/// relative to the folder, which is held open since it was granted, and checked again once it is open
/// (`GrantedFolder`, `ReadablePath`): replacing names in between cannot lead outside.
public struct FileGate: Sendable {
  private var readFolders: [GrantedFolder] = []
  private var writeFolders: [GrantedFolder] = []
  private var output: (path: String, folder: GrantedFolder, ownFiles: Set<String>)?
  /// Shared by all gates of a state.
  private let written = WrittenFiles()

  /// Creates a gate that denies everything.
  public init() {}

  /// Creates a gate that grants these folders.
  ///
  /// - Throws: `FileError` for a path that cannot be a folder.
  public init(read: [String], write: [String] = []) throws {
    for folder in read { try allowReading(folder) }
    for folder in write { try allowWriting(folder) }
  }

  /// Grants reading in a folder.
  ///
  /// - Returns: the resolved path of the folder.
  /// - Throws: `FileError` for a path that cannot be a folder.
  @discardableResult
  public mutating func allowReading(_ folder: String) throws -> String {
    let folder = try GrantedFolder(folder)
    readFolders.append(folder)
    return folder.resolvedPath
  }

  /// Grants writing files in a folder, which is created with the first file if it does not exist.
  ///
  /// - Returns: the resolved path of the folder.
  /// - Throws: `FileError` for a path that cannot be a folder.
  @discardableResult
  public mutating func allowWriting(_ folder: String) throws -> String {
    let folder = try GrantedFolder(folder)
    writeFolders.append(folder)
    return folder.resolvedPath
  }

  /// Grants reading and writing in the folder of the run, which becomes the only such folder. Files that only the run
  /// itself may write are named in `ownFiles`.
  ///
  /// - Throws: `FileError` for a path that cannot be a folder.
  public mutating func open(output folder: String, ownFiles: Set<String> = []) throws {
    guard output?.path != folder else { return }
    output = (folder, try GrantedFolder(folder), ownFiles)
  }

  /// This gate with what another one grants added.
  package func adding(_ other: FileGate) -> FileGate {
    var sum = self
    sum.readFolders += other.readFolders
    sum.writeFolders += other.writeFolders
    return sum
  }

  /// Records that a plugin is about to write a file.
  package func note(written path: WritablePath) { written.note(path.folder.path(of: path.names)) }

  /// Whether a plugin of the run wrote the file, or something in the folder, or it is one of the run's own folder.
  package func isWritten(_ path: ReadablePath, isFolder: Bool = false) -> Bool {
    let names = path.folder.path(of: path.names)
    if isFolder, written.isListed(in: names) { return true }
    return written.contains(names) || !readFolders.contains { $0.names(to: names) != nil }
  }

  /// Whether a plugin of the run wrote a file of Lua code.
  package func isWritten(source path: String) -> Bool {
    (try? RealPath.names(path)).map(written.contains) ?? false
  }

  /// Whether any folder was granted for reading or writing; the folder of the run does not count.
  func hasGrants(_ kind: Capability.Kind) -> Bool {
    kind == .read ? !readFolders.isEmpty : kind == .write ? !writeFolders.isEmpty : false
  }

  /// Whether a folder is in a granted one; the folder of the run does not count.
  func grants(_ kind: Capability.Kind, _ folder: String) -> Bool {
    guard let real = try? RealPath.names(folder) else { return false }
    return (kind == .read ? readFolders : writeFolders).contains { $0.names(to: real) != nil }
  }

  /// Checks that a script may read a path.
  ///
  /// - Throws: ``CapabilityError`` with the flag to add; `FileError` for links in a cycle.
  package func readable(_ path: String, isFolder: Bool = false) throws -> ReadablePath {
    let (folder, names) = try find(path, .read, isFolder: isFolder)
    return ReadablePath(path: path, folder: folder, names: names)
  }

  /// Checks that a script may write a file.
  ///
  /// - Throws: ``CapabilityError`` with the flag to add; `FileError` for links in a cycle.
  package func writable(_ path: String) throws -> WritablePath {
    let (folder, names) = try find(path, .write, isFolder: false)
    if let output, let own = output.folder.names(to: folder.path(of: names)), own.count == 1,
      output.ownFiles.contains(own[0].lowercased())
    {
      throw CapabilityError("cannot write '\(path)': the run writes it itself", hint: "use another name")
    }
    return WritablePath(path: path, folder: folder, names: names)
  }

  private func find(_ path: String, _ kind: Capability.Kind, isFolder: Bool) throws
    -> (folder: GrantedFolder, names: [String])
  {
    let action = kind == .read ? "read" : "write"
    if let problem = Self.problem(path) {
      throw CapabilityError("cannot \(action) '\(path.printable(limit: 80))': \(problem)")
    }
    let what = "cannot \(action) '\(path)'"
    let folders = (kind == .read ? readFolders : writeFolders) + [output?.folder].compactMap(\.self)
    let unresolved = try RealPath.absolute(path)
    let resolved = Result { try RealPath.names(path) }
    if let names = try? resolved.get() {
      for folder in folders {
        if let names = folder.names(to: names) { return (folder, names) }
      }
    }
    // A script must not learn where links outside the granted folders lead.
    guard folders.contains(where: { $0.appearsToContain(unresolved) }) else {
      let flag = Capability(kind, isFolder ? path : path.parentPath).flag
      throw CapabilityError("\(what): it is not in a granted folder", hint: "add \(flag)")
    }
    let target =
      "/" + (isFolder ? try resolved.get()[...] : try resolved.get().dropLast()).joined(separator: "/")
    throw CapabilityError(
      "\(what): a symbolic link leads out of the granted folders, to \(target)",
      hint: "add \(Capability(kind, target).flag)")
  }

  /// Why a path is not valid, wherever it leads; nil if it is.
  private static func problem(_ path: String) -> String? {
    if path.isEmpty { return "the path is empty" }
    if path.utf8.contains(0) { return "the path contains a NUL character" }
    if path.utf8.count > RealPath.maxBytes {
      return "the path is too long: \(path.utf8.count) bytes, the maximum is \(RealPath.maxBytes)"
    }
    // Bytes that are not UTF-8 were replaced by this.
    if path.unicodeScalars.contains("\u{FFFD}") { return "the path is not UTF-8" }
    return nil
  }
}

extension String {
  /// The folder of a path's last name, unresolved.
  fileprivate var parentPath: String {
    let names = pathNames
    guard let last = names.last, last != ".", last != ".." else { return self }
    let folder = names.dropLast().joined(separator: "/")
    return isAbsolutePath ? "/" + folder : folder.isEmpty ? "." : folder
  }
}
