import ArgumentParser
import Experiments
import Figures
import Foundation
import Support

/// `nightjar sweep bench …`.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Run a bench with every combination of values, and test the best one.",
    discussion: """
      Validation data decides: base words are tested on their validation clips, and sessions draw from the clips that \
      supports are drawn from. The test is run once, with the best point. A point that fails does not stop the others.

        nightjar sweep bench --learner ridge --grid learner.lambda=0.001,0.01,0.1
        nightjar sweep bench --grid recipe.lr=0.001,0.01 --grid learner=cosine,fecam --random 3
        nightjar sweep bench --data mine --seeds 1,2,3 --grid model=m5,resnet1d
        nightjar sweep bench --grid recipe.lr=0.001,0.003,0.01,0.03 --halving recipe.epochs=3,6,12
        nightjar sweep bench --grid model=m5,resnet1d --engine slurm --slurm "--partition=short --time=30"
        nightjar sweep --resume

      With --halving, all points run with the first budget and only the best of them with the next one.
      """)

  /// Where the tasks of a sweep run.
  enum Engine: String, ExpressibleByArgument, CaseIterable {
    case local, slurm
  }

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The values of a setting, or of model, learner, recipe, encoder. Repeatable.", valueName: "name=values")
  )
  var grid: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Only so many points of the grid, drawn at random.", valueName: "n"),
    transform: IntegerArgument.within(1...100_000))
  var random: Int?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Successive halving: the budget of each round, such as recipe.epochs=3,6,12 or repeats=5,20.",
      valueName: "name=values"))
  var halving: String?

  @Flag(name: .customLong("no-test"), help: "Leave out the test of the best point.")
  var noTest = false

  @Option(
    name: .long, help: "Where points run: local, one after another, or slurm, as job arrays of a cluster.")
  var engine = Engine.local

  @Option(
    name: .customLong("slurm"), parsing: .unconditional,
    help: ArgumentHelp(
      "Options of sbatch for the points, such as \"--partition=short --mem=4G --array=%8\" (at most 8 at once).",
      valueName: "options"))
  var slurmOptions: String?

  @Flag(name: .long, help: "With --engine slurm: submit, or gather what has ended, and do not wait.")
  var detach = false

  @Flag(name: .long, help: "Resume a sweep by its folder, or the last one that has not ended.")
  var resume = false

  @Flag(name: .long, help: "Print the points, the best one and its test as JSON.")
  var json = false

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp(
      "`bench` with its arguments and options; with --resume, the sweep's folder.", valueName: "bench"))
  var words: [String] = []

  func validate() throws {
    if resume { return try validateResume() }
    guard words.first == "bench" else {
      throw UsageError(
        words.first.map { "'\($0)' cannot be swept" } ?? "there is nothing to sweep",
        hint: "write `nightjar sweep bench … --grid recipe.lr=0.001,0.01`")
    }
    for option in ["--out", "--overwrite", "--validation", "--json-lines"]
    where words.contains(option) {
      throw UsageError("a sweep takes no \(option)", hint: "each point has a folder of its own under ./runs")
    }
    guard engine == .slurm || (slurmOptions == nil && !detach) else {
      throw UsageError(
        "\(detach ? "--detach" : "--slurm") is for points that run on a cluster", hint: "add --engine slurm")
    }
    _ = try newRecord()
  }

  private func validateResume() throws {
    guard words.count <= 1, words.first?.hasPrefix("-") != true, grid.isEmpty, random == nil, halving == nil,
      !noTest,
      slurmOptions == nil, engine == .local
    else {
      throw UsageError(
        "--resume goes on with a sweep as it was started",
        hint: "give it the sweep's folder alone, or nothing")
    }
  }

  /// The sweep that the command line describes.
  private func newRecord() throws -> SweepRecord {
    let grid = try SweepGrid(grid)
    let halving = try halving.map(SuccessiveHalving.init)
    if let name = halving?.budget.name, grid.axes.contains(where: { $0.name == name }) {
      throw SweepError.budgetInGrid(name)
    }
    let base = try Self.bench(words)
    return SweepRecord(
      words: words, folder: FileManager.default.currentDirectoryPath, grid: grid,
      points: random.map { grid.randomPoints($0, seed: base.options.seed) } ?? grid.points, halving: halving,
      isTested: !noTest, slurm: engine == .slurm ? try SlurmOptions(slurmOptions ?? "") : nil)
  }

  func run() throws {
    if resume { return try resumeSweep() }
    let record = try newRecord()
    let console = try Self.bench(words).options.common.console
    try AtomicFile.requireWritable("runs")
    let engine = try engine(of: record, console)
    try run(record, SweepFolder(creating: record, console: console), on: engine, console)
  }

  private func resumeSweep() throws {
    let console = Console(quiet: false)
    let found = try words.first.map { try SweepFolder(opening: $0, console: console) }
    guard let sweep = found ?? SweepFolder.lastUnfinished(console: console) else {
      throw UsageError("no sweep in ./runs was interrupted", at: "--resume")
    }
    let record = try sweep.load()
    guard record.folder == FileManager.default.currentDirectoryPath else {
      throw UsageError("the sweep was started in \(record.folder)", hint: "resume it there", at: sweep.path)
    }
    guard record.slurm != nil || !detach else {
      throw UsageError("--detach is for points that run on a cluster", at: sweep.path)
    }
    console.say("resuming \(sweep.path): nightjar sweep \(record.words.joined(separator: " "))")
    try sweep.retryLost()
    try run(record, sweep, on: engine(of: record, console), console)
  }

  private func engine(of record: SweepRecord, _ console: Console) throws -> any SweepEngine {
    if let options = record.slurm {
      return try SlurmEngine(options, isWaiting: !detach, isResumed: resume, console: console)
    }
    return LocalEngine(console: console) { task, record, folder in
      let words = record.words(of: task)
      try Self.bench(words).runTask(as: ["nightjar"] + words, in: folder)
    }
  }

  private func run(
    _ record: SweepRecord, _ sweep: SweepFolder, on engine: any SweepEngine, _ console: Console
  ) throws {
    let command = "`nightjar sweep --resume \(sweep.path)`"
    do {
      let (results, remainder) = try SweepRunner(sweep, on: engine, console: console).run()
      try report(results, sweep, isComplete: remainder.isEmpty)
      if remainder.running > 0 {
        return console.say(
          "\("task".counted(remainder.running)) on the cluster; \(command) follows and gathers them")
      }
      guard remainder.cancelled.isEmpty else {
        console.warn("\("task".counted(remainder.cancelled.count)) cancelled; \(command) runs them again")
        throw ExitCode.interrupted
      }
    } catch let error as InterruptionError {
      let jobs = try sweep.load().jobs.map(String.init).joined(separator: " ")
      console.say(
        jobs.isEmpty
          ? "\(command) goes on"
          : "the tasks run on; \(command) follows and gathers them, `scancel \(jobs)` ends them")
      throw error
    } catch let error as any NightjarError where error.exitCode == .data {
      console.say("\(command) goes on")
      throw error
    }
  }

  /// Prints the points, and the test of the best one.
  private func report(_ results: SweepResults, _ sweep: SweepFolder, isComplete: Bool) throws {
    for plugin in results.changedPlugins {
      Console(quiet: false).warn(
        "\(plugin) was changed while the sweep ran: not all points are of the same code")
    }
    if json { return try reportJSON(results, sweep, isComplete: isComplete) }
    let output = StandardOutput()
    if !results.outcomes.isEmpty { try output.write(results.table.text) }
    guard isComplete else {
      return try output.line(
        results.outcomes.isEmpty ? "no point has ended, \(sweep.path)" : "saved so far in \(sweep.path)")
    }
    guard let best = results.best else { throw SweepError.nothingWorked(points: results.outcomes.count) }
    let figure = try results.figure()
    try output.write("\n" + figure.text(width: 100))
    try save(figure, in: sweep)
    try output.line("saved in \(sweep.path)")
    let record = try sweep.load()
    guard record.isTested else { return }
    try output.line(
      "best on validation data: \(record.ownWords(of: best.task).joined(separator: " ")), \(best.learner)")
    let (run, test) = try sweep.test(in: record)
    try output.write("\nThe test, run once with the best point:\n\n" + test.mainTable.text)
    try output.line("saved in \(run)")
  }

  /// Writes the figure of all points into the sweep's folder.
  func save(_ figure: Figure, in sweep: SweepFolder) throws {
    try RunFolder(opening: sweep.path).write(figure, named: "points-figure")
  }

  /// The bench that words state.
  ///
  /// - Throws: ``UsageError`` for words that no bench has; a request for its help.
  static func bench(_ words: [String]) throws -> BenchCommand {
    guard let bench = try NightjarCommand.parsed(words) as? BenchCommand else {
      throw UsageError("expected a bench", at: words.joined(separator: " "))
    }
    return bench
  }
}
