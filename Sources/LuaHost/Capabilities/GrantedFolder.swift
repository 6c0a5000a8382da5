import Foundation
import Support

/// A granted folder. Symbolic links in its own path are resolved once, when it is granted; then it is held open.
///
/// Its content is reached from the open folder, name by name, and no name may be a symbolic link: the links of a
/// path were resolved before, so a link on the way was created since, and access fails. Hard links and mounts in
/// the folder count as its content.
package final class GrantedFolder: Sendable {
  /// The names of the path that the user gave, made absolute.
  private let given: [String]
  /// The names of the resolved path.
  private let real: [String]
  /// The folder or its nearest existing parent; ``below`` has the names from there to the folder.
  private let anchor: Descriptor
  private let below: [String]

  /// The folder need not exist yet.
  ///
  /// - Throws: `FileError` for a file, and for links in a cycle.
  init(_ path: String) throws {
    given = try RealPath.absolute(path)
    real = try RealPath.names(path)
    do {
      var here = try Descriptor.root()
      var remaining = real[...]
      while let name = remaining.first {
        do { here = try here.folder(name) } catch { break }
        remaining = remaining.dropFirst()
      }
      if remaining.count == 1, let last = try? here.at(remaining.first ?? ""),
        try last.status().kind != .folder
      {
        throw FileError("open", path, reason: "it is not a folder", hint: "name the folder it is in")
      }
      anchor = here
      below = Array(remaining)
    } catch let error as SystemError { throw FileError("open", path, reason: error.reason) }
  }

  /// The names from this folder to a resolved path; nil if the path is not in it.
  func names(to real: [String]) -> [String]? {
    real.begins(with: self.real) ? Array(real.dropFirst(self.real.count)) : nil
  }

  /// Its path, resolved.
  var resolvedPath: String { "/" + real.joined(separator: "/") }

  /// The names from the root to a path in this folder.
  package func path(of names: [String]) -> [String] { real + names }

  /// Whether an unresolved path appears to be in this folder.
  func appearsToContain(_ unresolved: [String]) -> Bool {
    !unresolved.contains("..") && (unresolved.begins(with: given) || unresolved.begins(with: real))
  }

  /// Opens the file or folder at the end of `names`.
  ///
  /// - Throws: ``SystemError``.
  func open(_ names: [String]) throws(SystemError) -> Descriptor {
    guard let last = (below + names).last else { return try anchor.folder(".") }
    return try folder((below + names).dropLast(), making: false).at(last)
  }

  /// Opens the folder at the end of `names`; with `making`, creates missing ones.
  ///
  /// - Throws: ``SystemError``.
  func openFolder(_ names: [String], making: Bool) throws(SystemError) -> Descriptor {
    try folder((below + names)[...], making: making)
  }

  private func folder(_ names: ArraySlice<String>, making: Bool) throws(SystemError) -> Descriptor {
    var here = try anchor.folder(".")
    for name in names {
      do { here = try here.folder(name) } catch {
        guard making, error.number == ENOENT else { throw error }
        try here.makeFolder(name)
        here = try here.folder(name)
      }
    }
    return here
  }

  static let gone = "the granted folder was removed"

  /// Whether another object holds the same folder open.
  func isSame(as other: GrantedFolder) -> Bool {
    let own = try? anchor.identity()
    return own != nil && own == (try? other.anchor.identity()) && below == other.below
  }

  /// Whether the folder was removed since it was granted.
  var isGone: Bool { (try? anchor.status().names) == 0 }
}

/// An open file or folder: renaming or replacing its path does not change what it refers to.
///
/// It cannot be read from (`O_PATH`); ``withPath(_:)`` gives a path that can.
struct Descriptor: ~Copyable, Sendable {
  /// `O_PATH`, which Swift's Glibc module lacks; the value is the same on all architectures that Swift supports.
  private static let pathOnly: Int32 = 0o10_000_000
  private static let flags = pathOnly | O_NOFOLLOW | O_CLOEXEC

  private let number: Int32

  /// The root of the file system.
  static func root() throws(SystemError) -> Descriptor { try Descriptor(open("/", flags | O_DIRECTORY)) }

  private init(_ number: Int32) throws(SystemError) {
    guard number >= 0 else { throw SystemError(number: errno) }
    self.number = number
  }

  deinit { close(number) }

  /// The entry `name` of this folder. A symbolic link is not followed: it is opened itself.
  ///
  /// - Throws: ``SystemError``.
  borrowing func at(_ name: String) throws(SystemError) -> Descriptor {
    try Descriptor(openat(number, name, Self.flags))
  }

  /// The folder `name` in this folder; fails for a symbolic link.
  ///
  /// - Throws: ``SystemError``.
  borrowing func folder(_ name: String) throws(SystemError) -> Descriptor {
    try Descriptor(openat(number, name, Self.flags | O_DIRECTORY))
  }

  /// Creates a folder in this one unless the name exists.
  ///
  /// - Throws: ``SystemError``.
  borrowing func makeFolder(_ name: String) throws(SystemError) {
    guard mkdirat(number, name, 0o777) == 0 || errno == EEXIST else { throw SystemError(number: errno) }
  }

  borrowing func status() throws(SystemError) -> FileStatus {
    guard let status = FileStatus(descriptor: number) else { throw SystemError(number: errno) }
    return status
  }

  /// The numbers of its file system and of itself in it.
  borrowing func identity() throws(SystemError) -> [UInt64] {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemError(number: errno) }
    return [UInt64(status.st_dev), UInt64(status.st_ino)]
  }

  /// Calls `body` with a path that leads here, whatever was renamed or replaced.
  borrowing func withPath<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    try body("/proc/self/fd/\(number)")
  }
}

/// A system call that failed.
struct SystemError: Error {
  let number: Int32

  /// Whether it failed because the name does not exist.
  var isMissing: Bool { number == ENOENT || number == ENOTDIR }

  var reason: String {
    switch number {
    case ENOENT: "there is no such file"
    case ENOTDIR: "a part of its path is not a folder"
    default: String(cString: strerror(number))
    }
  }
}
