import Foundation

/// An advisory lock on a file (`flock`), held until this object is released or the process ends.
package final class FileLock {
  private let descriptor: Int32
  private let path: String

  /// Waits for the lock; `waiting` is called once if another process holds it.
  ///
  /// - Throws: ``FileError``, or ``InterruptionError`` after Ctrl-C.
  package convenience init(_ path: String, waiting: () -> Void = {}) throws {
    var hasWaited = false
    while true {
      if let descriptor = try Self.attempt(path) {
        self.init(descriptor: descriptor, path: path)
        return
      }
      if !hasWaited { waiting() }
      hasWaited = true
      try Interruption.check("waiting for another process")
      usleep(50_000)
    }
  }

  /// The lock, or nil if another process holds it.
  ///
  /// - Throws: ``FileError`` where no lock can be held.
  package convenience init?(ifFree path: String) throws {
    guard let descriptor = try Self.attempt(path) else { return nil }
    self.init(descriptor: descriptor, path: path)
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// The file is removed before the lock is released, so that no empty files accumulate.
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
    // The previous holder may have removed the file after it was opened here: then this lock is void.
    var held = stat()
    var named = stat()
    guard fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}

/// A lock by which one process at a time works on a folder. The system releases it when the process ends.
package struct FolderLock: ~Copyable {
  /// The file the lock is held on.
  package static let file = ".nightjar.lock"

  private let descriptor: Int32
  private let path: String

  /// Waits for the lock.
  ///
  /// - Throws: ``FileError``, or ``InterruptionError`` after Ctrl-C.
  package init(_ folder: String) throws {
    path = folder + "/" + Self.file
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errnoOf: "lock", path) }
    while flock(descriptor, LOCK_EX) != 0 {
      // Some network file systems have no locks; the work is correct without, at worst done twice.
      guard errno == EINTR else { return }
      do { try Interruption.check("waiting for another process") } catch {
        close(descriptor)
        throw error
      }
    }
  }

  /// Releases the lock. The file stays: if it were removed, two processes could hold the lock at once.
  package func release() {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
