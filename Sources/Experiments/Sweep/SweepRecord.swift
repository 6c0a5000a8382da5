import Support

/// What a sweep runs, and how far it has come: `sweep.json` in its folder, from which it is resumed.
public struct SweepRecord: Codable, Sendable {
  /// The version of the format; it increases when readers must change.
  static let currentFormat = 1

  private(set) var format = currentFormat
  /// The command line of the bench: `bench`, its arguments and options.
  public let words: [String]
  /// The folder in which it was started, where relative paths begin.
  public let folder: String
  public let grid: SweepGrid
  /// Nil where every point runs once, with the same budget.
  public let halving: SuccessiveHalving?
  /// The points that are tried: all of the grid, or those that were drawn.
  public let points: [SweepGrid.Point]
  /// Whether the best point is tested at the end.
  public let isTested: Bool
  /// Slurm's options; nil for a sweep on one machine.
  public let slurm: SlurmOptions?
  /// The tasks so far: those of a later round are known when the round before has ended.
  public internal(set) var tasks: [SweepTask] = []
  /// The job arrays that were submitted, or were about to be.
  var submissions: [SlurmSubmission] = []
  /// Why tasks failed that have left no run, by number.
  var failures: [String: FailedTask] = [:]
  /// The numbers of tasks that are to be submitted as if they were new.
  var resubmitted: [Int] = []

  /// A sweep before its first task.
  public init(
    words: [String], folder: String, grid: SweepGrid, points: [SweepGrid.Point],
    halving: SuccessiveHalving?, isTested: Bool, slurm: SlurmOptions?
  ) {
    self.words = words
    self.folder = folder
    self.grid = grid
    self.points = points
    self.halving = halving
    self.isTested = isTested
    self.slurm = slurm
  }

  /// The words of a command line that a task runs.
  public func words(of task: SweepTask) -> [String] {
    words + ownWords(of: task) + (task.isTest ? [] : ["--validation"])
  }

  /// The part of a task's words that tells it from the others.
  public func ownWords(of task: SweepTask) -> [String] {
    let budget = halving.flatMap { halving in task.budget.map(halving.budget.words) }
    return grid.words(of: task.point) + (budget ?? [])
  }

  /// The numbers of the job arrays, in order.
  public var jobs: [Int] { submissions.compactMap(\.job) }

  /// Adds a task after all others.
  mutating func add(_ point: SweepGrid.Point, budget: String?, isTest: Bool = false) {
    tasks.append(SweepTask(number: tasks.count + 1, point: point, budget: budget, isTest: isTest))
  }
}

/// One bench of a sweep: a point with a budget on validation data, or the test of the best point.
public struct SweepTask: Codable, Sendable, Hashable {
  /// From 1.
  public let number: Int
  public let point: SweepGrid.Point
  /// The value of the setting that is the budget; nil without successive halving.
  public let budget: String?
  public let isTest: Bool

  /// "point 3", or "the test".
  public var title: String { isTest ? "the test" : "point \(number)" }
}

/// Why a task has no run.
struct FailedTask: Codable, Sendable, Hashable {
  let reason: String
  /// Whether the task disappeared, with its node or its disk say; a resumed sweep tries it again.
  let isLost: Bool
}
