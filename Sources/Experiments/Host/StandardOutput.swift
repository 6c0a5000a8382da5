import Foundation
import Support
import Synchronization

/// The standard output of the command and its scripts.
///
/// Nothing is buffered, so that a log that is followed, or of a process that is killed, is complete.
public final class StandardOutput: Sendable {
  private let firstError = Mutex<(any Error)?>(nil)

  /// The standard output of this process.
  public init() {}

  /// Prints a text.
  ///
  /// - Throws: ``OutputClosedError`` when the reader has closed it (`nightjar … | head`), else `FileError`.
  public func write(_ text: String) throws {
    try text.utf8.withContiguousStorageIfAvailable(Self.write)
      ?? Array(text.utf8).withUnsafeBufferPointer(Self.write)
  }

  /// Prints a line.
  ///
  /// - Throws: as ``write(_:)``.
  public func line(_ text: String) throws { try write(text + "\n") }

  /// Prints a value as JSON with sorted keys.
  ///
  /// - Throws: as ``write(_:)``.
  public func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    try line(String(decoding: encoder.encode(value), as: UTF8.self))
  }

  /// Prints for a caller that cannot throw: the first error is stored for ``check()``, and an interruption requested.
  public func writeOrStop(_ text: String) {
    do { try write(text) } catch {
      firstError.withLock { $0 = $0 ?? error }
      Interruption.request()
    }
  }

  /// - Throws: the first error of ``writeOrStop(_:)``.
  public func check() throws {
    if let error = firstError.withLock({ $0 }) { throw error }
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

/// The reader of the output has closed it; no message is printed.
public struct OutputClosedError: Error {
  /// The exit code of a program that ends by this signal.
  public static let status: Int32 = 128 + SIGPIPE
}
