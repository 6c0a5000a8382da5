import Foundation
import Support

/// A path that a script may read, not yet opened.
package struct ReadablePath: Sendable {
  /// As the script wrote it, for messages.
  package let path: String
  package let folder: GrantedFolder
  package let names: [String]

  /// The path without symbolic links.
  package var resolved: String { "/" + folder.path(of: names).joined(separator: "/") }

  /// What exists there; nil if nothing does.
  ///
  /// - Throws: `FileError`.
  package func status() throws -> FileStatus? {
    do { return try folder.open(names).status() } catch {
      if error.isMissing { return nil }
      throw fileError("inspect", error)
    }
  }

  /// Opens the regular file and calls `body` with a path that leads to it, whatever was renamed or replaced since.
  ///
  /// - Throws: what `body` throws, with the script's path; `FileError`.
  package func read<Result>(_ body: (_ opened: String) throws -> Result) throws -> Result {
    try open("read", .file) { try $0.withPath(body) }
  }

  /// The bytes of the regular file.
  ///
  /// - Throws: `FileError`, also for a file of more than `most` bytes.
  package func bytes(atMost most: Int) throws -> Data {
    try read { opened in
      guard let handle = FileHandle(forReadingAtPath: opened) else {
        throw FileError("read", path, reason: "it is not readable")
      }
      defer { try? handle.close() }
      let size = try handle.seekToEnd()
      try handle.seek(toOffset: 0)
      // One more than allowed, for a file that grows meanwhile.
      let bytes = size > most ? nil : try handle.read(upToCount: most + 1) ?? Data()
      guard let bytes, bytes.count <= most else {
        let size = ByteCount(max(Int(clamping: size), most + 1))
        throw FileError(
          "read", path, reason: "it has \(size); a string can hold at most \(ByteCount(most))")
      }
      return bytes
    }
  }

  /// The names in the folder, sorted by their bytes, which need not be UTF-8.
  ///
  /// - Throws: `FileError`.
  package func list() throws -> [[UInt8]] {
    try open("list", .folder) { folder in
      guard let names = folder.withPath(FolderNames.read) else {
        throw FileError("list", path, reason: "it is not readable")
      }
      return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }

  private func open<Result>(
    _ action: String, _ kind: FileStatus.Kind, _ body: (borrowing Descriptor) throws -> Result
  ) throws -> Result {
    do {
      let descriptor = try folder.open(names)
      let status = try descriptor.status()
      guard status.kind == kind, status.device != Self.processes else {
        throw FileError(action, path, reason: status.kind.reason(insteadOf: kind))
      }
      return try body(descriptor)
    } catch let error as SystemError {
      throw fileError(action, error, kind)
    } catch { throw error.renamed(path) }
  }

  /// The device of `/proc`, where secrets of processes (`environ`, `mem`) appear as regular files.
  private static let processes = FileStatus("/proc/self")?.device

  private func fileError(
    _ action: String, _ error: SystemError, _ kind: FileStatus.Kind = .file
  ) -> FileError {
    let missing = "there is no such \(kind == .folder ? "folder" : "file")"
    let reason = folder.isGone ? GrantedFolder.gone : missing
    return FileError(action, path, reason: error.number == ENOENT ? reason : error.reason)
  }
}

/// A path that a script may write, not yet opened.
package struct WritablePath: Sendable {
  /// As the script wrote it, for messages.
  let path: String
  let folder: GrantedFolder
  /// Those of the folders below the granted one, some of which may be missing, and that of the file.
  package let names: [String]

  /// Writes a file atomically; creates missing folders.
  ///
  /// - Throws: `FileError`.
  package func write(_ bytes: Data) throws {
    do {
      guard let name = names.last else {
        throw FileError("write", path, reason: FileStatus.Kind.folder.reason(insteadOf: .file))
      }
      let parent = try folder.openFolder(names.dropLast(), making: true)
      if let kind = try? parent.at(name).status().kind, kind != .file {
        throw FileError("write", path, reason: kind.reason(insteadOf: .file))
      }
      try parent.withPath { try AtomicFile.write(bytes, to: "\($0)/\(name)") }
    } catch {
      if folder.isGone { throw FileError("write", path, reason: GrantedFolder.gone) }
      guard let error = error as? SystemError else { throw error.renamed(path) }
      throw FileError("write", path, reason: error.reason)
    }
  }
}

extension FileStatus.Kind {
  /// Why something of this kind cannot be used as another kind.
  fileprivate func reason(insteadOf kind: Self) -> String {
    switch self {
    case .folder: "it is a folder"
    case .file where kind == .folder: "it is a file, not a folder"
    case .link: "it was replaced by a symbolic link meanwhile"
    case .file, .other: "it is not a regular file"
    }
  }
}

extension Error {
  /// The same error with the path that the script wrote instead of the one that was opened.
  fileprivate func renamed(_ path: String) -> any Error { (self as? any PathError)?.renamed(path) ?? self }
}
