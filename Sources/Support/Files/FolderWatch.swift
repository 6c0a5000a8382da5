import Foundation

/// Waits until a file in some folders is saved, by Linux's inotify.
public final class FolderWatch {
  private let descriptor: Int32

  /// Watches folders and the folders in them.
  ///
  /// - Throws: ``FileError`` for a folder that cannot be watched.
  public init(_ folders: [String]) throws {
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { throw FileError(errnoOf: "watch", folders.first ?? ".") }
    for folder in folders {
      try add(folder)
      for inner in FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? [] {
        let path = "\(folder)/\(inner)"
        if FileStatus(path)?.kind == .folder { try add(path) }
      }
    }
  }

  deinit { close(descriptor) }

  private func add(_ folder: String) throws {
    let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_CREATE)
    guard inotify_add_watch(descriptor, folder, events) >= 0 else {
      throw FileError(errnoOf: "watch", folder)
    }
  }

  /// Waits for a change; those of the next 50 ms, by which editors replace files, belong to it.
  ///
  /// - Throws: ``InterruptionError`` after Ctrl-C.
  public func wait() throws {
    while !isChanged(within: 100) { try Interruption.check("watching files") }
    while isChanged(within: 50) {}
  }

  /// Whether something has changed, now or within some milliseconds.
  private func isChanged(within milliseconds: Int32) -> Bool {
    var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, milliseconds) > 0 else { return false }
    var events = [UInt8](repeating: 0, count: 1 << 14)
    return read(descriptor, &events, events.count) > 0
  }
}
