import Foundation
import Support
import Synchronization

/// What the command and its scripts print.
///
/// Every text is written at once, so that a log that is followed, or a process that is killed, has all of it.
public final class StandardOutput: Sendable {
  private let failure = Mutex<(any Error)?>(nil)

  public init() {}

  /// Prints a text as it is.
  ///
  /// - Throws: ``OutputClosedError`` when the reader has gone (`nightjar … | head`), else a `FileError`.
  public func write(_ text: String) throws {
    try text.utf8.withContiguousStorageIfAvailable(Self.write)
      ?? Array(text.utf8).withUnsafeBufferPointer(Self.write)
  }

  /// Prints a line.
  public func line(_ text: String) throws { try write(text + "\n") }

  /// Prints for a caller that cannot fail: the first failure is kept for ``check()``, and work is asked to stop.
  public func writeOrStop(_ text: String) {
    do { try write(text) } catch {
      failure.withLock { $0 = $0 ?? error }
      Interruption.request()
    }
  }

  /// Throws what ``writeOrStop(_:)`` kept.
  public func check() throws {
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  private static func write(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw errno == EPIPE
          ? OutputClosedError() : FileError(errnoOf: "write", "standard output") as any Error
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }
}

/// Nobody reads the output any more; not worth a message.
public struct OutputClosedError: Error {
  /// What a program ends with that the system stops for this reason.
  public static let status: Int32 = 128 + SIGPIPE
}
