import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Support

/// `nightjar verify FILE`.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run a capsule again, and compare the results with those that it states.",
    discussion: """
      A capsule is one file with the Lua files, settings and results of a run, written by `nightjar runs export RUN \
      --capsule FILE`. It is run from nothing, with no file of yours in reach: what it needs beyond its plugins, you \
      grant here. Results are compared bit for bit; on another processor, within a tolerance of \
      \(CapsuleVerification.toleranceAcrossProcessors), relative to numbers above 1. The exit code is 0 when they are \
      the same, else 1.

        nightjar verify m5.capsule
        nightjar verify recordings.capsule --data mine
      """)

  @Argument(help: ArgumentHelp("The capsule.", valueName: "file"), completion: .file())
  var file: String

  @Option(
    name: .long,
    help: ArgumentHelp("The data set of the run, where it was not synthetic speech.", valueName: "dir"))
  var data: String?

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Grant its code a capability: fs.read=DIR, fs.write=DIR, env=NAME. Repeatable.", valueName: "capability"
    ))
  var allow: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "How far numbers may differ (default: by nothing on the same processor).", valueName: "x"),
    transform: { text in
      guard let value = text.decimalNumber, value >= 0 else {
        throw UsageError("'\(text)': expected a number of at least 0")
      }
      return value
    })
  var tolerance: Double?

  @Flag(
    name: .long,
    help: "Use the results of stages in your cache: much faster, but they are not computed again.")
  var cached = false

  @OptionGroup var output: OutputOptions

  @OptionGroup var limits: LimitOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard data?.isEmpty != true else {
      throw UsageError("expected a folder, got an empty name", at: "--data")
    }
  }

  func run() throws {
    let capsule = try Capsule(file)
    let isSame = CapsuleVerification.isSameProcessor(capsule)
    let folder = try output.folder()
    if folder == nil { try AtomicFile.requireWritable("runs") }
    warn(capsule.settings)
    let run = try TemporaryWorkFolder.with { work in
      try capsule.unpack(into: work)
      return try runAgain(
        capsule,
        Repetition(
          sources: RunSources(run: work, settings: capsule.settings), cache: cached ? nil : work + "/cache",
          folder: folder, isQuiet: common.quiet, dataKey: dataKey(of: capsule)))
    }
    let tolerance = tolerance ?? (isSame ? 0 : CapsuleVerification.toleranceAcrossProcessors)
    let verification = CapsuleVerification(capsule, with: run, tolerance: tolerance)
    try report(verification, run, isSame)
    if !verification.isVerified { throw ExitCode.script }
  }

  private func warn(_ settings: RunSettings) {
    let current = RunSettings.currentVersions
    for (name, version) in settings.versions.sorted(by: { $0.key < $1.key }) where current[name] != version {
      let version = version.printable(limit: 50)
      common.console.warn(
        "it ran with \(name.printable(limit: 50)) \(version); this is \(current[name] ?? "without it")")
    }
  }

  /// The key of the data set, of the validation data where that was tested.
  private func dataKey(of capsule: Capsule) -> String? { capsule.settings.experiment?.data.key }

  /// Runs what the capsule states, with nothing granted but what this command line grants.
  private func runAgain(_ capsule: Capsule, _ repetition: Repetition) throws -> String {
    let words = Self.ownWords(BenchCommand.resultOptions(capsule.settings.command))
    let command: any ParsableCommand
    do { command = try NightjarCommand.parseAsRoot(words) } catch {
      throw UsageError("its command is not understood: nightjar \(words.joined(separator: " "))", at: file)
    }
    switch command {
    case var bench as BenchCommand:
      grant(&bench.options)
      bench.data.data = try dataSet(of: bench.data)
      return try bench.repeated(repetition, as: ["nightjar"] + words)
    case var script as RunCommand:
      grant(&script.options)
      script.data.data = try dataSet(of: script.data)
      return try script.repeated(repetition, as: ["nightjar"] + words)
    default:
      throw UsageError("it cannot be run again: nightjar \(words.joined(separator: " "))", at: file)
    }
  }

  /// Puts what this command line grants in place of what the capsule asks for.
  private func grant(_ options: inout GlobalOptions) {
    let wanted = options.allow.filter { !allow.contains($0) }
    if !wanted.isEmpty {
      common.console.warn(
        "the run was granted \(wanted.joined(separator: ", ").printable(limit: 300)); grant it here by --allow"
      )
    }
    options.allow = allow
    options.limits = limits
    options.profiling.profile = nil
    options.common = common
  }

  /// The reader's data set in place of that of the run; nil for synthetic speech.
  private func dataSet(of data: DataOptions) throws -> String? {
    guard (data.data != nil) == (self.data != nil) else {
      throw data.data != nil
        ? UsageError(
          "the run used the data set \(data.data?.printable(limit: 100) ?? ""), which is not in the capsule",
          hint: "name yours with --data", at: file)
        : UsageError("the run used synthetic speech", hint: "leave out --data")
    }
    return self.data
  }

  /// A command line without the folders of plugins: its sources have all that was found there.
  private static func ownWords(_ words: [String]) -> [String] {
    var own: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--plugins" {
        rest = rest.dropFirst()
      } else if !word.hasPrefix("--plugins=") {
        own.append(word)
      }
    }
    return own
  }

  private func report(_ verification: CapsuleVerification, _ run: String, _ isSame: Bool) throws {
    let output = StandardOutput()
    if common.json {
      return try output.json(
        Described(
          run: run, verified: verification.isVerified, sameProcessor: isSame,
          tolerance: verification.tolerance,
          files: verification.table.objects))
    }
    try output.write(verification.table.text)
    try output.line("")
    let how = verification.tolerance == 0 ? "bit for bit" : "within \(verification.tolerance)"
    let processor = isSame ? "" : "; it was made on another processor"
    try output.line(
      verification.isVerified
        ? "verified \(how)\(processor): the results are those of the capsule (\(run))"
        : "not verified\(processor): results differ (\(run))")
  }

  /// What `--json` prints.
  private struct Described: Encodable {
    let run: String
    let verified: Bool
    let sameProcessor: Bool
    let tolerance: Double
    let files: [[String: SettingValue]]
  }
}
