import ArgumentParser
import Experiments
import Figures
import Foundation
import Support

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
  /// A bench is done once its whole results are there; a script's run has no such mark.
  var state: String {
    isFinished ? "done" : incomplete != nil || command.contains(" bench ") ? "unfinished" : "script"
  }
}
