import Foundation
import Support

/// Where the tasks of a sweep run: in this process, or on a cluster.
public protocol SweepEngine {
  /// Brings tasks to their end; `onEnded` is called whenever some of them have ended.
  ///
  /// - Returns: tasks that have not ended and will not by themselves: still running when the engine does not wait, or
  ///   cancelled.
  /// - Throws: what ends the sweep for now, such as `InterruptionError`. The failure of a task is no error.
  func run(_ tasks: [SweepTask], of sweep: SweepFolder, onEnded: () throws -> Void) throws -> SweepRemainder
}

/// Tasks that an engine has left.
public struct SweepRemainder: Sendable {
  /// The numbers of tasks that somebody has cancelled.
  public var cancelled: [Int] = []
  /// How many run or wait to run.
  public var running = 0

  public var isEmpty: Bool { cancelled.isEmpty && running == 0 }

  /// Nothing.
  public init() {}
}

/// Takes a sweep through its rounds and its test, and writes the table of its points.
public struct SweepRunner {
  private let sweep: SweepFolder
  private let engine: any SweepEngine
  private let console: Console

  /// A sweep, new or resumed, and where it runs.
  public init(_ sweep: SweepFolder, on engine: any SweepEngine, console: Console) {
    self.sweep = sweep
    self.engine = engine
    self.console = console
  }

  /// Runs what has not run; returns the results, and what is left where the engine does not bring all to its end.
  ///
  /// - Throws: what ends the sweep for now; it can be resumed.
  public func run() throws -> (results: SweepResults, remainder: SweepRemainder) {
    while true {
      let record = try sweep.load()
      let open = record.tasks.filter { sweep.ending(of: $0, in: record) == nil }
      if !open.isEmpty {
        let remainder = try engine.run(open, of: sweep) { try save() }
        guard remainder.isEmpty else { return (try save(), remainder) }
      }
      let results = try save()
      guard try sweep.updating({ $0.addTasks(after: results) }) else { return (results, SweepRemainder()) }
    }
  }

  /// Writes the table of the points so far, so that a sweep that is stopped has what was done.
  @discardableResult
  private func save() throws -> SweepResults {
    let results = SweepResults(try sweep.load(), in: sweep)
    if !results.outcomes.isEmpty {
      try RunFolder(opening: sweep.path, console: console).write(
        csv: results.csv, text: results.table, named: "points")
    }
    return results
  }
}
