import Foundation
import Support

/// How the files of a data set are reached.
public protocol DatasetFiles: Sendable {
  /// What a path leads to; nil when it leads nowhere.
  func status(_ path: String) throws -> FileStatus?
  /// The names in a folder, sorted.
  func names(_ folder: String) throws -> [String]
  /// Lets `body` read a file, by a path that stands for it.
  func read<Value>(_ path: String, _ body: (_ opened: String) throws -> Value) throws -> Value
}

extension DatasetFiles {
  func kind(_ path: String) throws -> FileStatus.Kind? { try status(path)?.kind }

  func bytes(_ path: String) throws -> Data {
    try read(path) { opened in
      do { return try Data(contentsOf: URL(fileURLWithPath: opened)) } catch {
        throw FileError("read", path, reason: error.localizedDescription)
      }
    }
  }
}

/// The files as they are, with links to wherever they lead: a data set that the person named.
public struct PlainFiles: DatasetFiles {
  public init() {}

  public func status(_ path: String) -> FileStatus? { FileStatus(path) }

  public func names(_ folder: String) throws -> [String] { try FolderContents.names(folder) }

  public func read<Value>(_ path: String, _ body: (_ opened: String) throws -> Value) throws -> Value {
    try body(path)
  }
}
