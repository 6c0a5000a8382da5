import Foundation

/// An advisory lock on a file (`flock`), held until released; the system frees it when the process ends.
final class FileLock {
  private let descriptor: Int32
  private let path: String

  /// Waits until the lock is free; Ctrl-C ends the wait.
  ///
  /// - Parameter waiting: called once when another one holds the lock.
  convenience init(_ path: String, waiting: () -> Void) throws {
    var hasWaited = false
    while true {
      if let descriptor = try Self.attempt(path) {
        self.init(descriptor: descriptor, path: path)
        return
      }
      if !hasWaited { waiting() }
      hasWaited = true
      try Interruption.check("waiting for another nightjar")
      usleep(50_000)
    }
  }

  /// The lock, or nil when another one holds it.
  convenience init?(ifFree path: String) throws {
    guard let descriptor = try Self.attempt(path) else { return nil }
    self.init(descriptor: descriptor, path: path)
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// The lock's file goes before the lock does, so that no empty files pile up.
  deinit {
    unlink(path)
    close(descriptor)
  }

  private static func attempt(_ path: String) throws -> Int32? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errnoOf: "lock", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      guard reason == EWOULDBLOCK || reason == EINTR else {
        throw FileError("lock", path, reason: String(cString: strerror(reason)))
      }
      return nil
    }
    // The holder before may have removed the file after it was opened here: then this lock guards nothing.
    var held = stat()
    var named = stat()
    guard fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}

/// Lets one process at a time work on a folder; others wait. A process that ends, however it ends, lets go.
package struct FolderLock: ~Copyable {
  /// The file the lock is held on.
  package static let file = ".nightjar.lock"

  private let descriptor: Int32
  private let path: String

  /// Waits until no other process holds the folder.
  package init(_ folder: String) throws {
    path = folder + "/" + Self.file
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errnoOf: "lock", path) }
    while flock(descriptor, LOCK_EX) != 0 {
      // Some network file systems have no locks; the work is right without, at worst done twice.
      guard errno == EINTR else { return }
      do { try Interruption.check("waiting for another process") } catch {
        close(descriptor)
        throw error
      }
    }
  }

  /// Lets the next one in. The file stays: removing it would let two in at once.
  package func release() {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
