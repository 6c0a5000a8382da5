/// A job array: some tasks of a sweep that were submitted together.
struct SlurmSubmission: Codable, Sendable, Hashable {
  /// From 1.
  let number: Int
  /// The name of the job, by which it is found again when its number was not recorded.
  let name: String
  /// The tasks' numbers, by their index in the array.
  let tasks: [Int]
  /// The attempt at each of the tasks, from 1.
  let attempts: [Int]
  /// Whether it is a retry of lost tasks, which are not tried a third time.
  let isRetry: Bool
  /// The number of the job array; nil until Slurm has answered.
  var job: Int?
}

/// The state of a task in Slurm.
package enum SlurmState: Sendable, Hashable {
  case waiting(reason: String)
  case running(node: String)
  /// It has ended; `text` is Slurm's word for how, such as `NODE_FAIL`.
  case ended(text: String, node: String)
  /// It was cancelled by a user or by an administrator.
  case cancelled

  /// A state by the word that `squeue` and `sacct` have for it, such as `CANCELLED by 1000`.
  package init(_ text: String, reason: String = "", node: String = "") {
    switch text.prefix(while: { $0 != " " && $0 != "+" }) {
    case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD":
      self = .waiting(reason: reason)
    case "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING":
      self = .running(node: node)
    case "CANCELLED": self = .cancelled
    default: self = .ended(text: text, node: node)
    }
  }
}

/// Which task of which job array, by the job's name.
package struct SlurmTaskName: Sendable, Hashable {
  package let job: String
  package let index: Int

  package init(job: String, index: Int) {
    self.job = job
    self.index = index
  }
}

/// What Slurm knows of some job arrays.
package struct SlurmQueue: Sendable, Hashable {
  /// The numbers of the job arrays by their names.
  package var jobs: [String: Int] = [:]
  package var states: [SlurmTaskName: SlurmState] = [:]

  /// The columns of `squeue` that are read.
  static let format = "%F|%K|%T|%N|%r|%j"

  /// Nothing.
  package init() {}

  /// Reads lines of `squeue --array` in ``format``.
  package init(squeue text: String) {
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 6, let job = Int(cells[0]) else { continue }
      add(job, cells[5], cells[1], SlurmState(cells[2], reason: cells[4], node: cells[3]))
    }
  }

  /// Reads lines of `sacct --parsable2 --array --format=JobID,State,NodeList,JobName`.
  package init(sacct text: String) {
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      let parts = cells[0].split(separator: "_", maxSplits: 1).map(String.init)
      guard cells.count == 4, parts.count == 2, let job = Int(parts[0]) else { continue }
      add(job, cells[3], parts[1].filter { !"[]".contains($0) }, SlurmState(cells[1], node: cells[2]))
    }
  }

  /// Adds tasks of one state: `3`, or of tasks that were cancelled before they ran, `2,4-9%8`.
  private mutating func add(_ job: Int, _ name: String, _ indices: String, _ state: SlurmState) {
    for part in indices.prefix(while: { $0 != "%" }).split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { continue }
      jobs[name] = job
      for index in first...last { states[SlurmTaskName(job: name, index: index)] = state }
    }
  }

  /// Adds what another source knows of tasks that this one does not.
  package mutating func merge(_ other: SlurmQueue) {
    jobs.merge(other.jobs) { own, _ in own }
    states.merge(other.states) { own, _ in own }
  }
}
