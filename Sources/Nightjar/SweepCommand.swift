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
    for option in ["--out", "--resume", "--overwrite", "--validation", "--json"] where words.contains(option)
    {
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
    let folder = try RunFolder.create(named: "sweep", console: console)
    var results = SweepResults(grid)
    for (number, point) in points.enumerated() {
      let own = grid.words(of: point)
      console.say("point \(number + 1) of \(points.count): \(own.joined(separator: " "))")
      do {
        let command = words + own + ["--validation"]
        let (run, measured) = try bench(command).point(of: "sweep-point", as: ["nightjar"] + command)
        results.add(point, run: URL(fileURLWithPath: run).lastPathComponent, measured)
      } catch let error as any NightjarError where error.exitCode != .interrupted {
        console.warn("point \(number + 1) failed: \(error)")
        results.add(point, failure: "\(error)")
      }
      // After every point, so that a sweep that is stopped has what was done.
      try folder.write(csv: results.csv, text: results.table, named: "points")
    }
    try report(results, folder, console)
    guard let best = results.best else { throw SweepError.nothingWorked(points: points.count) }
    if !noTest { try test(grid, best, console) }
  }

  private func report(_ results: SweepResults, _ folder: RunFolder, _ console: Console) throws {
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
    _ grid: SweepGrid, _ best: (point: SweepGrid.Point, learner: String, accuracy: Double), _ console: Console
  ) throws {
    let command = words + grid.words(of: best.point)
    let output = StandardOutput()
    try output.line(
      "best on validation data: \(grid.words(of: best.point).joined(separator: " ")), \(best.learner)")
    let (run, results) = try bench(command).point(of: "sweep-test", as: ["nightjar"] + command)
    try output.write("\nThe test, run once with the best point:\n\n" + results.mainTable.text)
    try output.line("saved in \(run)")
  }

  /// - Throws: the parser's error for words that no bench has.
  private func bench(_ words: [String]) throws -> BenchCommand {
    guard let bench = try NightjarCommand.parseAsRoot(words) as? BenchCommand else {
      throw UsageError("expected a bench", at: words.joined(separator: " "))
    }
    return bench
  }
}
