import ArgumentParser

/// `nightjar data …`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Make, import, check and describe spoken-word data.",
    discussion: """
      A data set is a folder in the layout of the Multilingual Spoken Words Corpus (MSWC): base_train.csv, \
      base_val.csv, base_test.csv, and for each language a folder with evaluation.csv and clips. The distribution \
      itself is used as it is, with --data DIR.
      """,
    subcommands: [
      DataSynthCommand.self, DataImportCommand.self, DataCheckCommand.self, DataInfoCommand.self,
    ])
}
