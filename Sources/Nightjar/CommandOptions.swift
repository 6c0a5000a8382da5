import ArgumentParser
import Audio
import Datasets
import Experiments
import Foundation
import LuaHost
import Support
import Tensors

/// The options of every command.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The maximum number of threads (default: one per core).", valueName: "n"),
    transform: IntegerArgument.within(1...1024))
  var threads: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The memory budget of tensors, such as 2GiB (default: half of the machine's memory).",
      valueName: "size"),
    transform: MemorySize.init)
  var memory: MemorySize?

  @Flag(name: .long, help: "Print only results, warnings and errors.")
  var quiet = false

  @Flag(name: .long, help: "Print results as JSON.")
  var json = false

  /// - Throws: ``UsageError`` where a command is to print JSON in both of its forms.
  func requireOneFormat(jsonLines: Bool) throws {
    guard json, jsonLines else { return }
    throw UsageError("--json and --json-lines are different formats", hint: "choose one")
  }

  /// The console for progress and messages.
  var console: Console { Console(quiet: quiet) }

  /// The device for computations.
  var device: Device { Device(memory: memory?.bytes, threads: threads) }
}

/// The value of `--memory`.
struct MemorySize {
  let bytes: Int

  init(_ text: String) throws {
    guard let count = ByteCount(parsing: text), count.bytes >= 1 << 20 else {
      throw UsageError("'\(text)' is not a valid size: expected one such as 500MB or 2GiB, at least 1MB")
    }
    bytes = count.bytes
  }
}

/// The option of every command that runs Lua code.
struct LimitOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Limit a script: \(Limit.examples); none removes a limit. Repeatable.", valueName: "name=amount"))
  var limit: [String] = []

  func validate() throws { _ = try applied(to: Limits()) }

  /// The default limits, with those of the command line in their place.
  ///
  /// - Throws: `LimitSyntaxError` for an unknown name or a bad amount.
  func applied(to defaults: Limits) throws -> Limits {
    var limits = defaults
    for text in limit { try limits.set(text) }
    return limits
  }
}

/// The options of every command that runs scripts or plugins.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Set an option of the script or of a plugin. Repeatable.", valueName: "name=value"),
    completion: .custom { words, _, _ in SettingCompletion(words).keys }, transform: Setting.init)
  var set: [Setting] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The seed of all random numbers.", valueName: "n"),
    transform: IntegerArgument.within(0...UInt64.max))
  var seed: UInt64 = 1

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Search plugins here first, then in ./plugins, ~/.config/nightjar/plugins and the shipped ones. Repeatable.",
      valueName: "dir"), completion: .directory)
  var plugins: [String] = []

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Grant scripts a capability: fs.read=DIR, fs.write=DIR, env=NAME. Repeatable.", valueName: "capability")
  )
  var allow: [String] = []

  @OptionGroup var profiling: ProfileOptions

  @OptionGroup var limits: LimitOptions

  @OptionGroup var common: CommonOptions

  func validate() throws { try Folder.require(plugins, option: "--plugins") }

  /// The options for opening a script host.
  ///
  /// - Throws: `LimitSyntaxError` for a bad `--limit`.
  func hostOptions(name: String = "script", out: OutputFolder? = nil) throws -> HostOptions {
    var options = HostOptions()
    options.limits = try limits.applied(to: .forRuns)
    options.threads = common.threads
    options.memory = common.memory?.bytes
    options.isQuiet = common.quiet
    options.seed = seed
    options.pluginFolders = plugins
    options.grants = allow
    options.profile = profiling.profile?.output
    options.settings = set.map { ($0.name, $0.value) }
    options.name = name
    options.out = out
    options.command = CommandLine.arguments
    return options
  }
}

/// The option of every command that runs scripts or plugins by which it says what they cost.
struct ProfileOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print what each line, plugin and layer costs; with a file, write a trace for chrome://tracing too.",
      valueName: "file.json"), completion: .file(extensions: ["json"]))
  var profile: ProfileArgument?

  /// Checks before any work that the trace can be written.
  func validate() throws {
    guard case .trace(let path) = profile?.output else { return }
    guard path.hasSuffix(".json") else {
      throw UsageError(
        "'\(path.printable(limit: 200))': the file of a trace ends in .json",
        hint: "leave the file out for the table alone", at: "--profile")
    }
    let folder = path.parentFolder
    guard folder.isEmpty || Folder.exists(folder) else {
      throw FileError("write", path, reason: "there is no folder \(folder)")
    }
    try AtomicFile.requireWritable(folder.isEmpty ? "." : folder)
  }

  /// Runs `body`, which opens states on `device`, each of which it gives to the profile; nil where none is asked for.
  ///
  /// - Throws: what `body` throws; `FileError` for a trace that cannot be written.
  func measuring<Result>(
    on device: Device, _ console: Console, _ body: (HostProfile?) throws -> Result
  ) throws -> Result {
    guard let output = profile?.output else { return try body(nil) }
    let profile = HostProfile(output, on: device)
    let result = try profile.measuring { try body(profile) }
    try profile.report(console)
    return result
  }
}

/// The value of `--profile`.
struct ProfileArgument: ExpressibleByArgument {
  let output: ProfileOutput
  /// Stands for the missing file of a bare `--profile`.
  private static let noFile = "-"

  init?(argument: String) {
    output = argument == Self.noFile ? .receipt : .trace(path: argument)
  }

