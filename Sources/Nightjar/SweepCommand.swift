import ArgumentParser
import Experiments
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

      A sweep that was interrupted or killed goes on with the same command and --resume: points that are done are not \
      run again.
      """)

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

  @Flag(name: .customLong("no-test"), help: "Leave out the test of the best point.")
  var noTest = false

  @Flag(name: .long, help: "Resume the last interrupted sweep of this command, in its folder.")
  var resume = false

  @Flag(name: .long, help: "Print the points, the best one and its test as JSON.")
  var json = false

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("`bench` with its arguments and options.", valueName: "bench"))
  var words: [String] = []

  func validate() throws {
    guard words.first == "bench" else {
      throw UsageError(
        words.first.map { "'\($0)' cannot be swept" } ?? "there is nothing to sweep",
        hint: "write `nightjar sweep bench … --grid recipe.lr=0.001,0.01`")
    }
    for option in ["--out", "--resume", "--overwrite", "--validation", "--json-lines"]
    where words.contains(option) {
      throw UsageError("a sweep takes no \(option)", hint: "each point has a folder of its own under ./runs")
    }
    _ = try SweepGrid(grid)
    _ = try bench(words)
  }

  func run() throws {
    let grid = try SweepGrid(grid)
    let base = try bench(words)
    try AtomicFile.requireWritable("runs")
    let points = random.map { grid.randomPoints($0, seed: base.options.seed) } ?? grid.points
    let console = base.options.common.console
    let command = BenchCommand.resultOptions(CommandLine.arguments)
    var progress =
      try resume ? SweepProgress.interrupted(command) : SweepProgress.create(command, console: console)
    let folder = try RunFolder(opening: progress.folder, console: console)
    var results = SweepResults(grid)
    for (number, point) in points.enumerated() {
      let own = grid.words(of: point)
      console.say("point \(number + 1) of \(points.count): \(own.joined(separator: " "))")
      do {
        let (run, measured) = try result(of: "sweep-point", words + own + ["--validation"], &progress)
        results.add(point, run: URL(fileURLWithPath: run).lastPathComponent, measured)
      } catch let error as any NightjarError where error.exitCode != .interrupted {
        console.warn("point \(number + 1) failed: \(error)")
        results.add(point, failure: "\(error)")
      }
      // After every point, so that a sweep that is stopped has what was done.
      try folder.write(csv: results.csv, text: results.table, named: "points")
    }
    if !json { try report(results, folder) }
    guard let best = results.best else { throw SweepError.nothingWorked(points: points.count) }
    let test = noTest ? nil : try test(grid, best, &progress)
    try progress.finish()
    if json { try StandardOutput().json(Described(folder.path, grid, results, best, test)) }
  }

  /// The results of a bench of the sweep: those of an earlier process that has finished it, or of its run.
  private func result(
    of kind: String, _ command: [String], _ progress: inout SweepProgress
  ) throws -> (folder: String, results: BenchResults) {
    let command = ["nightjar"] + command
    if let done = progress.finished(kind, command) { return done }
    let started = try resume ? progress.started(kind, command) : nil
    let own = try bench(Array(command.dropFirst())).point(of: kind, as: command, in: started)
    try progress.note(own.folder, command)
    return own
  }

  private func report(_ results: SweepResults, _ folder: RunFolder) throws {
    let output = StandardOutput()
    try output.write(results.table.text)
    if results.best != nil, let figure = try results.figure() {
      try output.write("\n" + figure.text(width: 100))
      try folder.write(figure, named: "points-figure")
    }
    try output.line("saved in \(folder.path)")
  }

  /// Runs the best point on the test data, which no point has seen.
  private func test(
    _ grid: SweepGrid, _ best: (point: SweepGrid.Point, learner: String, accuracy: Double),
    _ progress: inout SweepProgress
  ) throws -> (folder: String, results: BenchResults) {
    let own = grid.words(of: best.point)
    let output = StandardOutput()
    if !json {
      try output.line("best on validation data: \(own.joined(separator: " ")), \(best.learner)")
    }
    let test = try result(of: "sweep-test", words + own, &progress)
    if !json {
      try output.write("\nThe test, run once with the best point:\n\n" + test.results.mainTable.text)
      try output.line("saved in \(test.folder)")
    }
    return test
  }

  /// What `--json` prints.
  private struct Described: Encodable {
    let folder: String
    let points: [[String: SettingValue]]
    let best: [String: SettingValue]
    let test: BenchResults?
    let testFolder: String?

    init(
      _ folder: String, _ grid: SweepGrid, _ results: SweepResults,
      _ best: (point: SweepGrid.Point, learner: String, accuracy: Double),
      _ test: (folder: String, results: BenchResults)?
    ) {
      self.folder = folder
      points = results.csv.objects
      var fields = Dictionary(zip(grid.axes.map(\.name), best.point.map(SettingValue.string))) { $1 }
      fields["learner"] = .string(best.learner)
      fields["accuracy"] = .number(best.accuracy)
      self.best = fields
      self.test = test?.results
      testFolder = test?.folder
    }
  }

  /// - Throws: the parser's error for words that no bench has.
  private func bench(_ words: [String]) throws -> BenchCommand {
    guard let bench = try NightjarCommand.parseAsRoot(words) as? BenchCommand else {
      throw UsageError("expected a bench", at: words.joined(separator: " "))
    }
    return bench
  }
}
