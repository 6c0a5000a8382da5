import ArgumentParser
import Experiments

/// `nightjar runs …`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List, show and delete the runs under ./runs.",
    discussion:
      "A run is named by its folder, by a part of that name which only one run has, or by \"latest\".",
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsDeleteCommand.self])
}

/// The options of commands that look at runs.
struct RunsOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The folder the runs are in.", valueName: "dir"))
  var root = "runs"

  @OptionGroup var common: CommonOptions

  var list: RunList { RunList(root: root) }
}
