import ArgumentParser
import Networks

/// The options of a network whose weights are given.
struct WeightOptions: ParsableArguments {
  @Option(
    name: .customLong("weights"),
    help: ArgumentHelp(
      "A state file with the model's weights, of this or another program; the model is not trained then.",
      valueName: "file"),
    completion: .file(extensions: StateFile.extensions))
  var file: String?

  @OptionGroup var names: StateNameOptions

  func validate() throws {
    guard file?.isEmpty != true else {
      throw UsageError("expected a file, got an empty name", at: "--weights")
    }
    guard file != nil || names.names == StateNames() else {
      throw UsageError(
        "--prefix, --rename and --ignore map the names of a state file", hint: "give one by --weights")
    }
  }
}
