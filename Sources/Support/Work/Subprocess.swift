import Foundation
import Synchronization

/// A program that could not be started, or that failed.
public struct ProgramError: NightjarError {
  /// The program and what it was to do.
  public let work: String
  /// What it said, or why it could not start.
  public let reason: String
  /// How to mend it.
  public let hint: String

  public init(work: String, reason: String, hint: String) {
    self.work = work
    self.reason = reason
    self.hint = hint
  }

  public var exitCode: ExitCode { .data }
  public var message: ErrorMessage { ErrorMessage("\(work) failed: \(reason)", hint: hint) }
}

/// Runs other programs as processes. Safe to call from many threads at once.
package enum Subprocess {
  /// What a process left.
  package struct Result {
    package let status: Int32
    package let output: Data
    package let errors: String
  }

  /// Starting holds this lock, so that no child inherits the pipe that was just made for another one.
  private static let starting = Mutex(())

  /// Runs a program to its end: no input, its output collected.
  ///
  /// What it writes to standard error goes to a file, since two pipes read one after the other can block for
  /// ever.
  package static func run(_ program: String, _ arguments: [String], work: String, hint: String) throws
    -> Result
  {
    let errors = try unnamedFile()
    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do {
      try starting.withLock { _ in try process.run() }
      let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      try output.fileHandleForReading.close()
      try errors.seek(toOffset: 0)
      let said = try errors.readToEnd() ?? Data()
      let text = String(decoding: said.prefix(2_000), as: UTF8.self)
        .split(separator: "\n").joined(separator: "; ")
      let ended = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
      return Result(status: ended, output: bytes, errors: text)
    } catch {
      // A child that ran is not left behind when its pipe could not be read.
      if process.isRunning { process.terminate() }
      throw ProgramError(work: work, reason: (error as NSError).localizedDescription, hint: hint)
    }
  }

  /// Where a program of this name is on `PATH`, or in the folders given like it; nil when it is not.
  package static func find(_ name: String, searching path: String? = nil) -> String? {
    let folders = (path ?? ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A file that is gone once it is closed.
  private static func unnamedFile() throws -> FileHandle {
    let path =
      FileManager.default.temporaryDirectory.path + "/nightjar.\(getpid()).\(UInt64.random(in: 0 ... .max))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(errnoOf: "make the temporary file", path) }
    unlink(path)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}
