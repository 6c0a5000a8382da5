import Foundation
import Support

/// Slurm's commands.
struct SlurmCommands: Sendable {
  private let sbatch: String
  private let squeue: String
  private let sacct: String?

  /// - Throws: ``SlurmError`` where they are not on `PATH`.
  init() throws {
    func find(_ name: String) throws -> String {
      guard let path = Subprocess.find(name) else { throw SlurmError.notInstalled(program: name) }
      return path
    }
    sbatch = try find("sbatch")
    squeue = try find("squeue")
    sacct = Subprocess.find("sacct")
  }

  /// Submits a job array; returns its number.
  ///
  /// - Throws: `ProgramError` with what sbatch says.
  func submit(_ arguments: [String]) throws -> Int {
    let output = try run(sbatch, ["--parsable"] + arguments, "sbatch")
    // `17`, or `17;cluster`.
    guard let job = Int(output.prefix { $0.isNumber }) else {
      throw ProgramError(work: "sbatch", reason: "it answered '\(output)'", hint: "see `squeue`")
    }
    return job
  }

  /// What the queue has of job arrays with these names: tasks that wait or run, and those that ended minutes ago.
  ///
  /// - Throws: `ProgramError` while Slurm's controller cannot be reached.
  func queue(of names: [String]) throws -> SlurmQueue {
    SlurmQueue(
      squeue: try run(
        squeue,
        [
          "--array", "--noheader", "--states=all", "--format=\(SlurmQueue.format)",
          "--name=\(names.joined(separator: ","))",
        ], "squeue"))
  }

  /// What the accounting has of job arrays with these numbers; nothing on a cluster without accounting.
  func accounting(of jobs: [Int]) -> SlurmQueue {
    guard let sacct, !jobs.isEmpty else { return SlurmQueue() }
    let arguments = [
      "--noheader", "--parsable2", "--allocations", "--array", "--format=JobID,State,NodeList,JobName%200",
      "--jobs=\(jobs.map(String.init).joined(separator: ","))",
    ]
    return (try? run(sacct, arguments, "sacct")).map(SlurmQueue.init(sacct:)) ?? SlurmQueue()
  }

  /// The number of tasks that an array may have.
  ///
  /// - Throws: `ProgramError` while Slurm's controller cannot be reached.
  func maxArraySize() throws -> Int {
    guard let scontrol = Subprocess.find("scontrol") else { return Self.defaultArraySize }
    let text = try run(scontrol, ["show", "config"], "scontrol")
    let line = text.split(separator: "\n").first { $0.hasPrefix("MaxArraySize") }
    let size = line?.split(separator: "=").last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    return max(1, size ?? Self.defaultArraySize)
  }

  /// Slurm's `MaxArraySize` where the configuration does not set it.
  private static let defaultArraySize = 1001

  private func run(_ program: String, _ arguments: [String], _ name: String) throws -> String {
    let result = try Subprocess.run(program, arguments, work: name, hint: "")
    guard result.status == 0 else {
      throw ProgramError(
        work: name, reason: result.errors.isEmpty ? "exit code \(result.status)" : result.errors,
        hint: "`sinfo` shows partitions and nodes; options of --slurm are those of sbatch")
    }
    return String(decoding: result.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
