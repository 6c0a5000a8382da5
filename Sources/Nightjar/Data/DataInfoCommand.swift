import ArgumentParser
import Datasets
import Experiments

/// `nightjar data info [DIR]`.
struct DataInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Say what a data set holds: words, clips, languages, where it comes from.")

  @Argument(
    help: ArgumentHelp("The data set (default: the quick synthetic one).", valueName: "dir"),
    completion: .directory)
  var path: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let summary = DatasetSummary(try WordDataset(path: path ?? DataFolder.standard(SynthesisOptions())))
    if common.json {
      try StandardOutput().json(summary)
    } else {
      try StandardOutput().line(summary.text)
    }
  }
}