  /// A command line in which `--profile` has a value: that of `--profile FILE.json`, else one that stands for no file.
  static func completing(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var words = arguments[...]
    while let word = words.popFirst() {
      guard word == "--profile" else {
        result.append(word)
        continue
      }
      let file = words.first.map(isFile) == true ? words.popFirst() : nil
      result.append("--profile=\(file ?? noFile)")
    }
    return result
  }

  /// Whether a word after `--profile` names the file of its trace: also one with a wrong ending, which is not there.
  private static func isFile(_ word: String) -> Bool {
    if word.hasSuffix(".json") { return true }
    return !word.hasPrefix("-") && !word.hasSuffix(".lua") && word.contains(/\w\.\w+$/)
      && !FileManager.default.fileExists(atPath: word)
  }
}

/// The options that name the folder of a run.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("The run's folder (default: a new one under ./runs).", valueName: "dir"))
  var out: String?

  @Flag(name: .long, help: "Replace the run that is in the folder of --out.")
  var overwrite = false

  func validate() throws {
    guard out?.isEmpty != true else { throw UsageError("expected a folder, got an empty name", at: "--out") }
    guard !overwrite || out != nil else {
      throw UsageError("--overwrite replaces the run in the folder of --out", hint: "name one with --out")
    }
  }

  /// The folder; nil for a new one.
  ///
  /// - Throws: `OutputFolderError` or `FileError` for one that cannot be used.
  func folder() throws -> OutputFolder? {
    try out.map { try OutputFolder($0, earlierRun: overwrite ? .replaced : .kept) }
  }
}

/// The option of commands that save figures in a run's folder.
struct FigureOptions: ParsableArguments {
  private static let formats = ["png", "svg", "pdf"]

  @Option(
    name: .long,
    help: ArgumentHelp("The formats of figures, separated by commas: png, svg, pdf.", valueName: "formats"))
  var figure = "png"

  func validate() throws {
    guard !names.isEmpty else { throw UsageError("expected a format", at: "--figure") }
    if let unknown = names.first(where: { !Self.formats.contains($0) }) {
      throw UsageError(
        "'\(unknown)' is not a format of figures",
        hint: "the formats are \(Self.formats.joined(separator: ", "))",
        at: "--figure")
    }
  }

  /// The formats, each once.
  var names: [String] {
    figure.split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }.reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }
}

/// The options of commands whose runs other programs follow.
struct FollowOptions: ParsableArguments {
  @Flag(
    name: .customLong("json-lines"),
    help: "Print what happens as one JSON object a line, with its event: start, log, print, result, end.")
  var jsonLines = false

  @Flag(
    name: .customLong("tensorboard"),
    help: "Write an event file into the run's folder, for `tensorboard --logdir runs`.")
  var tensorBoard = false
}

/// The option of commands that write one file.
struct ReplacingOptions: ParsableArguments {
  @Flag(name: .long, help: "Replace the file if it exists.")
  var overwrite = false

  /// Checks, before any work, that a file can be written.
  ///
  /// - Throws: ``UsageError`` for a file that exists, without `--overwrite`; `FileError` where its folder cannot be
  ///   written.
  func check(_ path: String, as argument: String) throws {
    guard overwrite || FileStatus(path) == nil else {
      throw UsageError(
        "the file exists already", hint: "name another, or replace it with --overwrite", at: argument)
    }
    let folder = path.parentFolder
    guard folder.isEmpty || Folder.exists(folder) else {
      throw FileError("write", path, reason: "there is no folder \(folder)")
    }
    try AtomicFile.requireWritable(folder.isEmpty ? "." : folder)
  }
}

/// Integers on the command line.
enum IntegerArgument {
  /// Reads a number within a range; says what was expected otherwise.
  static func within<Number: FixedWidthInteger & Sendable>(
    _ range: ClosedRange<Number>
  ) -> @Sendable (String) throws -> Number {
    { text in
      guard let number = Number(text), range.contains(number) else {
        let bounds =
          range.upperBound == .max
          ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        throw UsageError("'\(text)': expected an integer \(bounds)")
      }
      return number
    }
  }
}

/// One `--set name=value`.
struct Setting {
  let name: String
  let value: String

  init(_ text: String) throws {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw UsageError("'\(text)' has no value", hint: "write it as name=value")
    }
    name = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }
}

/// The options that select a data set.
struct DataOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("A data set in MSWC's layout (default: synthetic speech).", valueName: "dir"))
  var data: String?

  @Option(name: .long, help: "The size of the synthetic data set: quick, standard or paper (default: quick).")
  var size: SynthesisOptions.Size?

  func validate() throws {
    guard data?.isEmpty != true else {
      throw UsageError("expected a folder, got an empty name", at: "--data")
    }
    guard data == nil || size == nil else {
      throw UsageError("--size only applies to the synthetic data set", hint: "leave it out with --data")
    }
  }
}

/// The options that say how clips are read.
struct ReadingOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The sample rate that clips are read at (default: the data set's, or the most frequent one).",
      valueName: "hz"), transform: IntegerArgument.within(ClipReading.rates))
  var rate: Int?

  @Flag(name: .long, help: "Use the loudest second of each clip, not the first.")
  var align = false

  var value: ClipReading { ClipReading(rate: rate, isAligned: align) }
}

/// Words separated by commas.
struct WordList: ExpressibleByArgument {
  let words: [String]

  init?(argument: String) {
    words = argument.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    if words.isEmpty { return nil }
  }
}
