import ArgumentParser

/// `nightjar runs delete RUN…`.
struct RunsDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete runs with everything in their folders. There is no way back.")

  @Argument(help: "The runs.")
  var runs: [String]

  @OptionGroup var options: RunsOptions

  func run() throws {
    // All names are looked up before anything is deleted.
    let found = try runs.map(options.list.find)
    for run in found {
      try options.list.delete(run)
      options.common.console.say("deleted \(run.path)")
    }
  }
}
