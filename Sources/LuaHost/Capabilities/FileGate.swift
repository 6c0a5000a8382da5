import Foundation

/// The folders a script may read and write. Denied unless granted.
///
/// A path is followed to what it really names, links and `..` included, and that has to lie in a granted
/// folder. What is then opened is reached from the folder, which is held open since it was granted, and
/// checked once it is open (``GrantedFolder``, ``ReadablePath``): nothing that is exchanged in between leads
/// out.
public struct FileGate: Sendable {
  private var readFolders: [GrantedFolder] = []
  private var writeFolders: [GrantedFolder] = []
  private var output: (path: String, folder: GrantedFolder, ownFiles: Set<String>)?

  /// A gate that lets nothing through.
  public init() {}

  /// A gate that lets through what lies in these folders.
  ///
  /// - Throws: `FileError` for a path that can be no folder.
  public init(read: [String], write: [String] = []) throws {
    for folder in read { try allowReading(folder) }
    for folder in write { try allowWriting(folder) }
  }

  /// Lets what lies in a folder be read; gives the place the folder's path leads to.
  @discardableResult
  public mutating func allowReading(_ folder: String) throws -> String {
    let folder = try GrantedFolder(folder)
    readFolders.append(folder)
    return folder.place
  }

  /// Lets files be written in a folder, which is made with the first of them if it is not there; gives the
  /// place its path leads to.
  @discardableResult
  public mutating func allowWriting(_ folder: String) throws -> String {
    let folder = try GrantedFolder(folder)
    writeFolders.append(folder)
    return folder.place
  }

  /// Opens the run's own folder for reading and writing.
  ///
  /// - Parameter ownFiles: names of files in it that the run writes itself, and no script.
  public mutating func open(output folder: String, ownFiles: Set<String> = []) throws {
    guard output?.path != folder else { return }
    output = (folder, try GrantedFolder(folder), ownFiles)
  }

  /// Whether anything was granted to be read, or to be written; the run's own folder does not count.
  func hasGrants(_ kind: Capability.Kind) -> Bool {
    kind == .read ? !readFolders.isEmpty : kind == .write ? !writeFolders.isEmpty : false
  }

  /// Whether a folder lies in one that was granted; the run's own folder does not count.
  func grants(_ kind: Capability.Kind, _ folder: String) -> Bool {
    guard let real = try? RealPath.names(folder) else { return false }
    return (kind == .read ? readFolders : writeFolders).contains { $0.names(to: real) != nil }
  }

  /// What a script may read at a path.
  ///
  /// - Throws: ``CapabilityError`` naming the flag to add.
  package func readable(_ path: String, isFolder: Bool = false) throws -> ReadablePath {
    let (folder, names) = try find(path, .read, isFolder: isFolder)
    return ReadablePath(path: path, folder: folder, names: names)
  }

  /// Where a script may write a file.
  ///
  /// - Throws: ``CapabilityError`` naming the flag to add.
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
    let failed = "cannot \(action) '\(path)'"
    let folders = (kind == .read ? readFolders : writeFolders) + [output?.folder].compactMap(\.self)
    let written = try RealPath.absolute(path)
    let real = Result { try RealPath.names(path) }
    if let real = try? real.get() {
      for folder in folders {
        if let names = folder.names(to: real) { return (folder, names) }
      }
    }
    // Where links outside of the granted folders lead is not for the script to know.
    guard folders.contains(where: { $0.seemsToHold(written) }) else {
      let flag = Capability(kind, isFolder ? path : path.parentPath).flag
      throw CapabilityError("\(failed): it is in no granted folder", hint: "add \(flag)")
    }
    let place = "/" + (isFolder ? try real.get()[...] : try real.get().dropLast()).joined(separator: "/")
    throw CapabilityError(
      "\(failed): a link leads out of the granted folders, to \(place)",
      hint: "add \(Capability(kind, place).flag)")
  }

  /// What is wrong with a path wherever it leads.
  private static func problem(_ path: String) -> String? {
    if path.isEmpty { return "the path is empty" }
    if path.utf8.contains(0) { return "the path has a NUL character in it" }
    if path.utf8.count > RealPath.longest {
      return "the path is too long: \(path.utf8.count) bytes of at most \(RealPath.longest)"
    }
    // What a text's bytes become that are no UTF-8.
    if path.unicodeScalars.contains("\u{FFFD}") { return "the path is not UTF-8" }
    return nil
  }
}

extension String {
  /// The folder that a path's last name is in, as it is written.
  fileprivate var parentPath: String {
    let names = pathNames
    guard let last = names.last, last != ".", last != ".." else { return self }
    let folder = names.dropLast().joined(separator: "/")
    return isAbsolutePath ? "/" + folder : folder.isEmpty ? "." : folder
  }
}
