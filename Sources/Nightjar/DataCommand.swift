import ArgumentParser
import Audio
import Datasets
import Experiments
import Support

/// `nightjar data …`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Make, record, import, check and describe data sets of spoken words.",
    discussion: """
      A data set is a folder in the layout of the Multilingual Spoken Words Corpus (MSWC): base_train.csv, \
      base_val.csv, base_test.csv, and for each language a folder with evaluation.csv and clips. MSWC itself can be \
      used directly, with --data DIR.
      """,
    subcommands: [
      DataSynthCommand.self, DataImportCommand.self, DataCheckCommand.self, DataInfoCommand.self,
      DataRecordCommand.self,
    ])
}

/// `nightjar data synth`.
struct DataSynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Synthesize the 200 words of the NeuroBench task with espeak-ng.",
    discussion: """
      Speaker, position, noise and reverberation are random; the same seed produces the same clips. An interrupted \
      run continues where it stopped. Results on this data are labelled as results on synthetic speech.
      """)

  @Option(name: .long, help: "The number of clips: quick (17,500), standard (39,000), paper (90,000).")
  var size: SynthesisOptions.Size = .quick

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The data set's folder (default: the one that `bench` uses, under \(UserFolder.data.path())).",
      valueName: "dir"))
  var out: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The seed; another seed makes another data set.", valueName: "n"),
    transform: IntegerArgument.within(0...UInt64.max))
  var seed: UInt64 = 1

  @Option(name: .long, help: "The clips' format: flac, opus, wav or ogg.")
  var format: SoundFormat = .flac

  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("The clips' sample rate.", valueName: "hz"),
    transform: IntegerArgument.within(1...1_000_000))
  var rate = 16_000

  @Flag(name: .long, help: "Use different voice variants in each split, more noise and more reverberation.")
  var harder = false

  @Option(
    name: .long, help: ArgumentHelp("Only the words of these languages, such as en,fr,fa.", valueName: "list")
  )
  var languages: WordList?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let words = try Keywords.select(languages: languages?.words)
    let options = SynthesisOptions(
      size: size, seed: seed, format: format, rate: rate, isHarder: harder, words: words)
    let synthesis = SpeechSynthesis(options, folder: out ?? DataFolder.standard(options))
    let wasComplete = synthesis.isComplete
    let folder = try synthesis.run(console: common.console, threads: common.device.threads)
    if wasComplete { common.console.say("this data set exists already") }
    if common.json {
      try StandardOutput().json(DatasetSummary(WordDataset(path: folder)))
    } else {
      try StandardOutput().line(folder)
    }
  }
}

extension SynthesisOptions.Size: ExpressibleByArgument {}
extension SoundFormat: ExpressibleByArgument {}

/// `nightjar data import SOURCE --out DIR`.
struct DataImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import your own recordings, or MSWC's archive, as a data set.",
    discussion: """
      SOURCE is a folder per word (SOURCE/yes/anna_1.wav), one folder of word_speaker_take.wav files, folders \
      train, val and test with a folder per word in each, or an archive of these or of MSWC's layout (.tar, .tar.gz, \
      .tar.xz, .zip). Lists of splits, as Speech Commands and MSWC have them, are followed. Sound files are not \
      converted. 60 % of the words become base words and the rest are learned in \
      sessions, unless --base or --session say otherwise; where speakers are known, no two splits have one in common.
      """)

  @Argument(help: "A folder or an archive.", completion: .file())
  var source: String

  @Option(name: .long, help: ArgumentHelp("The new data set's folder.", valueName: "dir"))
  var out: String

  @Option(name: .long, help: ArgumentHelp("The base words, such as yes,no,stop.", valueName: "words"))
  var base: WordList?

  @Option(name: .long, help: ArgumentHelp("The words to learn in sessions.", valueName: "words"))
  var session: WordList?

  @Flag(name: .long, help: "All words are base words: a closed set, with nothing to learn in sessions.")
  var closed = false

  @Option(name: .long, help: ArgumentHelp("The language code.", valueName: "code"))
  var language = "xx"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The seed that distributes clips over the splits.", valueName: "n"),
    transform: IntegerArgument.within(0...UInt64.max))
  var seed: UInt64 = 1

  @OptionGroup var reading: ReadingOptions

  @Flag(name: .long, help: "Skip clips that cannot be read.")
  var skipBad = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !closed || (base == nil && session == nil) else {
      throw UsageError(
        "all words of a closed set are base words", hint: "leave out --base and --session", at: "--closed")
    }
  }

  func run() throws {
    let options = ImportOptions(
      base: base?.words, session: closed ? [] : session?.words, language: language, seed: seed,
      skipsBad: skipBad,
      reading: reading.value)
    let report = try DatasetImport(source: source, destination: out, options: options).run(
      console: common.console, threads: common.device.threads)
    if common.json {
      try StandardOutput().json(DatasetSummary(WordDataset(path: report.path)))
    } else {
      try StandardOutput().line(report.description)
    }
  }
}

/// `nightjar data check DIR`.
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Open every clip of a data set and list those that cannot be used.",
    discussion: """
      Each is reported with its list and row. The exit code is 3 if there are any, or clips with the same sound and \
      different words. Warned of are copies in two splits, speakers of training and test, several rates, and clips \
      that are silent, late, clipped, off zero or beyond full scale.
      """)

  @Argument(
    help: ArgumentHelp("The data set (default: the quick synthetic one).", valueName: "dir"),
    completion: .directory)
  var path: String?

  @Flag(name: .long, help: "Read only headers and lengths: fast, but damaged samples go unnoticed.")
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
  /// The clips of each kind of problem in their sound.
  let findings: [String: [String]]
  let rate: Int?
  let rates: [RateCount]
  let contradictions: [String]
  let leaks: [String]
  let speakers: SpeakerTable?
  let warnings: [String]

  init(_ check: DatasetCheck) {
    path = check.dataset.path
    checked = check.checked
    bad = check.bad.map { BadClip(file: $0.file, row: $0.row, path: $0.path, reason: $0.reason) }
    longer = check.longer
    shorter = check.shorter
    silent = check.audit.findings[.silent]?.count ?? 0
    findings = Dictionary(uniqueKeysWithValues: check.audit.findings.map { ($0.key.rawValue, $0.value) })
    rate = check.audit.rate
    rates = check.audit.rates
    contradictions = check.audit.contradictions
    leaks = check.audit.leaks
    speakers = check.speakers
    warnings = check.warnings.map(\.description)
  }
}

/// `nightjar data info [DIR]`.
struct DataInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Describe a data set: words, clips, languages, origin.")

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
