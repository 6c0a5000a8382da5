import ArgumentParser
import Experiments
import Figures
import Foundation
import Support

/// `nightjar runs …`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List, show and delete the runs under ./runs.",
    discussion:
      "A run is given by its folder, by a unique part of its name, or by \"latest\".",
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsDeleteCommand.self])
}

/// The options of commands on runs.
struct RunsOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The folder of the runs.", valueName: "dir"))
  var root = "runs"

  @OptionGroup var common: CommonOptions

  var list: RunList { RunList(root: root) }
}

/// `nightjar runs list`.
struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all runs, the newest last.")

  @OptionGroup var options: RunsOptions

  func run() throws {
    let runs = options.list.all()
    let output = StandardOutput()
    if options.common.json { return try output.json(runs) }
    if runs.isEmpty { return options.common.console.say("no runs in \(options.root)") }
    let table = ResultTable(
      columns: [.init("run"), .init("state"), .init("mean accuracy, %"), .init("size", isRight: true)],
      rows: runs.map { run in
        let accuracies = run.accuracies.sorted { $0.key < $1.key }.map { name, accuracy in
          name + String(format: " %.2f", accuracy * 100)
        }
        return [
          .text(run.name), .text(run.state), .text(accuracies.joined(separator: ", ")),
          .text(ByteCount(run.bytes).description),
        ]
      })
    try output.write(table.text)
  }
}

extension RunSummary {
  /// A bench is done once it has complete results; a script's run has no such mark.
  var state: String {
    isFinished ? "done" : incomplete != nil || command.contains(" bench ") ? "unfinished" : "script"
  }
}

/// `nightjar runs show RUN`.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: its command, options, results and files.")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"))
  var name = "latest"

  @OptionGroup var options: RunsOptions

  func run() throws {
    let summary = try options.list.find(name)
    let settings = try? ResultFile.read(RunSettings.self, from: summary.path + "/settings.json")
    let results = try? ResultFile.read(BenchResults.self, from: summary.path + "/results.json")
    let output = StandardOutput()
    if options.common.json { return try output.json(RunDescription(run: summary, settings: settings)) }
    var lines = ["\(summary.path): \(summary.state), \(ByteCount(summary.bytes))"]
    if !summary.started.isEmpty { lines.append("  started  \(summary.started)") }
    if !summary.command.isEmpty { lines.append("  command  \(summary.command)") }
    if let settings {
      lines.append("  seed     \(settings.seed)")
      lines += settings.options.sorted { $0.key < $1.key }.map { "  option   \($0.key)=\($0.value)" }
    }
    if let reason = results?.incomplete { lines.append("  stopped  \(Self.firstLine(reason))") }
    lines += (results?.failures ?? [:]).sorted { $0.key < $1.key }.map {
      "  failed   \($0.key): \(Self.firstLine($0.value))"
    }
    lines.append("  files    \(summary.files.joined(separator: " "))")
    try output.line(lines.joined(separator: "\n"))
    if let results, !results.learners.isEmpty { try output.write("\n" + results.mainTable.text) }
  }

  private static func firstLine(_ text: String) -> Substring {
    text.split(separator: "\n").first ?? ""
  }

  /// What `--json` prints.
  private struct RunDescription: Encodable {
    let run: RunSummary
    let settings: RunSettings?
  }
}

/// `nightjar runs delete RUN…`.
struct RunsDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete runs with everything in their folders. This cannot be undone.")

  @Argument(help: "The runs.")
  var runs: [String]

  @OptionGroup var options: RunsOptions

  func run() throws {
    // All names are resolved before anything is deleted.
    for run in try runs.map(options.list.find) {
      try options.list.delete(run)
      options.common.console.say("deleted \(run.path)")
    }
  }
}
