import Foundation
import Support

/// The benches that the live view has started, each a process of its own. They go on when the view ends.
///
/// A command that ends without having recorded a run is a ``FailedStart``, however long it took: data are synthesized
/// and plugins checked before a run has a record.
actor StartedRuns {
  /// A command that is started.
  struct Command: Sendable {
    /// The command line after the program, without `--out`.
    let words: [String]
    /// The folder to start it in; nil for that of the view.
    var directory: String?
    /// What the form had that it comes from; nil for one without.
    var form: FormFields?
  }

  private struct Started {
    let folder: String
    let path: String
    let output: String
    let command: Command
    let process: Process
    /// When a run was last recorded in the folder; nil for none.
    let earlierRecord: [Int]?

    /// When a run was recorded in a folder.
    static func record(in path: String) -> [Int]? { FileStatus("\(path)/settings.json")?.changed }

    /// Why it has failed before a run was recorded; nil where it has not.
    var failure: FailedStart? {
      let hasFailed = process.terminationReason == .uncaughtSignal || process.terminationStatus != 0
      // A folder that is gone was deleted by somebody who knows of it.
      guard hasFailed, Self.record(in: path) == earlierRecord, FileStatus(path) != nil else { return nil }
      return FailedStart(folder: folder, command: command, message: message)
    }

    private var message: String {
      let printed = (OutputTail.read(output) ?? "").replacing("nightjar: ", with: "")
        .trimmingCharacters(in: .whitespacesAndNewlines)
      if process.terminationReason == .uncaughtSignal {
        return "\(printed)\nIt was ended by signal \(process.terminationStatus).".trimmingCharacters(
          in: .newlines)
      }
      return printed.isEmpty ? "It ended with exit code \(process.terminationStatus)." : printed
    }
  }

  private let program: String
  private let root: String
  private var started: [Started] = []
  private var failed: [FailedStart] = []

  /// How long an answer waits for the command to be refused, before it leads to the page of the run.
  private static let patience = Duration.milliseconds(1200)

  init(program: String, root: String) {
    self.program = program
    self.root = root
  }

  /// Starts `nightjar bench …` in a new folder of runs.
  ///
  /// - Returns: the name of the run's folder.
  /// - Throws: ``StartError`` for a command that fails at once, with what it printed; `FileError`.
  func start(_ command: Command, named name: String, writingTo output: (String) -> String) async throws
    -> String
  {
    let folder = try RunFolder.create(named: name, under: root).name
    do {
      try await launch(command, folder: folder, path: "\(root)/\(folder)", output: output(folder))
    } catch {
      // Nothing is kept of a run that has not started.
      rmdir("\(root)/\(folder)")
      unlink(output(folder))
      throw error
    }
    return folder
  }

  /// Starts an interrupted bench again, in its folder.
  ///
  /// - Throws: as ``start(_:named:writingTo:)``.
  func resume(_ command: Command, folder: String, path: String, output: String) async throws {
    try await launch(command, folder: folder, path: path, output: output)
  }

  /// Whether a run that was started here has not ended.
  func isRunning(_ folder: String) -> Bool {
    started.contains { $0.folder == folder && $0.process.isRunning }
  }

  /// The number of runs that were started here and have not ended.
  var runningCount: Int {
    noteEnds()
    return started.count
  }

  /// The commands that have failed before a run was recorded, and were not dismissed.
  var failures: [FailedStart] {
    noteEnds()
    return failed
  }

  /// Forgets why a command has failed, which was read.
  func dismiss(_ folder: String) { failed.removeAll { $0.folder == folder } }

  /// Interrupts a run that was started here, as Ctrl-C does; false without such a run.
  func interrupt(_ folder: String) -> Bool {
    guard let one = started.first(where: { $0.folder == folder && $0.process.isRunning }) else {
      return false
    }
    return kill(one.process.processIdentifier, SIGINT) == 0
  }

  private func launch(_ command: Command, folder: String, path: String, output: String) async throws {
    try AtomicFile.makeFolder(output.parentFolder)
    guard FileManager.default.createFile(atPath: output, contents: nil),
      let file = FileHandle(forWritingAtPath: output)
    else { throw FileError(errnoOf: "write", output) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = command.words + ["--out=\(SourceArchive.absolute(path))"]
    if let directory = command.directory {
      process.currentDirectoryURL = URL(fileURLWithPath: directory)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = file
    process.standardError = file
    dismiss(folder)
    let record = Started.record(in: path)
    do { try process.run() } catch {
      throw StartError(
        message: "\(program) could not be started: \((error as NSError).localizedDescription)")
    }
    try? file.close()
    started.append(
      Started(
        folder: folder, path: path, output: output, command: command, process: process,
        earlierRecord: record))
    let clock = ContinuousClock()
    let deadline = clock.now + Self.patience
    while process.isRunning, clock.now < deadline { try await Task.sleep(for: .milliseconds(50)) }
    if let failure = failures.first(where: { $0.folder == folder }) {
      dismiss(folder)
      throw StartError(message: failure.message)
    }
  }

  /// Tells the commands that have ended from those that run. Of one that has failed before a run was recorded, only
  /// its message is kept.
  private func noteEnds() {
    let ended = started.filter { !$0.process.isRunning }
    started.removeAll { one in ended.contains { $0.process === one.process } }
    for one in ended {
      guard let failure = one.failure else { continue }
      // The folder of a run that was to be resumed is not empty.
      rmdir(one.path)
      unlink(one.output)
      failed.append(failure)
    }
  }
}

/// A command that has failed before a run was recorded.
struct FailedStart: Sendable {
  /// The name of the folder that the run was to have.
  let folder: String
  let command: StartedRuns.Command
  /// What it printed.
  let message: String
}

/// A command that has failed at once.
struct StartError: NightjarError {
  /// What it printed.
  let message: ErrorMessage

  init(message: String) { self.message = ErrorMessage(message) }

  var exitCode: ExitCode { .usage }
}
