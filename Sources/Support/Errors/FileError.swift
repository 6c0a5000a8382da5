import Foundation

/// An error about one file.
public protocol PathError: NightjarError {
  /// The same error with another path: the one that a script wrote instead of the resolved one.
  func renamed(_ path: String) -> Self
}

/// A file operation that failed.
public struct FileError: PathError {
  /// The operation, such as "read".
  public let action: String
  public let path: String
  public let reason: String
  public let hint: String?

  public init(_ action: String, _ path: String, reason: String, hint: String? = nil) {
    self.action = action
    self.path = path
    self.reason = reason
    self.hint = hint
  }

  /// An error whose reason is the current `errno`.
  public init(errnoOf action: String, _ path: String) {
    self.init(action, path, reason: String(cString: strerror(errno)))
  }

  public func renamed(_ path: String) -> FileError {
    FileError(action, path, reason: reason, hint: hint)
  }

  public var exitCode: ExitCode { .data }
  public var message: ErrorMessage { ErrorMessage("cannot \(action) \(path): \(reason)", hint: hint) }
}
