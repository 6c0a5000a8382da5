import Foundation
import Support
import Synchronization

/// The folder of a sweep, `runs/2025-03-01-142530-sweep`, and the runs of its tasks beside it.
///
///     sweep.json                     what it runs, and how far it has come
///     points.csv, points.txt         the points so far; points-figure at the end
///     tasks/3.1/                     the first attempt at task 3 on a cluster, until it is gathered
///     tasks/log-1-0.txt              what the first task of the first job array has printed
///
/// A run that has ended is `runs/2025-03-01-142530-sweep-point-3` or `…-sweep-test`.
public struct SweepFolder: Sendable {
  public let path: String
  private let console: Console
  private let results = ResultMemory()

  /// The folder of a sweep that exists.
  ///
  /// - Throws: `FileError` for a folder without `sweep.json`.
  public init(opening path: String, console: Console) throws {
    guard FileStatus("\(path)/sweep.json") != nil else {
      throw FileError("open the sweep", path, reason: "it has no sweep.json")
    }
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.console = console
  }

  /// Creates the folder of a new sweep under `runs`.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public init(creating record: SweepRecord, console: Console) throws {
    path = try RunFolder.create(named: "sweep", console: console).path
    self.console = console
    try AtomicFile.makeFolder(tasks)
    try save(record)
  }

  /// The last sweep under `runs` that has not ended, if any.
  public static func lastUnfinished(console: Console) -> SweepFolder? {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: "runs")) ?? []).sorted()
    for name in names.reversed() {
      guard let folder = try? SweepFolder(opening: "runs/\(name)", console: console),
        let record = try? folder.load(), !folder.isFinished(record)
      else { continue }
      return folder
    }
    return nil
  }

  /// The folder of attempts and of what they print.
  var tasks: String { path + "/tasks" }

  /// - Throws: `FileError` for a record that is missing, damaged, or of a newer version.
  public func load() throws -> SweepRecord {
    let file = path + "/sweep.json"
    let record = try ResultFile.read(SweepRecord.self, from: file)
    guard record.format <= SweepRecord.currentFormat else {
      throw FileError("read", file, reason: "a newer version of nightjar has written it")
    }
    return record
  }

  /// - Throws: `FileError` when it cannot be written.
  func save(_ record: SweepRecord) throws { try ResultFile.write(record, to: path + "/sweep.json") }

  /// Runs `body` with the record, while no other process changes it, and saves what `body` has changed.
  ///
  /// - Throws: `FileError`, and what `body` throws; the record is saved then, too.
  func updating<Result>(_ body: (inout SweepRecord) throws -> Result) throws -> Result {
    let lock = try FolderLock(path)
    defer { lock.release() }
    var record = try load()
    let before = try ResultFile.encode(record)
    let result = Swift.Result { try body(&record) }
    if try ResultFile.encode(record) != before { try save(record) }
    return try result.get()
  }

  /// Prepares a resumed sweep: tasks that were lost are tried again, unless the best point is chosen already.
  ///
  /// - Throws: `FileError`.
  public func retryLost() throws {
    try updating { record in
      guard !record.tasks.contains(where: \.isTest) else { return }
      let lost = record.failures.filter(\.value.isLost).keys
      record.resubmitted = lost.compactMap(Int.init).sorted()
      for number in lost { record.failures[number] = nil }
    }
  }

  /// The folder of a task's run, once it is gathered.
  public func runPath(_ task: SweepTask) -> String {
    task.isTest ? "\(path)-test" : "\(path)-point-\(task.number)"
  }

  /// The folder that an attempt at a task writes on a cluster; attempts are counted from 1.
  func attemptPath(_ task: Int, _ attempt: Int) -> String { "\(tasks)/\(task).\(attempt)" }
}

extension SweepFolder {
  /// How a task has ended.
  enum Ending {
    case done(BenchResults)
    case failed(String)
  }

  /// How a task has ended; nil for one that has not, or that was interrupted.
  func ending(of task: SweepTask, in record: SweepRecord) -> Ending? {
    if let failure = record.failures["\(task.number)"] { return .failed(failure.reason) }
    let run = runPath(task)
    if let results = results.known(run) { return .done(results) }
    guard let outcome = outcome(run) else { return nil }
    if outcome.exitCode == 0 {
      do { return .done(try results.read(run)) } catch { return .failed("\(error)") }
    }
    return outcome.isInterrupted ? nil : .failed(outcome.reason ?? "exit code \(outcome.exitCode)")
  }

  /// The run of the best point on test data, with its results.
  ///
  /// - Throws: ``SweepError/testFailed(_:)``.
  public func test(in record: SweepRecord) throws -> (run: String, results: BenchResults) {
    guard let task = record.tasks.first(where: \.isTest) else {
      throw SweepError.testFailed("it was not run")
    }
    switch ending(of: task, in: record) {
    case .done(let results): return (runPath(task), results)
    case .failed(let reason): throw SweepError.testFailed(reason)
    case nil: throw SweepError.testFailed("it has not ended")
    }
  }

  /// How the process of a run or an attempt ended; nil for one that has not, or was killed.
  func outcome(_ folder: String) -> RunOutcome? {
    // The list of the folder is read first: over a network file system, that looks at what other machines have written,
    // where the file alone may be answered from a cache.
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    guard names?.contains("outcome.json") == true else { return nil }
    return try? ResultFile.read(RunOutcome.self, from: folder + "/outcome.json")
  }

  /// Moves the folder of an attempt that has ended to that of the task's run, and stores the run. An attempt that
  /// ended before its run began is only noted.
  ///
  /// - Throws: `FileError` when the folder cannot be moved.
  func gather(_ task: SweepTask, _ attempt: Int, _ outcome: RunOutcome, into record: inout SweepRecord) throws
  {
    let own = attemptPath(task.number, attempt)
    let run = runPath(task)
    guard FileStatus(own + "/settings.json") != nil else {
      let reason = outcome.reason ?? "exit code \(outcome.exitCode)"
      record.failures["\(task.number)"] = FailedTask(reason: reason, isLost: false)
      return
    }
    // Another process, or an earlier attempt, may have been first.
    if FileStatus(run) == nil, rename(own, run) != 0, errno != EEXIST, errno != ENOTEMPTY {
      throw FileError(errnoOf: "move the run to \(run) from", own)
    }
    do { try RunCatalog(console: console).record(run) } catch {
      console.warn("the run is not in the store, only in its folder: \(error)")
    }
  }

  /// Whether nothing is left to do.
  func isFinished(_ record: SweepRecord) -> Bool {
    guard record.tasks.allSatisfy({ ending(of: $0, in: record) != nil }) else { return false }
    var next = record
    return !next.addTasks(after: SweepResults(record, in: self))
  }
}

extension RunOutcome {
  /// Whether somebody stopped it, or the system did.
  var isInterrupted: Bool { exitCode == Int(ExitCode.interrupted.rawValue) }
}

/// Results of runs that have ended, which are read once: a sweep looks at all of them whenever one more has ended.
private final class ResultMemory: Sendable {
  private let byRun = Mutex<[String: BenchResults]>([:])

  func known(_ run: String) -> BenchResults? { byRun.withLock { $0[run] } }

  func read(_ run: String) throws -> BenchResults {
    let results = try ResultFile.read(BenchResults.self, from: run + "/results.json")
    byRun.withLock { $0[run] = results }
    return results
  }
}
