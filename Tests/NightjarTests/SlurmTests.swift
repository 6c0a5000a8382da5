import Foundation
import TestSupport
import Testing

/// `sweep --engine slurm` on a cluster of this machine alone, which `scripts/slurm` starts around these tests.
@Suite(
  .serialized,
  .enabled(
    if: SlurmCluster.folder != nil,
    "without a cluster: scripts/slurm starts one, scripts/test runs these tests in it"))
struct SlurmTests {
  private let sandbox: Sandbox
  private let cluster = SlurmCluster()

  init() throws { sandbox = try Sandbox() }

  private let environment = ["XDG_CACHE_HOME": TinySpeech.cache]
  private let grid = ["--grid", "learner=frozen,cosine", "--grid", "task.shots=1,2"]

  /// A learner that learns for seconds, so that a task can be found while it runs.
  private func writeSlowLearner() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.learner {
        name = "slow", summary = "Learns for seconds", api = 1,
        options = { k = { default = 1 }, work = { default = 3e7 } },
        start = function(self, base) self.classes = base.model.classes end,
        learn = function(self, support) local x = 0; for i = 1, self.options.work do x = x + i end end,
        scores = function(self, features) return nj.zeros { features:size(1), self.classes } end,
      }
      """, to: "plugins/learners/slow.lua")
  }

  /// A sweep of three points of the slow learner.
  private func sweepSlowly(meanwhile: (Process) -> Void) throws -> Sandbox.Outcome {
    try writeSlowLearner()
    let words = ["--learner", "slow", "--grid", "learner.k=1,2,3", "--no-test", "--engine", "slurm"]
    return try sandbox.run(
      ["sweep"] + TinySpeech.fast.filter { $0 != "--quiet" } + words, environment: environment,
      meanwhile: meanwhile)
  }

  private func sweep(_ arguments: [String]) throws -> Sandbox.Outcome {
    let words = ["sweep"] + TinySpeech.fast.filter { $0 != "--quiet" } + arguments
    return try sandbox.run(words, environment: environment)
  }

  private func resume(_ arguments: String...) throws -> Sandbox.Outcome {
    try sandbox.run(["sweep", "--resume"] + arguments, environment: environment)
  }

  /// The folders of sweeps, in order.
  private var sweeps: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: sandbox.path("runs"))) ?? []).sorted()
      .filter { sandbox.exists("runs/\($0)/sweep.json") }
  }

  /// `points.csv` without the column of runs' names, in the order of its lines.
  private func points(_ sweep: String) -> [String] {
    sandbox.read("runs/\(sweep)/points.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).filter { !$0.contains("-sweep") }.joined(
        separator: ",")
    }
  }

  @Test func equalsTheSameSweepOnOneMachine() throws {
    let local = try sweep(grid)
    #expect(local.status == 0, "\(local.errors)")
    let slurm = try sweep(grid + ["--engine", "slurm", "--slurm", "--mem=900 --array=%1"])
    #expect(slurm.status == 0, "\(slurm.errors)")
    #expect(slurm.output.contains("The test, run once with the best point:"))
    let sweeps = sweeps
    try #require(sweeps.count == 2)
    #expect(points(sweeps[0]) == points(sweeps[1]) && points(sweeps[1]).count == 5)
    for run in (1...4).map({ "-point-\($0)" }) + ["-test"] {
      let (one, other) = ("runs/\(sweeps[0])\(run)", "runs/\(sweeps[1])\(run)")
      #expect(try sandbox.comparable(one) == sandbox.comparable(other))
      #expect(sandbox.read(one + "/accuracies.csv") == sandbox.read(other + "/accuracies.csv"))
      #expect(
        FileManager.default.contentsEqual(
          atPath: sandbox.path(one) + "/weights.safetensors",
          andPath: sandbox.path(other) + "/weights.safetensors"))
    }
    let listed = try sandbox.run("runs", "list", "--json").output
    #expect(listed.contains("\(sweeps[1])-point-4"))
  }

  @Test func aTaskHasNoMoreProcessesThanProcessors() throws {
    let arguments = ["--grid", "task.shots=1,2", "--learner", "cosine", "--repeats", "4", "--no-test"]
    #expect(try sweep(arguments).status == 0)
    let shared = ["--processes", "8", "--engine", "slurm", "--slurm", "--mem=900 --cpus-per-task=2"]
    let end = try sweep(arguments + shared)
    #expect(end.status == 0, "\(end.errors)")
    try #require(sweeps.count == 2)
    #expect(points(sweeps[0]) == points(sweeps[1]) && points(sweeps[1]).count == 3)
    let files = FileManager.default.enumerator(atPath: sandbox.path("runs/\(sweeps[1])"))?.allObjects ?? []
    let said = files.map { sandbox.read("runs/\(sweeps[1])/\($0)") }.joined()
    #expect(said.contains("--processes 8: the job has 2 processors, for one process each"), "\(said)")
    #expect(said.contains("cosine, 2 processes: 4 repeats") && !said.contains("did not deliver"), "\(said)")
  }

  @Test func survivesTheEndOfTheProcessThatSubmitted() throws {
    _ = try sweepSlowly { process in
      eventually { sandbox.read("stderr").contains("slurm: job") }
      kill(process.processIdentifier, SIGKILL)
    }
    let early = try resume("--detach")
    #expect(early.status == 0 && early.errors.contains("on the cluster"), "\(early.errors)")
    let end = try resume()
    #expect(end.status == 0, "\(end.errors)")
    let sweep = try #require(sweeps.first)
    let once = sandbox.read("runs/\(sweep)/points.csv")
    #expect(once.split(separator: "\n").count == 4)
    // Nothing is left to do; what is there is told again.
    let again = try resume("runs/\(sweep)")
    #expect(again.status == 0 && again.output == end.output, "\(again.errors)")
    #expect(sandbox.read("runs/\(sweep)/points.csv") == once && !again.errors.contains("slurm: job"))
    #expect(try resume().errors.contains("no sweep in ./runs was interrupted"))
  }

  @Test func aLostTaskRunsOnceMore() throws {
    let end = try sweepSlowly {
      cluster.kill(index: 1, ofArray: 1, in: sandbox.folder, while: $0)
      // The second job array has the lost task alone.
      cluster.kill(index: 0, ofArray: 2, in: sandbox.folder, while: $0)
    }
    #expect(end.status == 0 && end.errors.contains("task 2 was lost"), "\(end.errors)")
    let rows = points(try #require(sweeps.first))
    #expect(rows.count == 4 && rows[3].contains("lost twice"), "\(rows)")
    // The cluster is to blame, not the point: a resumed sweep tries it again, twice.
    let again = try sandbox.run(["sweep", "--resume", "runs/\(sweeps[0])"], environment: environment) {
      cluster.kill(index: 0, ofArray: 3, in: sandbox.folder, while: $0)
    }
    #expect(again.status == 0 && again.errors.contains("task 2 was lost"), "\(again.errors)")
    #expect(points(sweeps[0]).count == 4 && !points(sweeps[0])[3].contains("lost"))
  }

  @Test func tasksThatAreCancelledAreNotRetriedByThemselves() throws {
    let end = try sweepSlowly {
      cluster.wait(for: $0) { $0.contains("RUNNING") }
      cluster.run("scancel", "--user=root")
    }
    #expect(end.status == 130, "\(end.errors)")
    #expect(end.errors.contains("3 tasks cancelled") && !end.errors.contains("lost"), "\(end.errors)")
    let again = try resume()
    #expect(again.status == 0, "\(again.errors)")
    #expect(points(try #require(sweeps.first)).count == 4)
  }

  @Test func aNodeThatVanishesLosesNothing() throws {
    let end = try sweepSlowly {
      cluster.wait(for: $0) { $0.contains("RUNNING") }
      cluster.killNode(runningTasksOf: sandbox.folder)
      cluster.wait(for: $0) { !$0.contains("RUNNING") }
      cluster.run("slurmd")
    }
    #expect(end.status == 0 && end.errors.contains("NODE_FAIL"), "\(end.errors)")
    #expect(points(try #require(sweeps.first)).count == 4)
  }

  @Test func aDiskThatIsFullEndsTheSweepForNow() throws {
    let disk = sandbox.path("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    cluster.run("mount", "-t", "tmpfs", "-o", "size=600k", "none", disk)
    defer { cluster.run("umount", disk) }
    try #require(cluster.run("mountpoint", disk).contains("is a mountpoint"))
    let words =
      ["sweep"] + TinySpeech.fast.filter { $0 != "--quiet" } + grid + ["--no-test", "--engine", "slurm"]
    let full = try sandbox.run(words, environment: environment, in: "disk")
    #expect(full.status != 0 && full.errors.contains("goes on"), "\(full.errors)")
    cluster.run("mount", "-o", "remount,size=60m", disk)
    let end = try sandbox.run(["sweep", "--resume"], environment: environment, in: "disk")
    #expect(end.status == 0, "\(end.errors)")
    let sweep = try FileManager.default.contentsOfDirectory(atPath: disk + "/runs").first {
      $0.hasSuffix("-sweep")
    }
    let rows = sandbox.read("disk/runs/\(sweep ?? "")/points.csv").split(separator: "\n")
    #expect(rows.count == 5 && rows.allSatisfy { !$0.contains("lost") }, "\(rows)")
  }

  @Test func aPointThatFailsIsNoLoss() throws {
    let end = try sweep(
      ["--grid", "task.shots=1,1000", "--learner", "cosine", "--no-test", "--engine", "slurm"])
    #expect(end.status == 0 && !end.errors.contains("lost"), "\(end.errors)")
    let rows = points(try #require(sweeps.first))
    #expect(rows.count == 3 && rows[2].contains("1000"))
    // An error before the run begins.
    let unknown = try sweep(
      ["--grid", "recipe.nothing=1,2", "--learner", "cosine", "--no-test", "--engine", "slurm"])
    #expect(unknown.status == 1 && unknown.output.contains("nothing"), "\(unknown.output) \(unknown.errors)")
  }

  @Test func whatSbatchRefusesIsTold() throws {
    let end = try sweep(grid + ["--engine", "slurm", "--slurm", "--partition=nowhere"])
    #expect(end.status == 3 && end.errors.contains("invalid partition"), "\(end.errors)")
  }
}

/// The cluster that `scripts/slurm` has started.
struct SlurmCluster {
  static let folder = ProcessInfo.processInfo.environment["NIGHTJAR_TEST_SLURM"]

  /// Runs a command of the cluster to its end; returns what it prints.
  @discardableResult
  func run(_ words: String...) -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? Sandbox.launch(process)) != nil else { return "" }
    let data = try? output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// Waits while a process runs, until the queue, `JOB_INDEX NAME STATE` a line, is as expected.
  func wait(for process: Process, until isAsExpected: (String) -> Bool) {
    for _ in 0..<600 where process.isRunning {
      if isAsExpected(run("squeue", "--array", "--noheader", "--format=%i %j %T")) { return }
      usleep(50_000)
    }
  }

  /// Kills the process of a task of a sweep's job array, once it runs.
  func kill(index: Int, ofArray number: Int, in folder: String, while process: Process) {
    for _ in 0..<1200 where process.isRunning {
      let found = tasks(in: folder).first {
        $0.words.suffix(4) == ["--submission", "\(number)", "--index", "\(index)"]
      }
      if let found {
        run("kill", "-KILL", found.id)
        return
      }
      usleep(20_000)
    }
  }

  /// Ends the node's daemon and the tasks on it that belong to a folder, as when the power goes.
  func killNode(runningTasksOf folder: String) {
    let pid = Self.contents((Self.folder ?? "") + "/slurmd.pid")
    run("kill", "-KILL", pid.trimmingCharacters(in: .whitespacesAndNewlines))
    for task in tasks(in: folder) { run("kill", "-KILL", task.parent, task.id) }
  }

  /// The processes of tasks of sweeps in a folder. The parent of each is the daemon of its job.
  private func tasks(in folder: String) -> [(id: String, parent: String, words: [String])] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { name in
      let words = Self.contents("/proc/\(name)/cmdline").split(separator: "\0").map(String.init)
      guard words.contains("sweep-task"), words.contains(where: { $0.hasPrefix(folder) }) else { return nil }
      let fields = Self.contents("/proc/\(name)/stat").split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 ? (name, String(fields[1]), words) : nil
    }
  }

  private static func contents(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
