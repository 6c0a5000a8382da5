import ArgumentParser
import Experiments
import Support

/// `nightjar sweep-task`, which the job arrays of a sweep run.
struct SweepTaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep-task", abstract: "Run one task of a sweep; job arrays call it.", shouldDisplay: false)

  @Argument(help: "The sweep's folder.")
  var sweep: String

  @Option(name: .long, help: "The number of the job array in the sweep.")
  var submission: Int

  @Option(name: .long, help: "The index of the task in the job array.")
  var index: Int

  func run() throws {
    let job = try SlurmTask(
      sweep: sweep, submission: submission, index: index, console: Console(quiet: false))
    let words = job.record.words(of: job.task)
    try job.run { folder in
      let cores = SlurmTask.threads()
      try SweepCommand.bench(words).runTask(as: ["nightjar"] + words, in: folder, cores: cores) { options in
        options.isStored = false
        options.threads = options.threads ?? cores
        options.memory = options.memory ?? SlurmTask.memory()
      }
    }
  }
}
