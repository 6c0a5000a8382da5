import Foundation
import Synchronization

/// A program that could not be started, or that failed.
public struct ProgramError: NightjarError {
  /// The program and its task.
  public let work: String
  /// Its error output, or why it could not start.
  public let reason: String
  /// How to fix it.
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
  /// The result of a process.
  package struct Result {
    package let status: Int32
    package let output: Data
    package let errors: String
  }

  /// Held while a process starts, so that no child inherits the pipe of another one.
  private static let starting = Mutex(())

  /// Runs a program to its end, without input, and collects its output.
  ///
  /// Standard error goes to a file, since reading two pipes one after the other can block indefinitely.
  ///
  /// - Throws: ``ProgramError`` when it cannot be started; as ``Interruption/check(_:)``, after ending it.
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
      let waitForEnd = try starting.withLock { _ in try process.runNotingEnd() }
      let bytes = try read(output.fileHandleForReading, work)
      waitForEnd()
      try output.fileHandleForReading.close()
      try errors.seek(toOffset: 0)
      let written = try errors.readToEnd() ?? Data()
      let text = String(decoding: written.prefix(2_000), as: UTF8.self)
        .split(separator: "\n").joined(separator: "; ")
      let ended = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
      return Result(status: ended, output: bytes, errors: text)
    } catch {
      // A running child is terminated when its pipe cannot be read, and when the work is to stop.
      if process.isRunning { process.terminate() }
      if error is any NightjarError { throw error }
      throw ProgramError(work: work, reason: (error as NSError).localizedDescription, hint: hint)
    }
  }

  /// Everything that a program writes until it ends, with a check for an interruption every 50 ms.
  private static func read(_ pipe: FileHandle, _ work: String) throws -> Data {
    var bytes = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var state = pollfd(fd: pipe.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&state, 1, 50) > 0 else {
        try Interruption.check(work)
        continue
      }
      let count = Foundation.read(pipe.fileDescriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  /// The path of a program of this name on `PATH`, or in other folders in that form; nil otherwise.
  package static func find(_ name: String, searching path: String? = nil) -> String? {
    let folders = (path ?? ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A file that is removed when it is closed.
  private static func unnamedFile() throws -> FileHandle {
    let path =
      FileManager.default.temporaryDirectory.path + "/nightjar.\(getpid()).\(UInt64.random(in: 0 ... .max))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(errnoOf: "create the temporary file", path) }
    unlink(path)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

extension Process {
  /// Runs it, and returns what waits for its end.
  ///
  /// `waitUntilExit` looks only every 50 ms where nothing else wakes its run loop: longer than a short program takes.
  ///
  /// - Throws: as `run()`.
  package func runNotingEnd() throws -> () -> Void {
    let end = DispatchSemaphore(value: 0)
    terminationHandler = { _ in end.signal() }
    try run()
    return {
      end.wait()
      // Returns at once, and lets go of what the process holds.
      self.waitUntilExit()
    }
  }
}
