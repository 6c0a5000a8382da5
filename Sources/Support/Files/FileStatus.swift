import Foundation

/// What there is at a place on the disk.
public struct FileStatus: Sendable, Equatable {
  public enum Kind: Sendable { case file, folder, link, other }

  /// `other` is everything that has no bytes of its own to read: pipes, devices, sockets.
  public let kind: Kind
  /// In bytes.
  public let size: Int
  /// When its bytes last changed: seconds and nanoseconds.
  public let changed: [Int]
  /// The file system it is on.
  public let device: UInt
  /// How many names it has; 0 once it is removed.
  public let names: Int

  /// Of the file or folder that a path leads to, links followed; nil when there is none.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Of an open file or folder.
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
