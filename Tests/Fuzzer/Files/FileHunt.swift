import Foundation
import Networks
import Support
import Synchronization
import Tensors

/// Reads mutated state files in child processes, in search of crashes, hangs, leaks and errors of an unexpected kind.
struct FileHunt: Sendable {
  /// The folders of the files that mutations start from.
  static let folders = ["Tests/Fixtures/files", "Tests/Fixtures/golden"]
  /// Larger ones have nothing that smaller ones have not.
  private static let maxBytes = 20_000

  let files: Int
  let seed: UInt64
  let jobs: Int
  /// Seconds a file may take.
  let patience: Double
  /// Findings after which it ends.
  let most: Int
  /// Where files are kept that something went wrong with.
  let folder: String

  /// The files that mutations start from.
  ///
  /// - Throws: `FileError` when there are none.
  static func seeds() throws -> [Data] {
    let endings: Set = ["pt", "ckpt", "npz", "npy", "safetensors"]
    let seeds = folders.flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        .filter { endings.contains(($0 as NSString).pathExtension) }
        .compactMap { FileManager.default.contents(atPath: folder + "/" + $0) }
    }.filter { $0.count <= maxBytes }
    guard !seeds.isEmpty else {
      throw FileError(
        "find the files in", folders[0], reason: "there are none", hint: "start it in the repository")
    }
    return seeds
  }

  /// Hunts; gives the number of findings.
  func run() throws -> Int {
    _ = try Self.seeds()
    try AtomicFile.makeFolder(folder)
    let found = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: jobs) { job in
      do {
        // A hunt that is over has as many findings as it may have.
        try hunt(job) { isNew in
          found.withLock { count in
            if isNew { count += 1 }
            return count >= most
          }
        }
      } catch { say("fuzz: \(error)") }
    }
    let count = found.withLock { $0 }
    say("fuzz: \(files) files, seed \(seed): \(count == 0 ? "no finding" : "\(count) findings in \(folder)")")
    return count
  }

  private func hunt(_ job: Int, _ isOver: (_ isNew: Bool) -> Bool) throws {
    var number = job
    while number < files, !isOver(false) {
      let child = try Child.start(
        [
          "files-work", "--seed", "\(seed)", "--first", "\(number)", "--step", "\(jobs)", "--files",
          "\(files)",
        ],
        errors: "\(folder)/errors.\(job)")
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
      _ = isOver(true)
      var mutation = FileMutation(of: try Self.seeds(), seed: seed, number: number)
      let stem = "\(folder)/files-\(seed)-\(number)"
      try AtomicFile.write(mutation.make(), to: stem + ".bin")
      try AtomicFile.write(failure.report, to: stem + ".txt")
      say("fuzz: \(stem).bin: \(failure.signature)")
      number += jobs
    }
  }

  private func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Reads one mutated file.
struct FileTrial {
  private static let names = ["a.pt", "a.npz", "a.npy", "a.safetensors", "a"]
  private let device = Device(memory: 1 << 26)

  /// - Throws: ``Finding`` for an error of another kind than the reader has, and for memory that stays counted.
  func run(_ file: Data, number: Int) throws {
    do {
      let value = try StateFile.decode(file, named: Self.names[number % Self.names.count], on: device)
      for entry in value.entries {
        _ = try entry.tensor?.bytes
        if let problem = entry.problem, problem.reason.what.isEmpty {
          throw Finding("a problem without a reason")
        }
      }
    } catch let error as any NightjarError {
      guard error is NetworkError || error is TensorError else {
        throw Finding("an error of \(type(of: error))")
      }
    }
    guard device.pool.usage.live == 0 else { throw Finding("\(device.pool.usage.live) bytes stay counted") }
  }
}
