import Foundation

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
