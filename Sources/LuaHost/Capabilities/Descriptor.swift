import Foundation
import Support

/// A place in the file system that is held open, so that no exchange of names changes what it is.
///
/// It stands for the place itself and cannot be read from (`O_PATH`); ``withPath(_:)`` gives a path that can.
struct Descriptor: ~Copyable, Sendable {
  /// The same number on every machine that Swift's Linux runs on; its C library module leaves it out.
  private static let standsForPlace: Int32 = 0o10_000_000
  private static let flags = standsForPlace | O_NOFOLLOW | O_CLOEXEC

  private let number: Int32

  /// The root of the file system.
  static func root() throws(SystemError) -> Descriptor { try Descriptor(open("/", flags | O_DIRECTORY)) }

  private init(_ number: Int32) throws(SystemError) {
    guard number >= 0 else { throw SystemError(number: errno) }
    self.number = number
  }

  deinit { close(number) }

  /// What bears `name` in this folder. A link is not followed: it is opened itself.
  borrowing func at(_ name: String) throws(SystemError) -> Descriptor {
    try Descriptor(openat(number, name, Self.flags))
  }

  /// The folder that bears `name` in this folder; a link to one is none.
  borrowing func folder(_ name: String) throws(SystemError) -> Descriptor {
    try Descriptor(openat(number, name, Self.flags | O_DIRECTORY))
  }

  /// Makes a folder in this one, unless something bears the name already.
  borrowing func makeFolder(_ name: String) throws(SystemError) {
    guard mkdirat(number, name, 0o777) == 0 || errno == EEXIST else { throw SystemError(number: errno) }
  }

  borrowing func status() throws(SystemError) -> FileStatus {
    guard let status = FileStatus(descriptor: number) else { throw SystemError(number: errno) }
    return status
  }

  /// Lets `body` use a path that leads here, whatever was renamed or exchanged meanwhile.
  borrowing func withPath<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    try body("/proc/self/fd/\(number)")
  }
}

/// A call of the system that failed.
struct SystemError: Error {
  let number: Int32

  /// Whether it failed because nothing bears the name.
  var isMissing: Bool { number == ENOENT || number == ENOTDIR }

  var reason: String {
    switch number {
    case ENOENT: "there is no such file"
    case ENOTDIR: "a part of its path is no folder"
    default: String(cString: strerror(number))
    }
  }
}
