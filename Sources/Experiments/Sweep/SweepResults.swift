import Foundation
import Metrics
import Support

/// The points of a sweep with their accuracies on validation data, as far as they have ended.
public struct SweepResults: Sendable {
  /// A point that has ended.
  public struct Outcome: Sendable {
    public let task: SweepTask
    /// Its run's name; nil where it failed before it had one.
    public let run: String?
    /// Learner → mean accuracy over sessions and repeats, 0 to 1.
    public let accuracies: [(learner: String, all: Double, new: Double?)]
    /// Why it failed; nil for one that has results.
    public let failure: String?
    /// What it is of; nil where it failed.
    let results: BenchResults?

    /// Its accuracy with its best learner; nil where no learner has results.
    public var accuracy: Double? { accuracies.map(\.all).max() }
  }

  let grid: SweepGrid
  let halving: SuccessiveHalving?
  public let outcomes: [Outcome]
  /// What the numbers are of.
  public let caption: String

  /// The results of a sweep that are there, without those of the test.
  public init(_ record: SweepRecord, in folder: SweepFolder) {
    grid = record.grid
    halving = record.halving
    outcomes = record.tasks.filter { !$0.isTest }.compactMap { task in
      folder.ending(of: task, in: record).map { Outcome(task, $0, run: folder.runPath(task)) }
    }
    caption = Self.caption(of: outcomes.compactMap(\.results))
  }

  /// The point and learner with the highest accuracy on all words, of those with the largest budget that has results;
  /// the first of equal ones. Nil when all have failed.
  public var best: (task: SweepTask, learner: String, accuracy: Double)? {
    var best: (task: SweepTask, learner: String, accuracy: Double)?
    let budget = outcomes.last { $0.accuracy != nil }?.task.budget
    for outcome in outcomes where outcome.task.budget == budget {
      for one in outcome.accuracies where one.all > best?.accuracy ?? -1 {
        best = (outcome.task, one.learner, one.all)
      }
    }
    return best
  }

  /// The points that have results with a budget, the best first; equal ones as they were tried.
  func ranking(budget: String?) -> [SweepGrid.Point] {
    let ended = outcomes.filter { $0.task.budget == budget && $0.accuracy != nil }
    return ended.enumerated().sorted { one, other in
      (-(one.element.accuracy ?? 0), one.offset) < (-(other.element.accuracy ?? 0), other.offset)
    }.map(\.element.task.point)
  }

  /// Plugins whose files were changed while the sweep ran: its points are not all of the same code.
  public var changedPlugins: [String] {
    var keys: [String: Set<String>] = [:]
    for plugin in outcomes.flatMap({ $0.results?.plugins ?? [] }) {
      keys[plugin.plugin, default: []].insert(plugin.key)
    }
    return keys.filter { $0.value.count > 1 }.keys.sorted()
  }
}

extension SweepResults.Outcome {
  fileprivate init(_ task: SweepTask, _ ending: SweepFolder.Ending, run path: String) {
    self.task = task
    run = FileStatus(path) == nil ? nil : URL(fileURLWithPath: path).lastPathComponent
    switch ending {
    case .done(let results):
      self.results = results
      accuracies = results.learners.map { ($0.name, $0.all.meanOverSessions, $0.new?.meanOverSessions) }
      failure = results.learners.isEmpty ? "no learner has results" : nil
    case .failed(let reason):
      results = nil
      accuracies = []
      failure = reason
    }
  }
}
