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
    self.init(action, path, code: errno)
  }

  /// An error whose reason is an `errno`.
  private init(_ action: String, _ path: String, code: Int32) {
    let (reason, hint): (String, String?) =
      switch code {
      case ENOSPC, EDQUOT: ("the disk is full", "free some space, or choose a folder on another disk")
      case EROFS: ("the disk is read-only", "choose a folder on another disk")
      default: (String(cString: strerror(code)), nil)
      }
    self.init(action, path, reason: reason, hint: hint)
  }

  /// An error for what Foundation threw: its `errno` where it has one.
  public init(_ action: String, _ path: String, cause: any Error) {
    let causes = sequence(first: cause as NSError) { $0.userInfo[NSUnderlyingErrorKey] as? NSError }
    if let code = causes.first(where: { $0.domain == NSPOSIXErrorDomain })?.code {
      self.init(action, path, code: Int32(code))
    } else if let code = (cause as? CocoaError).flatMap({ Self.codes[$0.code] }) {
      self.init(action, path, code: code)
    } else {
      self.init(action, path, reason: cause.localizedDescription)
    }
  }

  /// What the system says where Foundation says it in words of its own.
  private static let codes: [CocoaError.Code: Int32] = [
    .fileWriteOutOfSpace: ENOSPC, .fileWriteVolumeReadOnly: EROFS, .fileWriteNoPermission: EACCES,
    .fileReadNoPermission: EACCES, .fileNoSuchFile: ENOENT, .fileReadNoSuchFile: ENOENT,
    .fileWriteFileExists: EEXIST,
  ]

  /// The error of a library that failed to write a file for want of space; nil where there is space. Libraries' own
  /// texts about it say anything.
  public static func diskFull(writing path: String) -> FileError? {
    var disk = statvfs()
    let folder = path.parentFolder
    guard statvfs(path, &disk) == 0 || statvfs(folder.isEmpty ? "." : folder, &disk) == 0,
      disk.f_bavail * UInt(disk.f_frsize) < 1 << 16
    else {
      return nil
    }
    return FileError("write", path, code: ENOSPC)
  }

  public func renamed(_ path: String) -> FileError {
    FileError(action, path, reason: reason, hint: hint)
  }

  public var exitCode: ExitCode { .data }
  public var message: ErrorMessage { ErrorMessage("cannot \(action) \(path): \(reason)", hint: hint) }
}
