import ArgumentParser
import Foundation
import Support
import Synchronization

/// Reads mutated sound files in child processes, in search of crashes, hangs and disagreements with libsndfile.
struct SoundHunt: Sendable {
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
    let seeds = try SoundSeeds()
    let found = Mutex(0)
    let failed = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: jobs) { job in
      do { try hunt(job, found, seeds) } catch { failed.withLock { $0 = error } }
    }
    if let error = failed.withLock({ $0 }) { throw error }
    let count = found.withLock { $0 }
    say(
      "fuzz: \(files) sounds, seed \(seed): \(count == 0 ? "no finding" : "\(count) findings in \(folder)")")
    return count
  }

  private func hunt(_ job: Int, _ found: borrowing Mutex<Int>, _ seeds: SoundSeeds) throws {
    var number = job
    while number < files, found.withLock({ $0 }) < most {
      let options = ["--seed", "\(seed)", "--first", "\(number)", "--step", "\(jobs)", "--files", "\(files)"]
      let child = try Child.start(["sounds-work"] + options, errors: "\(folder)/errors.\(job)")
      var failure: Failure?
      reading: while true {
        switch child.next(within: patience) {
        case .line(let line): number = (Int(line) ?? number) + jobs
        case .silence:
          child.kill()
          failure = Failure(hangAfter: patience)
          break reading
        case .end(let status):
          failure = Failure(status: status, words: child.lastWords)
          break reading
        }
      }
      guard let failure else { continue }
      found.withLock { $0 += 1 }
      var mutation = SoundMutation(of: seeds, seed: seed, number: number)
      let (name, bytes) = mutation.make()
      let stem = "\(folder)/sounds-\(seed)-\(number)"
      try AtomicFile.write(Data(bytes), to: "\(stem).bin")
      try AtomicFile.write("\(name)\n\(failure.report)", to: "\(stem).txt")
      say("fuzz: \(stem).bin (\(name)): \(failure.signature)")
      number += jobs
    }
  }

  private func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Mutated sound files.
struct SoundsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sounds", abstract: "Reads so many mutated sound files and compares with libsndfile")

  @Option(help: "Files to read.") var files = 100_000
  @Option(help: "What the files follow from.") var seed: UInt64 = 1
  @Option(help: "Processes side by side.") var jobs = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Seconds a file may take.") var patience = 20.0
  @Option(help: "Findings after which it ends.") var most = 20
  @Option(help: "Where files are kept that something went wrong with.") var out = ".build/fuzz-findings"

  func run() throws {
    let hunt = SoundHunt(
      files: files, seed: seed, jobs: max(1, jobs), patience: patience, most: most, folder: out)
    if try hunt.run() > 0 { throw ExitCode(1) }
  }
}

/// Mutated sounds from a seed, one after the other; says the number after each.
struct SoundsWorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "sounds-work", shouldDisplay: false)

  @Option var seed: UInt64
  @Option var first: Int
  @Option var step: Int
  @Option var files: Int

  func run() throws {
    let seeds = try SoundSeeds()
    let folder = FileManager.default.temporaryDirectory.path + "/nightjar-sounds-\(getpid())"
    try AtomicFile.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trial = SoundTrial(folder: folder)
    try inChild {
      for number in stride(from: first, to: files, by: step) {
        var mutation = SoundMutation(of: seeds, seed: seed, number: number)
        try trial.run(mutation.make().bytes)
        try FileHandle.standardOutput.write(contentsOf: Data("\(number)\n".utf8))
      }
    }
  }
}
