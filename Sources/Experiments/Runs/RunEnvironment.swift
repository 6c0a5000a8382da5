import Foundation
import LuaHost
import Support
import Tensors

/// The process of a run, by which a run that is going on is told from one that was killed.
public struct RunProcess: Codable, Sendable, Hashable {
  /// The host that it runs on.
  public var host: String
  public var id: Int32
  /// When it started, in clock ticks since the host did: a later process may have the same number.
  public var start: String

  /// This process.
  static var current: RunProcess {
    RunProcess(host: ProcessInfo.processInfo.hostName, id: getpid(), start: start(of: getpid()) ?? "")
  }

  /// Whether it still runs; false of processes on other hosts, of which nothing is known.
  var isRunning: Bool { host == ProcessInfo.processInfo.hostName && Self.start(of: id) == start }

  /// Nil for a process that has ended, also while its parent has not asked how.
  private static func start(of id: Int32) -> String? {
    guard let data = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    // The second field is the program's name in parentheses, which may contain anything; field 3 is the state, and
    // field 22 starttime.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 20, !["Z", "X"].contains(fields[1]) else { return nil }
    return String(fields[20])
  }
}

/// The state of the git repository that a run was started in.
public struct GitState: Codable, Sendable, Hashable {
  /// The commit that is checked out.
  public var commit: String
  /// Nil for a detached head.
  public var branch: String?
  /// How many tracked files differ from the commit.
  public var changes: Int

  /// The state of the repository around the current folder; nil without a repository or without git.
  static func current() -> GitState? {
    guard isInRepository, let git = Subprocess.find("git") else { return nil }
    // No file system monitor: a repository's settings could name any program as one.
    let arguments = ["-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--branch", "-uno"]
    guard let result = try? Subprocess.run(git, arguments, work: "git status", hint: ""), result.status == 0
    else { return nil }
    let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
    func field(_ name: String) -> String? {
      lines.first { $0.hasPrefix("# branch.\(name) ") }.map { String($0.dropFirst(name.count + 10)) }
    }
    guard let commit = field("oid") else { return nil }
    return GitState(
      commit: commit, branch: field("head").flatMap { $0 == "(detached)" ? nil : $0 },
      changes: lines.count { !$0.hasPrefix("#") })
  }

  private static var isInRepository: Bool {
    var folder = FileManager.default.currentDirectoryPath
    while !folder.isEmpty {
      if FileManager.default.fileExists(atPath: folder + "/.git") { return true }
      if folder == "/" { return false }
      folder = folder.parentFolder
    }
    return false
  }
}

/// The machine of a run.
public struct MachineDescription: Codable, Sendable, Hashable {
  public var host: String
  /// The operating system.
  public var system: String
  /// The processor's model.
  public var processor: String
  public var cores: Int
  /// In bytes.
  public var memory: Int
  /// What computes products of matrices, and functions of tensors.
  public var kernels: String

  /// This machine.
  static var current: MachineDescription {
    MachineDescription(
      host: ProcessInfo.processInfo.hostName, system: ProcessInfo.processInfo.operatingSystemVersionString,
      processor: processorModel, cores: ProcessInfo.processInfo.activeProcessorCount,
      memory: Int(clamping: ProcessInfo.processInfo.physicalMemory),
      kernels: "OpenBLAS \(BlasKernels.name), \(VectorInstructions.name)")
  }

  private static var processorModel: String {
    guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return "" }
    let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("model name")
    }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
  }
}
