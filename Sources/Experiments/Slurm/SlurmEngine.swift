import Foundation
import Support

/// Runs the tasks of a sweep as job arrays of a cluster. README.md beside this file says how.
public struct SlurmEngine: SweepEngine {
  private let options: SlurmOptions
  private let commands: SlurmCommands
  private let isWaiting: Bool
  private let isResumed: Bool
  private let console: Console

  /// An engine that follows the tasks to their end (`isWaiting`) or looks once, and submits tasks that were cancelled
  /// again where `isResumed` is true.
  ///
  /// - Throws: ``SlurmError`` where Slurm is not installed.
  public init(_ options: SlurmOptions, isWaiting: Bool, isResumed: Bool, console: Console) throws {
    self.options = options
    self.isWaiting = isWaiting
    self.isResumed = isResumed
    self.console = console
    commands = try SlurmCommands()
  }

  private static let secondsBetweenLines = 10.0

  public func run(
    _ tasks: [SweepTask], of sweep: SweepFolder, onEnded: () throws -> Void
  ) throws -> SweepRemainder {
    let pass = SlurmPass(sweep, options, commands, console)
    try sweep.updating { record in
      try pass.recover(&record)
      let new = tasks.map(\.number).filter {
        record.resubmitted.contains($0) || pass.lastSubmission(of: $0, in: record) == nil
      }
      try pass.submit(new, asRetry: false, &record)
      record.resubmitted = []
    }
    var cancelled: Set<Int> = []
    var pause = Pause()
    var said = ""
    var lastSaid = Date.distantPast
    var isFirst = true
    while true {
      var counts = SlurmCounts()
      do {
        counts = try sweep.updating { try pass.gather(tasks, &$0) }
      } catch let error as ProgramError {
        // The controller restarts, or is busy: tasks run without it.
        guard isWaiting else { throw error }
        if said != error.reason { console.warn("\(error); trying again") }
        said = error.reason
        try pause.wait()
        continue
      }
      // What was cancelled before this command began runs again: that is what it was resumed for.
      if isFirst, isResumed, !counts.cancelled.isEmpty {
        try sweep.updating { try pass.submit(counts.cancelled, asRetry: false, &$0) }
        counts.waiting += counts.cancelled.count
        counts.cancelled = []
      }
      isFirst = false
      cancelled.formUnion(counts.cancelled)
      if counts.ended > 0 {
        try onEnded()
        pause = Pause()
      }
      let isOver = counts.running + counts.waiting == 0 || !isWaiting
      // Plain lines, which may go to a file: at most one in some seconds.
      if counts.text != said, isOver || Date().timeIntervalSince(lastSaid) > Self.secondsBetweenLines {
        console.say("slurm: \(counts.text)")
        said = counts.text
        lastSaid = Date()
      }
      if isOver {
        var remainder = SweepRemainder()
        remainder.cancelled = cancelled.sorted()
        remainder.running = counts.running + counts.waiting
        return remainder
      }
      try pause.wait()
    }
  }

  /// The time between two looks at the queue: a second after something has happened, then longer and longer, since
  /// every look is work for the controller of the whole cluster.
  private struct Pause {
    private static let longest = 30.0
    private var seconds = 1.0

    mutating func wait() throws {
      let end = Date(timeIntervalSinceNow: seconds)
      while Date() < end {
        try Interruption.check("waiting for Slurm")
        usleep(50_000)
      }
      seconds = min(seconds * 1.3, Self.longest)
    }
  }
}

/// How many tasks are in which state.
struct SlurmCounts: Sendable {
  var done = 0
  var running = 0
  var waiting = 0
  /// Why the first of those waits.
  var reason = ""
  /// The numbers of tasks that were cancelled.
  var cancelled: [Int] = []
  /// How many ended since the last look.
  var ended = 0

  var text: String {
    var parts = ["\(done) done", "\(running) running"]
    let isOrdinary = ["", "None", "Resources", "Priority"].contains(reason)
    if waiting > 0 { parts.append("\(waiting) waiting" + (isOrdinary ? "" : " (\(reason))")) }
    if !cancelled.isEmpty { parts.append("\(cancelled.count) cancelled") }
    return parts.joined(separator: ", ")
  }
}
