import Foundation
import Synchronization

/// Waits until a file in some folders is saved, by Linux's inotify.
///
/// A folder that is deleted and made again, as by a change of branches, is watched again.
public final class FolderWatch: Sendable {
  private struct State {
    /// The number that inotify gave to each folder; nil while it does not exist.
    var numbers: [String: Int32?] = [:]
    /// Whether folders that are made in watched ones are watched as well.
    var isRecursive = false
  }

  private let descriptor: Int32
  private let state = Mutex(State())

  /// A watch of no folder yet.
  ///
  /// - Throws: ``FileError`` where the system has no more watches.
  public init() throws {
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { throw FileError(errnoOf: "watch", ".") }
  }

  /// Watches folders and the folders in them, also those that are made later.
  ///
  /// - Throws: ``FileError`` for a folder that cannot be watched.
  public convenience init(_ folders: [String]) throws {
    try self.init()
    state.withLock { $0.isRecursive = true }
    for folder in folders {
      guard add(folder) else { throw FileError(errnoOf: "watch", folder) }
    }
  }

  deinit { close(descriptor) }

  /// Watches folders as well; one that does not exist is watched once it does.
  public func watch(_ folders: some Sequence<String>) {
    for folder in folders where state.withLock({ $0.numbers[folder] }) == nil { add(folder) }
  }

  /// Waits for a change; those of the next 50 ms, by which editors replace files, belong to it.
  ///
  /// - Returns: the paths that have changed.
  /// - Throws: ``InterruptionError`` after Ctrl-C.
  @discardableResult
  public func wait() throws -> Set<String> {
    var changed: Set<String> = []
    while changed.isEmpty {
      try Interruption.check("watching files")
      changed = changes(within: 100)
    }
    while true {
      let more = changes(within: 50)
      if more.isEmpty { return changed }
      changed.formUnion(more)
    }
  }

  /// The paths that have changed, now or within some milliseconds.
  public func changes(within milliseconds: Int32) -> Set<String> {
    var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, milliseconds) > 0 else { return restored() }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return [] }
    return Set(Self.events(bytes[..<count]).compactMap(path))
  }

  /// Begins to watch a folder; false where that is not possible now.
  @discardableResult
  private func add(_ folder: String) -> Bool {
    let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR)
    let number = inotify_add_watch(descriptor, folder, mask)
    let isRecursive = state.withLock { state in
      state.numbers.updateValue(number >= 0 ? number : nil, forKey: folder)
      return state.isRecursive
    }
    if isRecursive, number >= 0 {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        let path = "\(folder)/\(name)"
        if FileStatus(path)?.kind == .folder { add(path) }
      }
    }
    return number >= 0
  }

  /// Folders that exist again.
  private func restored() -> Set<String> {
    let missing = state.withLock { $0.numbers.filter { $0.value == nil }.map(\.key) }
    return Set(missing.filter(add))
  }

  private struct Event {
    let number: Int32
    let mask: UInt32
    let name: String
  }

  /// The events of a read, each a header with the length of the name that follows.
  private static func events(_ bytes: ArraySlice<UInt8>) -> [Event] {
    var events: [Event] = []
    let header = MemoryLayout<inotify_event>.size
    bytes.withUnsafeBytes { bytes in
      var start = 0
      while start + header <= bytes.count {
        let event = bytes.loadUnaligned(fromByteOffset: start, as: inotify_event.self)
        let name = bytes[(start + header)..<min(bytes.count, start + header + Int(event.len))].prefix {
          $0 != 0
        }
        events.append(Event(number: event.wd, mask: event.mask, name: String(decoding: name, as: UTF8.self)))
        start += header + Int(event.len)
      }
    }
    return events
  }

  /// The path of an event; nil for one that says nothing of a file.
  private func path(of event: Event) -> String? {
    let (folder, isRecursive) = state.withLock { state in
      (state.numbers.first { $0.value == event.number }?.key, state.isRecursive)
    }
    guard let folder else { return nil }
    if event.mask & UInt32(IN_IGNORED) != 0 {
      state.withLock { _ = $0.numbers.updateValue(nil, forKey: folder) }
      return folder
    }
    guard !event.name.isEmpty else { return nil }
    let path = "\(folder)/\(event.name)"
    if isRecursive, event.mask & UInt32(IN_CREATE) != 0, event.mask & UInt32(IN_ISDIR) != 0 { add(path) }
    return path
  }
}
