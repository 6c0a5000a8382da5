import Foundation
import Synchronization
import Tensors
import TestSupport

/// A folder to run `nightjar` in, with home, data and cache inside it; removed with the test.
final class Sandbox {
  /// How a command ended.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  let folder: String

  /// Held while a process starts: of two that start at once, each would inherit what tells of the other's end.
  private static let starting = Mutex(())

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/nightjar-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func read(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

  func write(_ text: String, to name: String) throws {
    let file = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Runs the command to its end.
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try run(arguments, environment: environment)
  }

  /// Runs the command to its end, in the sandbox or in a folder of it; `meanwhile` is called once it runs.
  func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String = ".",
    meanwhile: (Process) -> Void = { _ in }
  ) throws -> Outcome {
    let process = try start(arguments, environment, in: folder)
    meanwhile(process)
    process.waitUntilExit()
    return outcome(of: process)
  }

  /// Runs the command to its end with a text as its standard input.
  func run(_ arguments: [String], input: String, environment: [String: String] = [:]) throws -> Outcome {
    try write(input, to: "stdin")
    let process = try start(
      arguments, environment, input: FileHandle(forReadingFrom: URL(fileURLWithPath: path("stdin"))))
    process.waitUntilExit()
    return outcome(of: process)
  }

  /// Runs the command to its end with a limited address space, in bytes.
  func run(_ arguments: [String], addressSpace: Int) throws -> Outcome {
    try run(arguments, limit: "-v \(addressSpace >> 10)")
  }

  /// Runs the command to its end under a limit of the system, as `ulimit` takes it.
  func run(_ arguments: [String], limit: String) throws -> Outcome {
    let shell = ["-c", "ulimit \(limit); exec \"$0\" \"$@\"", try Self.program()]
    let process = try start(shell + arguments, [:], program: "/bin/sh")
    process.waitUntilExit()
    return outcome(of: process)
  }

  /// Runs the command to its end in a pipe to another program, such as `head -n 1`, whose output is given.
  func run(_ arguments: [String], into reader: String) throws -> Outcome {
    let shell = ["-c", "\"$0\" \"$@\" | \(reader)", try Self.program()]
    let process = try start(shell + arguments, [:], program: "/bin/sh")
    process.waitUntilExit()
    return outcome(of: process)
  }

  /// Runs the command, and sends it `signal` once it has printed something.
  func run(_ arguments: String..., interruptedBy signal: Int32) throws -> Outcome {
    let process = try start(arguments, [:])
    eventually { !process.isRunning || !read("stdout").isEmpty }
    kill(process.processIdentifier, signal)
    eventually { !process.isRunning }
    // A command that does not end is killed, so that the test fails instead of hanging.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return outcome(of: process)
  }

  private func start(
    _ arguments: [String], _ extra: [String: String], program: String? = nil, in folder: String = ".",
    input: FileHandle = .nullDevice
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try program ?? Self.program())
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path(folder))
    let own = [
      "HOME": self.folder, "XDG_DATA_HOME": path("data"), "XDG_CACHE_HOME": path("cache"),
      "XDG_STATE_HOME": path("state"),
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(own) { $1 }.merging(extra) { $1 }
    process.standardInput = input
    // Files, since two pipes read one after the other can block indefinitely.
    process.standardOutput = try writing("stdout")
    process.standardError = try writing("stderr")
    try Self.launch(process)
    return process
  }

  /// Starts a process.
  static func launch(_ process: Process) throws { try starting.withLock { _ in try process.run() } }

  private func outcome(of process: Process) -> Outcome {
    Outcome(status: process.terminationStatus, output: read("stdout"), errors: read("stderr"))
  }

  private func writing(_ name: String) throws -> FileHandle {
    try write("", to: name)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
  }

  /// The command that was built with these tests: beside them, or in the checkout's build folder.
  static func program() throws -> String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let root = (Fixtures.folder as NSString).deletingLastPathComponent + "/.."
    let folders = [
      (tests as NSString).deletingLastPathComponent, root + "/.build/release", root + "/.build/debug",
    ]
    guard let program = folders.map({ $0 + "/nightjar" }).first(where: FileManager.default.isExecutableFile)
    else {
      throw CocoaError(.fileNoSuchFile)
    }
    return program
  }
}

extension Sandbox {
  /// Runs the command, and sends it `signal` once its error stream says `text`.
  func run(_ arguments: [String], signal: Int32, after text: String) throws -> Outcome {
    try run(arguments) { process in
      eventually { !process.isRunning || read("stderr").contains(text) }
      kill(process.processIdentifier, signal)
      // A run that ignores the signal must not hang the tests.
      eventually { !process.isRunning }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }
}
