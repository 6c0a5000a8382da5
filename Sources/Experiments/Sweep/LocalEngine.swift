import Support

/// Runs the tasks of a sweep one after another in this process.
public struct LocalEngine: SweepEngine {
  private let console: Console
  private let body: (SweepTask, SweepRecord, OutputFolder) throws -> Void

  /// An engine that runs each task in a folder by `body`.
  public init(
    console: Console, body: @escaping (SweepTask, SweepRecord, OutputFolder) throws -> Void
  ) {
    self.console = console
    self.body = body
  }

  public func run(
    _ tasks: [SweepTask], of sweep: SweepFolder, onEnded: () throws -> Void
  ) throws -> SweepRemainder {
    let record = try sweep.load()
    for task in tasks {
      let title = task.isTest ? task.title : "\(task.title) of \(record.tasks.count)"
      console.say("\(title): \(record.ownWords(of: task).joined(separator: " "))")
      let path = sweep.runPath(task)
      do { try body(task, record, OutputFolder(path, earlierRun: .replaced)) } catch let error
        as OutputFolderError where error.isInUse
      {
        // Another process runs this sweep: that is no failure of the point.
        throw error
      } catch let error as any NightjarError where error.exitCode != .interrupted {
        console.warn("\(task.title) failed: \(error)")
        // Where the run has begun, its folder says so.
        if sweep.outcome(path) == nil {
          try sweep.updating {
            $0.failures["\(task.number)"] = FailedTask(reason: "\(error)", isLost: false)
          }
        }
      }
      // It would run again and again.
      guard try sweep.ending(of: task, in: sweep.load()) != nil else {
        throw FileError("read", path + "/outcome.json", reason: "how the run ended was not recorded")
      }
      try onEnded()
    }
    return SweepRemainder()
  }
}
