import ArgumentParser
import Foundation
import Support
import Synchronization

/// Reads mutated files in child processes, in search of crashes, hangs, leaks and whatever else their trial finds.
struct MutationHunt<Kind: MutatedFiles>: Sendable {
  let files: Int
  let seed: UInt64
  let jobs: Int
  /// Seconds a file may take.
  let patience: Double
  /// Findings after which it ends.
  let most: Int
  /// Where files are kept that something went wrong with.
  let folder: String

  /// Hunts; gives the number of findings.
  func run() throws -> Int {
    try AtomicFile.makeFolder(folder)
    let kind = try Kind()
    let found = Mutex(0)
    let failed = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: jobs) { job in
      do { try hunt(kind, job, found) } catch { failed.withLock { $0 = error } }
    }
    if let error = failed.withLock({ $0 }) { throw error }
    let count = found.withLock { $0 }
    let result = count == 0 ? "no finding" : "\(count) findings in \(folder)"
    say("fuzz: \(files) \(Kind.name), seed \(seed): \(result)")
    return count
  }

  private func hunt(_ kind: Kind, _ job: Int, _ found: borrowing Mutex<Int>) throws {
    var number = job
    while number < files, found.withLock({ $0 }) < most {
      guard let failure = try firstFailure(from: &number, job) else { continue }
      found.withLock { $0 += 1 }
      let (origin, bytes) = kind.file(seed: seed, number: number)
      let stem = "\(folder)/\(Kind.name)-\(seed)-\(number)"
      try AtomicFile.write(bytes, to: "\(stem).bin")
      try AtomicFile.write((origin.map { "\($0)\n" } ?? "") + failure.report, to: "\(stem).txt")
      say("fuzz: \(stem).bin\(origin.map { " (\($0))" } ?? ""): \(failure.signature)")
      number += jobs
    }
  }

  /// Follows a child that reads each `jobs`th file from `number` on, which counts along; nil when it ended well.
  private func firstFailure(from number: inout Int, _ job: Int) throws -> Failure? {
    let options = ["--seed", "\(seed)", "--first", "\(number)", "--step", "\(jobs)", "--files", "\(files)"]
    let child = try Child.start(["\(Kind.name)-work"] + options, errors: "\(folder)/errors.\(job)")
    while true {
      switch child.next(within: patience) {
      case .line(let line): number = (Int(line) ?? number) + jobs
      case .silence:
        child.kill()
        return Failure(hangAfter: patience)
      case .end(let status): return Failure(status: status, words: child.lastWords)
      }
    }
  }

  private func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Hunts with mutated files of a kind.
struct MutationHuntCommand<Kind: MutatedFiles>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: Kind.name, abstract: Kind.abstract)
  }

  @Option(help: "Files to read.") var files = 100_000
  @Option(help: "What the files follow from.") var seed: UInt64 = 1
  @Option(help: "Processes side by side.") var jobs = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Seconds a file may take.") var patience = 20.0
  @Option(help: "Findings after which it ends.") var most = 20
  @Option(help: "Where files are kept that something went wrong with.") var out = ".build/fuzz-findings"

  func run() throws {
    let hunt = MutationHunt<Kind>(
      files: files, seed: seed, jobs: max(1, jobs), patience: patience, most: most, folder: out)
    if try hunt.run() > 0 { throw ExitCode(1) }
  }
}

/// Reads mutated files from a seed, one after the other; says the number after each.
struct MutationWorkCommand<Kind: MutatedFiles>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "\(Kind.name)-work", shouldDisplay: false)
  }

  @Option var seed: UInt64
  @Option var first: Int
  @Option var step: Int
  @Option var files: Int

  func run() throws {
    let kind = try Kind()
    let trial = try kind.trial()
    try inChild {
      for number in stride(from: first, to: files, by: step) {
        try trial.run(kind.file(seed: seed, number: number).bytes, number: number)
        try FileHandle.standardOutput.write(contentsOf: Data("\(number)\n".utf8))
      }
    }
  }
}
