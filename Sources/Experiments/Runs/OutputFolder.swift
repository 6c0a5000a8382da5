import Foundation
import Support

/// The folder that `--out` names for a run. It is checked before any work: hours later it would be too late.
public struct OutputFolder: Sendable {
  /// What becomes of an earlier run in the folder.
  public enum EarlierRun: Sendable {
    /// The folder is refused.
    case kept
    /// It is deleted on the first use of the folder (`--overwrite`).
    case replaced
    /// It is continued (`--resume`).
    case resumed
  }

  public let path: String
  public let earlierRun: EarlierRun

  /// - Throws: ``OutputFolderError`` for a folder with an earlier run that is kept, or with other files; `FileError`
  ///   when the folder cannot be written.
  public init(_ path: String, earlierRun: EarlierRun) throws {
    self.path = path
    self.earlierRun = earlierRun
    try AtomicFile.requireWritable(path)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    // A run that is killed before its settings are written leaves its sources at most.
    if files.allSatisfy({ $0 == SourceArchive.folder || $0.hasPrefix(".settings.") }) { return }
    guard files.contains("settings.json") else { throw OutputFolderError(path, .otherFiles) }
    if case .kept = earlierRun { throw OutputFolderError(path, .run) }
    // A run is continued or replaced by one process at a time.
    if try RunList().find(path).isRunning { throw OutputFolderError(path, .runningRun) }
  }

  /// Creates the folder; a run that is replaced goes.
  ///
  /// - Throws: `FileError`.
  func open(console: Console) throws -> RunFolder {
    if case .replaced = earlierRun, FileManager.default.fileExists(atPath: path + "/settings.json") {
      for name in try FileManager.default.contentsOfDirectory(atPath: path) {
        let file = "\(path)/\(name)"
        do { try FileManager.default.removeItem(atPath: file) } catch {
          throw FileError("delete", file, cause: error)
        }
      }
    }
    try AtomicFile.makeFolder(path)
    return try RunFolder(opening: path, console: console)
  }
}

/// A folder that a run would overwrite.
public struct OutputFolderError: NightjarError {
  private let path: String
  private let content: Content

  /// What is in the folder.
  enum Content {
    case run, runningRun, otherFiles
  }

  /// Whether a process is at work in the folder.
  var isInUse: Bool { content == .runningRun }

  init(_ path: String, _ content: Content) {
    self.path = path
    self.content = content
  }

  public var message: ErrorMessage {
    switch content {
    case .run:
      ErrorMessage(
        "it contains a run already", hint: "name a new folder, or replace that run with --overwrite")
    case .runningRun: ErrorMessage("the run in it is still running", hint: "wait for its end, or stop it")
    case .otherFiles:
      ErrorMessage("it contains files that do not belong to a run", hint: "name a new or empty folder")
    }
  }

  public var locations: [ErrorLocation] { [.argument("--out \(path)")] }
  public var exitCode: ExitCode { .usage }
}
