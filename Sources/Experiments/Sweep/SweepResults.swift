import Figures
import Foundation
import Metrics
import Support

/// The points of a sweep with their accuracies on validation data.
public struct SweepResults: Sendable {
  /// A point that has run.
  public struct Outcome: Sendable {
    public let point: SweepGrid.Point
    /// Its run's name; nil where it failed before it had one.
    public let run: String?
    /// Learner → mean accuracy over sessions and repeats, 0 to 1.
    public let accuracies: [(learner: String, all: Double, new: Double?)]
    /// Why it failed; nil for one that has results.
    public let failure: String?
    /// Data, model, encoder, recipe, ways, shots, sessions, repeats and seeds; nil where it failed.
    fileprivate let description: [ResultTable.Cell]?
  }

  private let grid: SweepGrid
  public private(set) var outcomes: [Outcome] = []
  /// What the numbers are of.
  public private(set) var caption = ""

  /// A sweep before its first point.
  public init(_ grid: SweepGrid) { self.grid = grid }

  /// Adds the results of a point.
  public mutating func add(_ point: SweepGrid.Point, run: String, _ results: BenchResults) {
    caption = [
      results.data.name, results.sessions.map { "\($0.ways) ways, \($0.shots) shots" } ?? "",
      "repeat".counted(results.repeats),
    ].filter { !$0.isEmpty }.joined(separator: "; ")
    outcomes.append(
      Outcome(
        point: point, run: run,
        accuracies: results.learners.map { ($0.name, $0.all.meanOverSessions, $0.new?.meanOverSessions) },
        failure: results.learners.isEmpty ? "no learner has results" : nil,
        description: results.descriptionCells))
  }

  /// Adds a point that failed.
  public mutating func add(_ point: SweepGrid.Point, failure: String) {
    outcomes.append(Outcome(point: point, run: nil, accuracies: [], failure: failure, description: nil))
  }

  /// The point and learner with the highest accuracy on all words; the first of equal ones. Nil when all have failed.
  public var best: (point: SweepGrid.Point, learner: String, accuracy: Double)? {
    var best: (point: SweepGrid.Point, learner: String, accuracy: Double)?
    for outcome in outcomes {
      for one in outcome.accuracies where one.all > best?.accuracy ?? -1 {
        best = (outcome.point, one.learner, one.all)
      }
    }
    return best
  }

  /// One row for each point and learner, the best first; then the points that failed.
  public var table: ResultTable {
    // A learner that is an axis is in its column already.
    let hasLearner = grid.axes.contains { $0.name == "learner" }
    let rows = rows.map { outcome, one -> [ResultTable.Cell] in
      var cells = outcome.point.map { ResultTable.Cell.text($0) }
      if !hasLearner { cells.append(.text(one?.learner ?? "")) }
      return cells + Self.accuracies(one, scale: 100) + outcome.ending
    }
    return ResultTable(
      title: "Accuracy on validation data, mean over sessions and repeats",
      columns: grid.axes.map { .init($0.name) } + (hasLearner ? [] : [.init("learner")])
        + [
          .init("accuracy, %", decimals: 2), .init("new words, %", decimals: 2), .init("run"),
          .init("failure"),
        ],
      rows: rows, caption: caption)
  }

  /// The same for programs: accuracies as fractions, and in each row what it is of.
  public var csv: ResultTable {
    let own = [
      "data", "model", "encoder", "recipe", "ways", "shots", "sessions", "repeats", "seeds", "learner",
    ]
    let axes = grid.axes.indices.filter { !own.contains(grid.axes[$0].name) }
    let rows = rows.map { outcome, one -> [ResultTable.Cell] in
      var cells = outcome.description ?? own.dropLast().map { _ in ResultTable.Cell.empty }
      cells.append(.text(one?.learner ?? ""))
      cells += axes.map { ResultTable.Cell.text(outcome.point[$0]) }
      return cells + Self.accuracies(one, scale: 1) + outcome.ending
    }
    let names = own + axes.map { grid.axes[$0].name } + ["accuracy", "accuracy_new", "run", "failure"]
    return ResultTable(columns: names.map { .init($0) }, rows: rows)
  }

  private typealias LearnerAccuracy = (learner: String, all: Double, new: Double?)

  /// The cells of a learner's accuracies on all and on new words.
  private static func accuracies(_ learner: LearnerAccuracy?, scale: Double) -> [ResultTable.Cell] {
    [learner?.all, learner?.new].map { value in
      if let value { .number(value * scale) } else { .empty }
    }
  }

  /// Every point with each of its learners, ordered by accuracy; equal ones as they were tried.
  private var rows: [(outcome: Outcome, learner: LearnerAccuracy?)] {
    let all = outcomes.flatMap { outcome -> [(outcome: Outcome, learner: LearnerAccuracy?)] in
      outcome.accuracies.isEmpty ? [(outcome, nil)] : outcome.accuracies.map { (outcome, $0) }
    }
    return all.enumerated().sorted { one, other in
      let left = one.element.learner?.all ?? -1
      let right = other.element.learner?.all ?? -1
      return left == right ? one.offset < other.offset : left > right
    }.map(\.element)
  }

  /// The best accuracy (%) over two axes, as a heat map, or over the only one, as a line; nil for more axes.
  ///
  /// - Throws: `FigureError` when every point has failed.
  public func figure() throws -> Figure? {
    guard grid.axes.count <= 2, let columns = grid.axes.last else { return nil }
    let rows = grid.axes.count == 2 ? grid.axes[0].values : ["accuracy"]
    let values = rows.map { row in
      columns.values.map { column in
        let point = grid.axes.count == 2 ? [row, column] : [column]
        let found = outcomes.filter { $0.point == point }.flatMap(\.accuracies).map(\.all).max()
        return found.map { $0 * 100 } ?? .nan
      }
    }
    var options = PlotOptions()
    options.xLabel = columns.name
    options.yLabel = grid.axes.count == 2 ? grid.axes[0].name : ""
    options.caption = caption
    return try Figure.heatmap(
      rows: rows, columns: columns.values, values: values, scale: "accuracy (%) on validation data",
      options: options)
  }
}

extension SweepResults.Outcome {
  /// The cells of its run and of the first line of its failure.
  fileprivate var ending: [ResultTable.Cell] {
    let reason = failure?.split(separator: "\n").first.map(String.init)
    return [.text(run ?? ""), .text(reason ?? "")]
  }
}
