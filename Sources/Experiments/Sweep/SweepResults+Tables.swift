import Figures
import Support

extension SweepResults {
  /// One row for each point and learner, the largest budget and then the best first; then the points that failed.
  public var table: ResultTable {
    // A learner that is an axis is in its column already.
    let hasLearner = grid.axes.contains { $0.name == "learner" }
    let rows = rows.map { outcome, one -> [ResultTable.Cell] in
      var cells = outcome.task.values.map { ResultTable.Cell.text($0) }
      if !hasLearner { cells.append(.text(one?.learner ?? "")) }
      return cells + Self.accuracies(one, scale: 100) + outcome.ending(within: Self.maxReason)
    }
    return ResultTable(
      title: "Accuracy on validation data, mean over sessions and repeats",
      columns: settings.map { .init($0) } + (hasLearner ? [] : [.init("learner")])
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
    let axes = settings.indices.filter { !own.contains(settings[$0]) }
    let rows = rows.map { outcome, one -> [ResultTable.Cell] in
      var cells = outcome.results?.descriptionCells ?? own.dropLast().map { _ in ResultTable.Cell.empty }
      cells.append(.text(one?.learner ?? ""))
      cells += axes.map { ResultTable.Cell.text(outcome.task.values[$0]) }
      return cells + Self.accuracies(one, scale: 1) + outcome.ending()
    }
    let names = own + axes.map { settings[$0] } + ["accuracy", "accuracy_new", "run", "failure"]
    return ResultTable(columns: names.map { .init($0) }, rows: rows)
  }

  /// The names of what differs between tasks: the axes, and the budget.
  private var settings: [String] { grid.axes.map(\.name) + (halving.map { [$0.budget.name] } ?? []) }

  /// What a table shows of a failure, which was said in full when the point failed, in characters.
  private static let maxReason = 80

  private typealias LearnerAccuracy = (learner: String, all: Double, new: Double?)

  /// The cells of a learner's accuracies on all and on new words.
  private static func accuracies(_ learner: LearnerAccuracy?, scale: Double) -> [ResultTable.Cell] {
    [learner?.all, learner?.new].map { value in
      if let value { .number(value * scale) } else { .empty }
    }
  }

  /// Every point with each of its learners, ordered by budget and accuracy; equal ones as they were tried.
  private var rows: [(outcome: Outcome, learner: LearnerAccuracy?)] {
    let all = outcomes.flatMap { outcome -> [(outcome: Outcome, learner: LearnerAccuracy?)] in
      outcome.accuracies.isEmpty ? [(outcome, nil)] : outcome.accuracies.map { (outcome, $0) }
    }
    func order(_ row: (outcome: Outcome, learner: LearnerAccuracy?)) -> (Double, Double) {
      (-(row.outcome.task.budget.flatMap(Double.init) ?? 0), -(row.learner?.all ?? -1))
    }
    return all.enumerated().sorted { one, other in
      let left = order(one.element)
      let right = order(other.element)
      return left == right ? one.offset < other.offset : left < right
    }.map(\.element)
  }

  /// More rows than this cannot be told apart in a figure.
  private static let maxRows = 40

  /// A heat map of the accuracy (%): the last axis across, the others down, one row for each choice of their values
  /// that has results. A point counts with the largest budget that it had.
  ///
  /// - Throws: `FigureError` when every point has failed.
  public func figure() throws -> Figure {
    var accuracies: [SweepGrid.Point: Double] = [:]
    for outcome in outcomes {
      if let accuracy = outcome.accuracy { accuracies[outcome.task.point] = accuracy * 100 }
    }
    var order: [SweepGrid.Point] = []
    var best: [SweepGrid.Point: Double] = [:]
    for outcome in outcomes {
      guard let accuracy = accuracies[outcome.task.point] else { continue }
      let row = Array(outcome.task.point.dropLast())
      if best[row] == nil { order.append(row) }
      best[row] = max(best[row] ?? 0, accuracy)
    }
    let columns = grid.axes.last ?? grid.axes[0]
    var options = PlotOptions()
    options.caption = caption
    if let halving { options.caption += "; each point with its largest \(halving.budget.name)" }
    if order.count > Self.maxRows {
      options.caption += "; the best \(Self.maxRows) of \(order.count) rows"
      let limit = order.compactMap { best[$0] }.sorted(by: >)[Self.maxRows - 1]
      order = Array(order.filter { best[$0] ?? 0 >= limit }.prefix(Self.maxRows))
    }
    options.xLabel = columns.name
    options.yLabel = grid.axes.dropLast().map(\.name).joined(separator: ", ")
    return try Figure.heatmap(
      rows: order.map { $0.isEmpty ? "accuracy" : $0.joined(separator: ", ") }, columns: columns.values,
      values: order.map { row in columns.values.map { accuracies[row + [$0]] ?? .nan } },
      scale: "accuracy (%) on validation data", options: options)
  }
}

extension SweepTask {
  /// Its values of the axes, and of the budget.
  fileprivate var values: [String] { point + (budget.map { [$0] } ?? []) }
}

extension SweepResults.Outcome {
  /// The cells of its run and of the first line of its failure, up to a number of characters.
  fileprivate func ending(within limit: Int = .max) -> [ResultTable.Cell] {
    let reason = failure?.split(separator: "\n").first.map(String.init) ?? ""
    return [.text(run ?? ""), .text(reason.count > limit ? reason.prefix(limit - 1) + "…" : reason)]
  }
}
