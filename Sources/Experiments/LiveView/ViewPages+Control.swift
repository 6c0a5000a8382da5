import Foundation
import RunStore
import Support

/// Starting, stopping and resuming runs.
extension ViewPages {
  func start(_ fields: FormFields) async throws -> ViewAnswer {
    let form = BenchForm(fields: fields, plugins: try await listedPlugins())
    if form.learners.isEmpty { return formPage(form, status: 422, problem: "Select a learner.") }
    let name = (form.task as NSString).lastPathComponent.replacing(".lua", with: "")
    do {
      let folder = try await started.start(
        StartedRuns.Command(words: form.words, form: fields), named: name, writingTo: library.outputPath)
      return .redirect(to: ViewLink.to("view", [("r", folder)]))
    } catch let error as StartError {
      return formPage(form, status: 422, problem: error.message.what)
    }
  }

  /// Interrupts a run as Ctrl-C does: it saves what is done.
  func stop(_ fields: FormFields) async throws -> ViewAnswer {
    let folder = fields["r"]
    guard await library.path(of: folder) != nil else {
      return Self.page(status: 404, "Not found", problem: "There is no run \"\(folder)\".")
    }
    if await started.interrupt(folder) { return .redirect(to: ViewLink.to("view", [("r", folder)])) }
    guard let process = await library.process(of: folder) else {
      return Self.page(status: 409, "Stop", problem: "\(folder) does not run on this machine.")
    }
    guard kill(process.id, SIGINT) == 0 else {
      return Self.page(
        status: 409, "Stop", problem: "\(folder) could not be stopped: \(String(cString: strerror(errno))).")
    }
    return .redirect(to: ViewLink.to("view", [("r", folder)]))
  }

  /// Starts an interrupted bench again: what is cached of it is not computed again.
  func resume(_ fields: FormFields) async throws -> ViewAnswer {
    let folder = fields["r"]
    guard let run = await library.run(folder), let path = await library.path(of: folder) else {
      return Self.page(status: 404, "Not found", problem: "There is no run \"\(folder)\".")
    }
    guard Self.canResume(run), await !isRunning(folder) else {
      return Self.page(status: 409, "Resume", problem: "\(folder) is no interrupted bench.")
    }
    do {
      try await started.resume(
        StartedRuns.Command(words: Self.resumingWords(run.command), directory: run.startedIn),
        folder: folder, path: path, output: library.outputPath(of: folder))
    } catch let error as StartError {
      return Self.page(status: 422, "Resume", problem: error.message.what)
    }
    return .redirect(to: ViewLink.to("view", [("r", folder)]))
  }

  func isRunning(_ folder: String) async -> Bool {
    if await started.isRunning(folder) { return true }
    return await library.process(of: folder) != nil
  }

  /// Whether a run is a bench that was interrupted or has failed, whose command is known.
  static func canResume(_ run: RunLibrary.ViewedRun) -> Bool {
    guard let summary = run.entry?.summary, run.command.dropFirst().first == "bench" else { return false }
    return ["unfinished", "failed"].contains(summary.state)
  }

  /// The command line of a run after the program, without the folder that it was given: that of the run follows.
  private static func resumingWords(_ command: [String]) -> [String] {
    var words: [String] = []
    var isFolder = false
    for word in command.dropFirst() {
      if !isFolder, word != "--out", word != "--resume", word != "--overwrite", !word.hasPrefix("--out=") {
        words.append(word)
      }
      isFolder = word == "--out"
    }
    return words
  }
}
