import Foundation
import Support

/// A place that a script may read, not yet opened.
package struct ReadablePath {
  /// As the script wrote it, for messages.
  package let path: String
  package let folder: GrantedFolder
  package let names: [String]

  /// What is there; nil when nothing is.
  package func status() throws -> FileStatus? {
    do { return try folder.open(names).status() } catch {
      if error.isMissing { return nil }
      throw failure("look at", error)
    }
  }

  /// Opens the plain file and lets `body` read it, by a path that leads to it whatever was renamed or
  /// exchanged since. Failures name the script's path.
  package func read<Result>(_ body: (_ opened: String) throws -> Result) throws -> Result {
    try open("read", .file) { try $0.withPath(body) }
  }

  /// The bytes of the plain file.
  package func bytes(atMost most: Int) throws -> Data {
    try read { opened in
      guard let handle = FileHandle(forReadingAtPath: opened) else {
        throw FileError("read", path, reason: "it is not readable")
      }
      defer { try? handle.close() }
      let size = try handle.seekToEnd()
      try handle.seek(toOffset: 0)
      // One more than may be, for a file that is being written.
      let bytes = size > most ? nil : try handle.read(upToCount: most + 1) ?? Data()
      guard let bytes, bytes.count <= most else {
        let size = ByteCount(max(Int(clamping: size), most + 1))
        throw FileError(
          "read", path, reason: "its \(size) are more than a string may hold, \(ByteCount(most))")
      }
      return bytes
    }
  }

  /// The names in the folder, sorted.
  package func list() throws -> [String] {
    try open("list", .folder) { folder in
      do { return try folder.withPath(FileManager.default.contentsOfDirectory).sorted() } catch {
        throw FileError("list", path, reason: "it is not readable")
      }
    }
  }

  private func open<Result>(
    _ action: String, _ kind: FileStatus.Kind, _ body: (borrowing Descriptor) throws -> Result
  ) throws -> Result {
    do {
      let place = try folder.open(names)
      let found = try place.status()
      guard found.kind == kind, found.device != Self.processes else {
        throw FileError(action, path, reason: found.kind.complaint(instead: kind))
      }
      return try body(place)
    } catch let failure as SystemError {
      throw self.failure(action, failure, kind)
    } catch { throw error.named(path) }
  }

  /// The file system that shows the secrets of processes (`environ`, `mem`) as if they were plain files.
  private static let processes = FileStatus("/proc/self")?.device

  private func failure(
    _ action: String, _ failure: SystemError, _ kind: FileStatus.Kind = .file
  ) -> FileError {
    let missing = "there is no such \(kind == .folder ? "folder" : "file")"
    let reason = folder.isGone ? GrantedFolder.gone : missing
    return FileError(action, path, reason: failure.number == ENOENT ? reason : failure.reason)
  }
}

/// A place that a script may write, not yet opened.
package struct WritablePath {
  /// As the script wrote it, for messages.
  let path: String
  let folder: GrantedFolder
  let names: [String]

  /// Writes a file there, whole or not at all; makes the folders it needs.
  package func write(_ bytes: Data) throws {
    do {
      guard let name = names.last else {
        throw FileError("write", path, reason: FileStatus.Kind.folder.complaint(instead: .file))
      }
      let parent = try folder.openFolder(names.dropLast(), making: true)
      if let found = try? parent.at(name).status().kind, found != .file {
        throw FileError("write", path, reason: found.complaint(instead: .file))
      }
      try parent.withPath { try AtomicFile.write(bytes, to: "\($0)/\(name)") }
    } catch {
      if folder.isGone { throw FileError("write", path, reason: GrantedFolder.gone) }
      guard let failure = error as? SystemError else { throw error.named(path) }
      throw FileError("write", path, reason: failure.reason)
    }
  }
}

extension FileStatus.Kind {
  /// Why something of this kind is not taken for one of another.
  fileprivate func complaint(instead kind: Self) -> String {
    switch self {
    case .folder: "it is a folder"
    case .file where kind == .folder: "it is a file, not a folder"
    case .link: "it was exchanged for a link meanwhile"
    case .file, .other: "it is no plain file"
    }
  }
}

extension Error {
  /// The same failure, with the path that the script wrote in place of the one it was opened by.
  fileprivate func named(_ path: String) -> any Error {
    switch self {
    case let failure as any PathError: failure.renamed(path)
    default: self
    }
  }
}
