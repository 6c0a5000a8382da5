import ArgumentParser
import Datasets
import Experiments

/// `nightjar data import SOURCE --out DIR`.
struct DataImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a data set of recordings of your own, or of MSWC's archive.",
    discussion: """
      SOURCE is a folder per word (SOURCE/yes/anna_1.wav), one folder of word_speaker_take.wav files, or MSWC's \
      .tar or .tar.gz. Sound is kept as it is. 60 % of the words become base words and the rest are learned in \
      sessions, unless --base or --session say otherwise; where speakers are known, they are kept apart.
      """)

  @Argument(help: "A folder or an archive.", completion: .file())
  var source: String

  @Option(name: .long, help: ArgumentHelp("The new data set's folder.", valueName: "dir"))
  var out: String

  @Option(name: .long, help: ArgumentHelp("The base words: yes,no,stop.", valueName: "words"))
  var base: WordList?

  @Option(name: .long, help: ArgumentHelp("The words to learn in sessions.", valueName: "words"))
  var session: WordList?

  @Option(name: .long, help: ArgumentHelp("The language's code.", valueName: "code"))
  var language = "xx"

  @Option(name: .long, help: ArgumentHelp("Which clips go to which split.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(name: .long, help: "Leave out clips that cannot be read, instead of stopping.")
  var skipBad = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let options = ImportOptions(
      base: base?.words, session: session?.words, language: language, seed: seed, skipsBad: skipBad)
    let report = try DatasetImport(source: source, destination: out, options: options).run(
      console: common.console, threads: common.device.threads)
    if common.json {
      try StandardOutput().json(DatasetSummary(WordDataset(path: report.path)))
    } else {
      try StandardOutput().line(report.description)
    }
  }
}
