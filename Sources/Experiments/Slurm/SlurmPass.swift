import Foundation
import Support

/// One look at the tasks of a sweep on a cluster: what has ended is gathered, what was lost is submitted once more. The
/// caller holds the sweep's lock.
struct SlurmPass {
  private let sweep: SweepFolder
  private let options: SlurmOptions
  private let commands: SlurmCommands
  private let console: Console

  init(_ sweep: SweepFolder, _ options: SlurmOptions, _ commands: SlurmCommands, _ console: Console) {
    self.sweep = sweep
    self.options = options
    self.commands = commands
    self.console = console
  }

  /// The last job array with a task; nil if it was never submitted.
  func lastSubmission(of task: Int, in record: SweepRecord) -> SlurmSubmission? {
    record.submissions.last { $0.tasks.contains(task) }
  }

  /// Settles what became of a job array whose submission was interrupted before Slurm's answer was recorded.
  ///
  /// - Throws: `ProgramError` while Slurm cannot be reached.
  func recover(_ record: inout SweepRecord) throws {
    let unknown = record.submissions.filter { $0.job == nil }.map(\.name)
    if unknown.isEmpty { return }
    let jobs = try commands.queue(of: unknown).jobs
    for index in record.submissions.indices where record.submissions[index].job == nil {
      record.submissions[index].job = jobs[record.submissions[index].name]
    }
    record.submissions.removeAll { $0.job == nil }
  }

  /// Submits tasks, in as many job arrays as the cluster's limit of their size makes it.
  ///
  /// - Throws: `ProgramError` with what sbatch says; `FileError`.
  func submit(_ tasks: [Int], asRetry isRetry: Bool, _ record: inout SweepRecord) throws {
    if tasks.isEmpty { return }
    let size = try commands.maxArraySize()
    for first in stride(from: 0, to: tasks.count, by: size) {
      let part = Array(tasks[first..<min(first + size, tasks.count)])
      let number = (record.submissions.map(\.number).max() ?? 0) + 1
      let folder = URL(fileURLWithPath: sweep.path).lastPathComponent
      let attempts = part.map { task in record.submissions.count { $0.tasks.contains(task) } + 1 }
      record.submissions.append(
        SlurmSubmission(
          number: number, name: "nightjar-\(folder)-\(number)", tasks: part, attempts: attempts,
          isRetry: isRetry))
      // First the intention: after a kill, or an answer that was lost, the job is found by its name.
      try sweep.save(record)
      try submit(record.submissions.count - 1, &record)
      try sweep.save(record)
    }
  }

  private func submit(_ index: Int, _ record: inout SweepRecord) throws {
    let submission = record.submissions[index]
    let script = "\(sweep.tasks)/submission-\(submission.number).sh"
    try AtomicFile.write(text(of: submission, record), to: script)
    let limit = options.maxRunning.map { "%\($0)" } ?? ""
    let job = try commands.submit(
      options.arguments + [
        "--job-name=\(submission.name)", "--array=0-\(submission.tasks.count - 1)\(limit)",
        // Who retries what is decided here alone.
        "--no-requeue", "--chdir=\(record.folder)", "--output=\(sweep.tasks)/log-\(submission.number)-%a.txt",
        script,
      ])
    record.submissions[index].job = job
    console.say("slurm: job \(job) has \("task".counted(submission.tasks.count))")
  }

  /// The batch script of a job array. The program replaces the shell, so that it gets the signals of scancel itself.
  private func text(of submission: SlurmSubmission, _ record: SweepRecord) -> String {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
    let folder = sweep.path.hasPrefix("/") ? sweep.path : "\(record.folder)/\(sweep.path)"
    return """
      #!/bin/sh
      exec \(quoted(Installation.executable)) sweep-task \(quoted(folder)) --submission \(submission.number) \
      --index "$SLURM_ARRAY_TASK_ID"

      """
  }

