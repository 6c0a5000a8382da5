import Foundation

/// The status of a file or folder.
public struct FileStatus: Sendable, Equatable {
  /// The kinds of files.
  public enum Kind: Sendable { case file, folder, link, other }

  /// `other` is a pipe, a device or a socket.
  public let kind: Kind
  /// In bytes.
  public let size: Int
  /// When its bytes last changed: seconds and nanoseconds.
  public let changed: [Int]
  /// The number of its file system.
  public let device: UInt
  /// The number of its hard links; 0 after its removal.
  public let names: Int

  /// The status of the file or folder at a path, following links; nil otherwise.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Checks that a path that is to be read leads to no pipe, device or socket, which could be read indefinitely.
  ///
  /// - Throws: ``FileError``.
  public static func requireRegular(_ path: String) throws {
    guard FileStatus(path)?.kind == .other else { return }
    throw FileError("read", path, reason: "it is not a regular file")
  }

  /// The status of an open file or folder.
  public init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link
    default: kind = .other
    }
    size = Int(status.st_size)
    changed = [Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)]
    device = UInt(status.st_dev)
    names = Int(status.st_nlink)
  }
}
