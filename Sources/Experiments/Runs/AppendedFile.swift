import Dispatch
import Foundation
import Support
import Synchronization

/// A file that lines or records are appended to. Safe to call from many threads.
///
/// They are buffered for up to a second or 64 kB, whether or not others follow; ``flush()`` writes them.
final class AppendedFile: Sendable {
  private struct State {
    var pending = Data()
    /// Whether the buffer will be written in a second or less.
    var isScheduled = false
  }

  let path: String
  private let header: Data
  private let state = Mutex(State())

  /// A file that is created with what is appended first, behind a header.
  init(_ path: String, header: Data = Data()) {
    self.path = path
    self.header = header
  }

  deinit { try? flush() }

  /// Lets `add` append to the buffer.
  ///
  /// - Throws: `FileError` when the buffer cannot be written.
  func append(_ add: (inout Data) -> Void) throws {
    try state.withLock { state in
      add(&state.pending)
      if state.pending.count > 65_536 { return try write(&state) }
      if state.isScheduled { return }
      state.isScheduled = true
      // What cannot be written stays in the buffer; the next flush reports it.
      DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .milliseconds(900)) { [weak self] in
        self?.state.withLock { try? self?.write(&$0) }
      }
    }
  }

  /// Writes the buffer.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func flush() throws { try state.withLock { try write(&$0) } }

  /// Writes all of the buffer or, as on a full disk, nothing: it is written again later, behind what is there.
  private func write(_ state: inout State) throws {
    state.isScheduled = false
    guard !state.pending.isEmpty else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errnoOf: "write", path) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      let end = try handle.seekToEnd()
      do {
        if end == 0 { try handle.write(contentsOf: header) }
        try handle.write(contentsOf: state.pending)
      } catch {
        try? handle.truncate(atOffset: end)
        throw error
      }
    } catch {
      throw FileError("write", path, cause: error)
    }
    state.pending.removeAll(keepingCapacity: true)
  }

  /// Removes a partial line, which a kill may leave, from the end of a file.
  ///
  /// - Throws: `FileError` when it cannot be removed.
  static func removePartialLine(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path), let last = data.last, last != 0x0A else {
      return
    }
    let whole = data.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    guard truncate(path, off_t(whole)) == 0 else { throw FileError(errnoOf: "truncate", path) }
  }
}
