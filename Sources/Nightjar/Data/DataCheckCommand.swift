import ArgumentParser
import Datasets
import Experiments

/// `nightjar data check DIR`.
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Open every clip of a data set and list those that cannot be used.",
    discussion: "Each is named with the list and row it stands in. It ends with 3 when there are any.")

  @Argument(
    help: ArgumentHelp("The data set (default: the quick synthetic one).", valueName: "dir"),
    completion: .directory)
  var path: String?

  @Flag(name: .long, help: "Look at the clips' headers only: fast, and blind to damage further on.")
  var headers = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let check = try DatasetCheck(
      path: path ?? DataFolder.standard(SynthesisOptions()), depth: headers ? .headers : .samples,
      console: common.console, threads: common.device.threads)
    if common.json {
      try StandardOutput().json(CheckReport(check))
    } else {
      try StandardOutput().line(check.text)
    }
    if check.exitCode != .done { throw check.exitCode }
  }
}

/// What `data check --json` prints.
private struct CheckReport: Encodable {
  struct BadClip: Encodable {
    let file: String
    let row: Int
    let path: String
    let reason: String
  }

  let path: String
  let checked: Int
  let bad: [BadClip]
  let longer: Int
  let shorter: Int
  let silent: Int
  let warnings: [String]

  init(_ check: DatasetCheck) {
    path = check.dataset.path
    checked = check.checked
    bad = check.bad.map { BadClip(file: $0.file, row: $0.row, path: $0.path, reason: $0.reason) }
    longer = check.longer
    shorter = check.shorter
    silent = check.silent
    warnings = check.dataset.warnings.map(\.description)
  }
}
