import Foundation
import Support

/// The benches that the live view has started, each a process of its own. They go on when the view ends.
actor StartedRuns {
  private struct Started {
    let folder: String
    let process: Process
  }

  private let program: String
  private let root: String
  private var started: [Started] = []

  /// How long a command may take to be refused, before it counts as running.
  private static let patience = Duration.milliseconds(1200)

  init(program: String, root: String) {
    self.program = program
    self.root = root
  }

  /// Starts `nightjar bench …` in a new folder of runs.
  ///
  /// - Parameter words: the command line after the program, without `--out`.
  /// - Returns: the name of the run's folder.
  /// - Throws: ``StartError`` for a command that ends at once, with what it printed; `FileError`.
  func start(_ words: [String], named name: String, writingTo output: (String) -> String) async throws
    -> String
  {
    let folder = try RunFolder.create(named: name, under: root).name
    do {
      try await launch(words, in: nil, folder: folder, path: "\(root)/\(folder)", output: output(folder))
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
  func resume(
    _ words: [String], from directory: String?, folder: String, path: String, output: String
  ) async throws {
    try await launch(words, in: directory, folder: folder, path: path, output: output)
  }

  /// Whether a run that was started here has not ended.
  func isRunning(_ folder: String) -> Bool {
    started.contains { $0.folder == folder && $0.process.isRunning }
  }

  /// The number of runs that were started here and have not ended.
  var runningCount: Int { started.count { $0.process.isRunning } }

  /// Interrupts a run that was started here, as Ctrl-C does; false without such a run.
  func interrupt(_ folder: String) -> Bool {
    guard let one = started.first(where: { $0.folder == folder && $0.process.isRunning }) else {
      return false
    }
    return kill(one.process.processIdentifier, SIGINT) == 0
  }

  private func launch(
    _ words: [String], in directory: String?, folder: String, path: String, output: String
  ) async throws {
    try AtomicFile.makeFolder(output.parentFolder)
    guard FileManager.default.createFile(atPath: output, contents: nil),
      let file = FileHandle(forWritingAtPath: output)
    else { throw FileError(errnoOf: "write", output) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words + ["--out=\(SourceArchive.absolute(path))"]
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = file
    process.standardError = file
    do { try process.run() } catch {
      throw StartError(output: "\(program) could not be started: \((error as NSError).localizedDescription)")
    }
    try? file.close()
    started.removeAll { !$0.process.isRunning }
    started.append(Started(folder: folder, process: process))
    let clock = ContinuousClock()
    let deadline = clock.now + Self.patience
    while process.isRunning, clock.now < deadline { try await Task.sleep(for: .milliseconds(50)) }
    guard !process.isRunning, process.terminationStatus != 0 else { return }
    let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    // A run with a folder of its own has a page that says how it ended.
    if FileStatus("\(path)/settings.json") != nil { return }
    throw StartError(output: said.isEmpty ? "it ended with exit code \(process.terminationStatus)" : said)
  }
}

/// A command that ended at once.
struct StartError: NightjarError {
  /// What it printed.
  let output: String

  var exitCode: ExitCode { .usage }
  var message: ErrorMessage {
    ErrorMessage(output.replacing("nightjar: ", with: "").trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
