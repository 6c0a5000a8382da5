import Experiments
import Foundation
import Support

/// The folder of a bench, which may be that of an interrupted run.
extension BenchCommand {
  /// The run's folder: that of `--out`, that of the interrupted run, or nil for a new one.
  ///
  /// - Throws: ``UsageError`` when there is no run to resume, and the errors of ``OutputOptions/folder()``.
  func folder() throws -> OutputFolder? {
    guard resume else {
      if let out = output.out, isInterrupted(out) { return try OutputFolder(out, earlierRun: .replaced) }
      if output.out == nil { try AtomicFile.requireWritable("runs") }
      return try output.folder()
    }
    let slug = "-" + task.fileSlug
    let open = RunList().all().filter { $0.name.hasSuffix(slug) && !$0.isFinished }
    guard let last = open.last(where: { !$0.isRunning }) ?? open.last else {
      throw UsageError(
        "no run of \(task) in ./runs was interrupted", hint: "leave out --resume; finished stages are reused",
        at: "--resume")
    }
    let settings = try ResultFile.read(RunSettings.self, from: last.path + "/settings.json")
    let interrupted = Self.resultOptions(settings.command)
    guard interrupted == Self.resultOptions(CommandLine.arguments) else {
      throw UsageError(
        "the interrupted run, \(last.path), had other options: nightjar \(interrupted.joined(separator: " "))",
        hint: "use that command with --resume, or leave out --resume", at: "--resume")
    }
    return try OutputFolder(last.path, earlierRun: .resumed)
  }

  /// The last run under ./runs that was interrupted, with the command that started it; nil where it is of the default
  /// task without options, which the command itself resumes.
  ///
  /// - Throws: ``UsageError`` when no run was interrupted.
  static func lastInterrupted() throws -> (command: BenchCommand, words: [String], path: String)? {
    guard let last = RunList().all().last(where: \.isInterruptedBench) else {
      throw UsageError(
        "no run in ./runs was interrupted", hint: "leave out --resume; finished stages are reused",
        at: "--resume")
    }
    let settings = try ResultFile.read(RunSettings.self, from: last.path + "/settings.json")
    // What has no influence on the results, such as --limit, is that of this command line.
    let own = CommandLine.arguments.dropFirst().filter { !["bench", "--resume"].contains($0) }
    let words = resultOptions(settings.command)
    guard let command = try NightjarCommand.parsed(words + own) as? BenchCommand else {
      throw UsageError(
        "\(last.path) is no run of a bench: nightjar \(words.joined(separator: " "))", at: "--resume")
    }
    Console(quiet: command.options.common.quiet).say(
      "resuming \(last.path): nightjar \(words.joined(separator: " "))")
    return (command, settings.command, last.path)
  }

  /// The command line that resumes the last interrupted run, a bench or a script, for `nightjar --resume …`.
  static func resuming(_ arguments: [String]) -> [String] {
    guard let script = ScriptCheckpoints.last(in: FileManager.default.currentDirectoryPath) else {
      return ["bench"] + arguments
    }
    let bench = RunList().all().last(where: \.isInterruptedBench)
    let started = bench.flatMap { run in
      try? FileManager.default.attributesOfItem(atPath: run.path)[.modificationDate] as? Date
    }
    if let started, started > script.date { return ["bench"] + arguments }
    return script.run.command + arguments
  }

  /// Whether a folder has an interrupted run of this very command, which is then run again.
  private func isInterrupted(_ folder: String) -> Bool {
    guard let run = try? RunList().find(folder), !run.isFinished, !run.isRunning,
      let settings = try? ResultFile.read(RunSettings.self, from: folder + "/settings.json")
    else { return false }
    return Self.resultOptions(settings.command) == Self.resultOptions(CommandLine.arguments)
  }

  /// A command line without the options that have no influence on the results.
  static func resultOptions(_ command: [String]) -> [String] {
    let flags: Set = [
      "--resume", "--overwrite", "--quiet", "--json", "--no-check", "--tensorboard", "--json-lines",
    ]
    let options: Set = ["--out", "--limit", "--memory", "--processes", "--threads"]
    var result: [String] = []
    var isValue = false
    for word in ProfileArgument.completing(command).dropFirst() {
      let name = String(word.prefix { $0 != "=" })
      if name == "--profile" { continue }
      if !isValue, !flags.contains(word), !options.contains(name) { result.append(word) }
      isValue = options.contains(word)
    }
    return result
  }
}

extension RunSummary {
  /// Whether it is a bench without complete results that does not run any more; how a script ended does not show in its
  /// results.
  fileprivate var isInterruptedBench: Bool {
    !isFinished && !isRunning && (incomplete != nil || command.contains(" bench "))
  }
}
