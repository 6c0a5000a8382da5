import ArgumentParser
import Audio
import Datasets
import Experiments
import Tensors

/// `nightjar data synth`.
struct DataSynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Speak the 200 words of the NeuroBench task with espeak-ng.",
    discussion: """
      Speaker, place, noise and room vary by the seed; one seed gives the same clips each time. An interrupted run \
      goes on where it was. Results on this data are results on synthetic speech, and are labelled so.
      """)

  @Option(name: .long, help: "How many clips: quick (17,500), standard (39,000), paper (90,000).")
  var size: SynthesisOptions.Size = .quick

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where to (default: where `bench` looks, under \(DataFolder.root())).", valueName: "dir"))
  var out: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Which voices and places; another seed is another data set.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(name: .long, help: "The clips' format: flac, opus, wav or ogg.")
  var format: SoundFormat = .flac

  @Option(name: .long, help: ArgumentHelp("The clips' rate.", valueName: "hz"))
  var rate = 16_000

  @Flag(name: .long, help: "Keep kinds of voices apart between splits; more noise, more room.")
  var harder = false

  @Option(name: .long, help: ArgumentHelp("Only the words of these languages: en,fr,fa.", valueName: "list"))
  var languages: WordList?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let words = try Keywords.select(languages: languages?.words)
    let options = SynthesisOptions(
      size: size, seed: seed, format: format, rate: rate, isHarder: harder, words: words)
    let synthesis = SpeechSynthesis(options, folder: out ?? DataFolder.standard(options))
    let wasComplete = synthesis.isComplete
    let folder = try synthesis.run(console: common.console, threads: common.device.threads)
    if wasComplete { common.console.say("this data set was made before") }
    if common.json {
      try StandardOutput().json(DatasetSummary(WordDataset(path: folder)))
    } else {
      try StandardOutput().line(folder)
    }
  }
}

extension SynthesisOptions.Size: ExpressibleByArgument {}
extension SoundFormat: ExpressibleByArgument {}
