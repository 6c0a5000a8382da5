import ArgumentParser
import Experiments
import Foundation
import RunStore
import Support

/// `nightjar runs …`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List, show, compare, export, repeat and delete runs.",
    discussion: """
      A run is given by its folder, by a unique part of its name, or by "latest". Runs are kept in folders under \
      ./runs; the store beside them, runs.sqlite, is brought up to date whenever it is read, and can be built from the \
      folders. NIGHTJAR_STORE names another file for it, which may have the runs of several folders.

        nightjar runs list --where model=m5 --where 'accuracy>0.9' --sort accuracy
        nightjar runs compare latest 2026-11-30-1042
        nightjar runs export --where shots=1 --out one_shot.csv
        nightjar runs rerun latest
      """,
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsExportCommand.self,
      RunsRerunCommand.self, RunsDeleteCommand.self, RunsIndexCommand.self,
    ])
}

/// The options of commands on runs.
struct RunsOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The folder of the runs.", valueName: "dir"))
  var root = "runs"

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !root.isEmpty else { throw UsageError("expected a folder, got an empty name", at: "--root") }
  }

  var catalog: RunCatalog { RunCatalog(root: root, console: common.console) }
}

/// The options that select runs by conditions.
struct ConditionOptions: ParsableArguments {
  @Option(
    name: .customLong("where"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only runs that meet a condition on a column or an option: =, !=, <, <=, >, >= or ~ (contains). Repeatable.",
      valueName: "condition"),
    transform: ConditionOptions.condition)
  var conditions: [RunCondition] = []

  private static func condition(_ text: String) throws -> RunCondition {
    guard let condition = RunCondition(text) else {
      throw UsageError(
        "'\(text)' is no condition", hint: "write it as model=m5, 'accuracy>0.9' or recipe.epochs!=12")
    }
    return condition
  }
}

/// `nightjar runs index`.
struct RunsIndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Build the store again from the folders of the runs.",
    discussion: "Folders elsewhere, such as those of --out, are added when they are named.")

  @Argument(help: ArgumentHelp("Further runs, or folders of runs.", valueName: "dir"))
  var folders: [String] = []

  @OptionGroup var options: RunsOptions

  func run() throws {
    let count = try options.catalog.index(folders)
    if options.common.json { return try StandardOutput().json(["runs": count]) }
    try StandardOutput().line("\("run".counted(count)) in the store")
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
    let catalog = options.catalog
    // All names are resolved before anything is deleted.
    let named = try catalog.reading { store in try runs.map { try catalog.find($0, in: store) } }
    let found = named.enumerated().filter { index, run in
      !named[..<index].contains { $0.folder == run.folder }
    }.map(\.element)
    if let running = found.first(where: { $0.state == "running" }) {
      throw UsageError("\(running.name) is still running", hint: "stop it first")
    }
    for run in found {
      let path = catalog.path(run.folder)
      do { try FileManager.default.removeItem(atPath: path) } catch {
        throw FileError("delete", path, cause: error)
      }
      options.common.console.say("deleted \(path)")
    }
    try catalog.forget(found.map { catalog.path($0.folder) })
    if options.common.json { try StandardOutput().json(["deleted": found.map { catalog.path($0.folder) }]) }
  }
}