  /// Looks at the queue and at the tasks' folders; moves the runs of those that have ended, and submits lost ones
  /// again.
  ///
  /// - Throws: `ProgramError` while Slurm cannot be reached; `FileError` for a disk that is full, say.
  func gather(_ tasks: [SweepTask], _ record: inout SweepRecord) throws -> SlurmCounts {
    try recover(&record)
    let open = tasks.filter { sweep.ending(of: $0, in: record) == nil }
    var counts = SlurmCounts()
    counts.done = tasks.count - open.count
    // The queue first: a task that ends after this look has a folder by the time that is looked at.
    let queue = try queue(of: open, record)
    var lost: [(task: Int, text: String)] = []
    for task in open {
      if try gatherEnded(task, &record) {
        counts.done += 1
        counts.ended += 1
        continue
      }
      switch state(of: task, queue, record) {
      case .running: counts.running += 1
      case .waiting(let reason):
        counts.waiting += 1
        if counts.reason.isEmpty { counts.reason = reason }
      case .cancelled: counts.cancelled.append(task.number)
      case .ended(let text, let node): lost.append((task.number, text + (node.isEmpty ? "" : " on \(node)")))
      }
    }
    try retry(lost, &counts, &record)
    return counts
  }

  /// Gathers the first attempt at a task that has come to an end; returns whether there is one.
  private func gatherEnded(_ task: SweepTask, _ record: inout SweepRecord) throws -> Bool {
    let attempts = record.submissions.count { $0.tasks.contains(task.number) }
    for attempt in stride(from: 1, through: attempts, by: 1) {
      guard let outcome = sweep.outcome(sweep.attemptPath(task.number, attempt)), !outcome.isInterrupted
      else {
        continue
      }
      try sweep.gather(task, attempt, outcome, into: &record)
      return true
    }
    return false
  }

  /// The queue; where it knows nothing of a task any more, the accounting.
  private func queue(of open: [SweepTask], _ record: SweepRecord) throws -> SlurmQueue {
    let submissions = Set(open.compactMap { lastSubmission(of: $0.number, in: record) })
    if submissions.isEmpty { return SlurmQueue() }
    var queue = try commands.queue(of: submissions.map(\.name).sorted())
    let missing = submissions.filter { submission in
      submission.tasks.indices.contains {
        queue.states[SlurmTaskName(job: submission.name, index: $0)] == nil
      }
    }
    queue.merge(commands.accounting(of: missing.compactMap(\.job)))
    return queue
  }

  /// A task that Slurm knows nothing of has ended.
  private func state(of task: SweepTask, _ queue: SlurmQueue, _ record: SweepRecord) -> SlurmState {
    guard let submission = lastSubmission(of: task.number, in: record),
      let index = submission.tasks.firstIndex(of: task.number)
    else { return .ended(text: "never submitted", node: "") }
    return queue.states[SlurmTaskName(job: submission.name, index: index)]
      ?? .ended(text: "unknown to Slurm", node: "")
  }

  /// Submits lost tasks again; those that were lost twice have failed.
  private func retry(
    _ lost: [(task: Int, text: String)], _ counts: inout SlurmCounts, _ record: inout SweepRecord
  ) throws {
    var again: [Int] = []
    for (task, text) in lost {
      guard let submission = lastSubmission(of: task, in: record), submission.isRetry else {
        console.warn("task \(task) was lost (\(text)); it is submitted again")
        again.append(task)
        continue
      }
      let index = submission.tasks.firstIndex(of: task) ?? 0
      let log = "\(sweep.tasks)/log-\(submission.number)-\(index).txt"
      let reason = "lost twice, the last time \(text); what it printed is in \(log)"
      record.failures["\(task)"] = FailedTask(reason: reason, isLost: true)
      counts.done += 1
      counts.ended += 1
    }
    try submit(again, asRetry: true, &record)
    counts.waiting += again.count
  }
}
