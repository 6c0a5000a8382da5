import ArgumentParser
import Datasets

/// Which data set a study is of.
struct DataOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("A data set in MSWC's layout (default: synthetic speech).", valueName: "dir"))
  var data: String?

  @Option(name: .long, help: "The size of the synthetic data set: quick, standard or paper (default: quick).")
  var size: SynthesisOptions.Size?

  func validate() throws {
    guard data?.isEmpty != true else { throw ValidationError("--data: expected a folder, got an empty name") }
    guard data == nil || size == nil else {
      throw ValidationError("--size is that of the synthetic data set; leave it out with --data")
    }
  }
}
