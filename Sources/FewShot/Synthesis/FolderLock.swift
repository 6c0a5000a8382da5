import Foundation
import Tensors

/// Lets one process at a time work on a folder; others wait. A process that ends, however it ends, lets go.
struct FolderLock: ~Copyable {
  /// The file the lock is held on.
  static let file = ".nightjar.lock"

  private let descriptor: Int32
  private let path: String

  /// Waits until no other process holds the folder.
  init(_ folder: String) throws {
    path = folder + "/" + Self.file
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure(errnoOf: "lock", path) }
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
  func release() {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
