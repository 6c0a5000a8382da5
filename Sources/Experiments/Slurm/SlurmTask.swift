import Foundation
import Support

/// A task of a sweep on a node of a cluster: it writes a folder of its own, and nothing else.
public struct SlurmTask {
  public let task: SweepTask
  public let record: SweepRecord
  private let sweep: SweepFolder
  private let path: String

  /// The task with an index in a job array of the sweep in a folder.
  ///
  /// - Throws: `FileError` for a folder that holds no sweep, or not this task.
  public init(sweep path: String, submission number: Int, index: Int, console: Console) throws {
    sweep = try SweepFolder(opening: path, console: console)
    record = try sweep.load()
    let submission = record.submissions.first { $0.number == number }
    guard let submission, submission.tasks.indices.contains(index),
      let task = record.tasks.first(where: { $0.number == submission.tasks[index] })
    else {
      throw FileError("run a task of", path, reason: "job array \(number) has no task \(index)")
    }
    self.task = task
    self.path = sweep.attemptPath(task.number, submission.attempts[index])
  }

  /// Runs `body`, which runs the task in a folder. How it ended is in the folder afterwards, also when `body` failed
  /// before its run began.
  ///
  /// - Throws: `OutputFolderError` where another process has the folder; what `body` throws.
  public func run(_ body: (OutputFolder) throws -> Void) throws {
    let folder = try OutputFolder(path, earlierRun: .kept)
    do { try body(folder) } catch {
      // Another attempt may find space: this one counts as lost.
      if let full = FileError.diskFull(writing: path) {
        unlink(path + "/outcome.json")
        throw full
      }
      guard sweep.outcome(path) == nil, let error = error as? any NightjarError else { throw error }
      try AtomicFile.makeFolder(path)
      let now = ISO8601DateFormatter().string(from: Date())
      let outcome = RunOutcome(
        exitCode: Int(error.exitCode.rawValue), reason: "\(error)", ended: now, seconds: 0, stages: [])
      try ResultFile.write(outcome, to: path + "/outcome.json")
      throw error
    }
  }

  /// The threads that the job has; nil outside a job.
  public static func threads(environment: [String: String] = ProcessInfo.processInfo.environment) -> Int? {
    (environment["SLURM_CPUS_PER_TASK"] ?? environment["SLURM_CPUS_ON_NODE"]).flatMap(Int.init)
  }

  /// The budget of native memory for a job with a limit of memory, in bytes: three quarters of it, since the rest of
  /// the process needs some, too. Nil without a limit.
  public static func memory(environment: [String: String] = ProcessInfo.processInfo.environment) -> Int? {
    // In MB; 0 stands for all of the node's.
    guard let limit = environment["SLURM_MEM_PER_NODE"].flatMap(Int.init), limit > 0 else { return nil }
    return min(limit, 1 << 40) * (1 << 20) / 4 * 3
  }
}
