import ArgumentParser
import Experiments
import Foundation
import RunStore
import Support

/// `nightjar runs rerun RUN`.
struct RunsRerunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun",
    abstract: "Run a run again with the Lua files that it has kept, and compare the results bit for bit.",
    discussion: """
      It runs in the folder in which the run was started, into a new run. The exit code is 1 when results differ. \
      Stages in the cache are reused; with --fresh, everything is computed again.
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run"))
  var name = "latest"

  @Flag(name: .long, help: "Use nothing from the cache.")
  var fresh = false

  @OptionGroup var sharing: ProcessOptions

  /// Where the process that this one helps has its cache.
  @Option(name: .long, help: .private)
  var cache: String?

  @OptionGroup var output: OutputOptions

  @OptionGroup var options: RunsOptions

  func run() throws {
    if let part = sharing.part { return try run(part) }
    let catalog = options.catalog
    let found = try catalog.reading { try catalog.find(name, in: $0) }
    let original = URL(fileURLWithPath: catalog.path(found.folder)).path
    let settings = try ResultFile.read(RunSettings.self, from: original + "/settings.json")
    let sources = try RunSources(run: original, settings: settings)
    warn(settings)
    let out = try output.out.map { path in
      try OutputFolder(URL(fileURLWithPath: path).path, earlierRun: output.overwrite ? .replaced : .kept)
    }
    if let folder = settings.folder, !FileManager.default.changeCurrentDirectoryPath(folder) {
      options.common.console.warn("\(folder), in which it was started, is gone: it runs here")
    }
    let again = try withCache { cache in
      var repetition = Repetition(sources: sources, cache: cache, folder: out, isQuiet: options.common.quiet)
      repetition.common = options.common
      repetition.processes = sharing.processes
      repetition.helper = ["runs", "rerun", original] + (cache.map { ["--cache", $0] } ?? [])
      return try Self.repeating(repetition, settings.command)
    }
    try report(RunReproduction(original, again), again)
  }

  /// Runs a part of the repeats of the run in a folder, for the process that started this one.
  private func run(_ part: BenchPart) throws {
    let settings = try ResultFile.read(RunSettings.self, from: name + "/settings.json")
    var repetition = Repetition(
      sources: try RunSources(run: name, settings: settings), cache: cache, folder: nil, isQuiet: true)
    repetition.common = options.common
    let words = BenchCommand.resultOptions(settings.command)
    guard let bench = try NightjarCommand.parseAsRoot(words) as? BenchCommand else { HelperRun.giveUp() }
    try bench.run(part, of: repetition, as: settings.command)
  }

  private func warn(_ settings: RunSettings) {
    let current = RunSettings.currentVersions
    for (name, version) in settings.versions.sorted(by: { $0.key < $1.key }) where current[name] != version {
      options.common.console.warn("it ran with \(name) \(version); this is \(current[name] ?? "without it")")
    }
  }

  /// Calls `body` with an empty folder for cached stages where everything is to be computed, else with nil.
  private func withCache(_ body: (String?) throws -> String) throws -> String {
    guard fresh else { return try body(nil) }
    let folder = FileManager.default.temporaryDirectory.path + "/nightjar-rerun-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  /// Runs a command line again; returns the folder of the new run.
  private static func repeating(_ repetition: Repetition, _ command: [String]) throws -> String {
    switch try NightjarCommand.parsed(BenchCommand.resultOptions(command)) {
    case let bench as BenchCommand: return try bench.repeated(repetition, as: command)
    case let script as RunCommand:
      guard repetition.processes ?? 1 == 1 else {
        throw UsageError("a script runs in one process", hint: "leave it out", at: "--processes")
      }
      return try script.repeated(repetition, as: command)
    default: throw UsageError("it cannot be run again: \(command.joined(separator: " "))")
    }
  }

  private func report(_ reproduction: RunReproduction, _ again: String) throws {
    let output = StandardOutput()
    if options.common.json {
      try output.json(["run": [again], "equal": reproduction.equal, "different": reproduction.different])
    } else if reproduction.different.isEmpty {
      try output.line("\(again): equal bit for bit: \(reproduction.equal.joined(separator: ", "))")
    } else {
      try output.line("\(again): these differ: \(reproduction.different.joined(separator: ", "))")
    }
    if !reproduction.different.isEmpty { throw ExitCode.script }
  }
}

/// What a command that is run again uses instead of what it would by itself.
struct Repetition {
  let sources: RunSources
  let cache: String?
  let folder: OutputFolder?
  let isQuiet: Bool
  /// The key that the data set must have; nil for any.
  var dataKey: String?
  /// The threads and the memory to use, which are none of the run's settings.
  var common: CommonOptions?
  /// The command of a process that runs a part of a bench's repeats; nil for none.
  var helper: [String]?
  /// The processes that share the repeats; nil for as many as are useful.
  var processes: Int?

  /// Puts it in place of what the command line says.
  func apply(to options: inout HostOptions) {
    options.sources = sources
    options.cache = cache
    options.out = folder
    options.isQuiet = isQuiet
    if let common {
      options.threads = common.threads
      options.memory = common.memory?.bytes
    }
  }
}
