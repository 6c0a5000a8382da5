import Foundation
import TestSupport
import Testing

/// Repeats that several processes share: the same numbers, and nothing that a plugin does is lost.
@Suite struct BenchTrialsProcesses {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private static let notDelivered = "did not deliver"

  /// A bench with seven repeats in `processes`.
  private func bench(_ processes: Int, _ arguments: [String]) throws -> (
    results: String, end: Sandbox.Outcome
  ) {
    let name = "p\(processes)"
    let end = try sandbox.run(
      TinySpeech.fast.filter { $0 != "--quiet" } + arguments
        + ["--repeats", "7", "--processes", "\(processes)", "--out", name],
      environment: ["XDG_CACHE_HOME": sandbox.path("cache")])
    #expect(end.status == 0, "\(end.errors)")
    return (try sandbox.comparable(name), end)
  }

  @Test(arguments: [[], ["--seeds", "3,4"], ["--metric", "forgetting", "--test", "argmax_accuracy"]])
  func resultsAreThoseOfOneProcess(arguments: [String]) throws {
    try sandbox.write(
      TinySpeech.restless(), to: "plugins/learners/restless.lua")
    // The learner trains the network, which no observer may find changed.
    let learners = arguments.contains("--metric") ? "prototypical,cosine" : "prototypical,restless"
    let arguments = arguments + ["--learner", learners]
    let one = try bench(1, arguments)
    for processes in [2, 3] {
      let several = try bench(processes, arguments)
      #expect(several.results == one.results)
      #expect(several.end.errors.contains("prototypical, \(processes) processes: 7 repeats in "))
      #expect(!several.end.errors.contains(Self.notDelivered), "\(several.end.errors)")
      for file in ["accuracies.csv", "confusion.csv"] {
        #expect(sandbox.read("p\(processes)/\(file)") == sandbox.read("p1/\(file)"))
      }
      let repeats = sandbox.read("p\(processes)/progress.csv").split(separator: "\n").sorted()
      #expect(repeats == sandbox.read("p1/progress.csv").split(separator: "\n").sorted())
    }
  }

  @Test(arguments: [
    ("print 'learning'", "stdout"),
    ("nj.run.log('loss', loss:item(), 1)", "p/scalars.csv"),
  ])
  func whatAPluginDoesBesideIsNotLost(action: String, file: String) throws {
    try sandbox.write(
      TinySpeech.restless(learning: action), to: "plugins/learners/restless.lua")
    func traces(_ processes: Int) throws -> (results: String, traces: [String]) {
      let (results, end) = try bench(processes, ["--learner", "restless"])
      #expect(end.errors.contains(Self.notDelivered) == (processes > 1))
      let text =
        switch file {
        case "stdout": end.output
        case "stderr": end.errors
        default: sandbox.read(file.replacing("p/", with: "p\(processes)/"))
        }
      return (
        results,
        text.split(separator: "\n").filter { $0.contains("learning") || $0.contains("loss") }.map(String.init)
      )
    }
    let one = try traces(1)
    let two = try traces(2)
    #expect(one.traces.count >= 7 && two.traces == one.traces)
    #expect(two.results == one.results)
  }

  /// One protocol after the other: helpers run their parts of both, and are started once.
  @Test func aTaskMayRunSeveralProtocols() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.task { name = "twice", summary = "s", api = 1,
        run = function(self, context)
          local model, best = context:pretrain(), nil
          for shots = 1, 2 do
            best = nj.fscil.run {
              model = model, data = context.data, learners = context.learners, repeats = context.repeats,
              shots = shots,
            }
          end
          return best
        end }
      """, to: "plugins/tasks/twice.lua")
    func twice(_ processes: Int) throws -> (results: String, errors: String) {
      let words = TinySpeech.fast.filter { !["--quiet", "bench"].contains($0) }
      let own = [
        "--learner", "cosine", "--repeats", "7", "--processes", "\(processes)", "--out", "t\(processes)",
      ]
      let end = try sandbox.run(
        ["bench", "twice"] + words + own,
        environment: ["XDG_CACHE_HOME": sandbox.path("cache"), "NIGHTJAR_LOG": "debug"])
      #expect(end.status == 0, "\(end.errors)")
      return (try sandbox.comparable("t\(processes)"), end.errors)
    }
    let one = try twice(1)
    let three = try twice(3)
    #expect(three.results == one.results)
    #expect(three.errors.components(separatedBy: "cosine, 3 processes: 7 repeats").count == 3)
    #expect(three.errors.components(separatedBy: "of 3 in process").count == 3, "\(three.errors)")
    #expect(!three.errors.contains(Self.notDelivered))
  }

  @Test(arguments: [[], ["--fresh"]]) func aRunIsRepeatedBySeveral(arguments: [String]) throws {
    try sandbox.write(TinySpeech.restless(), to: "plugins/learners/restless.lua")
    _ = try bench(1, ["--learner", "restless"])
    // What ran is used, not what is there now.
    try sandbox.write("error 'edited'", to: "plugins/learners/restless.lua")
    let end = try sandbox.run(
      ["runs", "rerun", "p1", "--processes", "2"] + arguments,
      environment: ["XDG_CACHE_HOME": sandbox.path("cache")])
    #expect(end.status == 0 && end.output.contains(": equal bit for bit: accuracies.csv"), "\(end.errors)")
    #expect(end.errors.contains("restless, 2 processes: 7 repeats in "))
    #expect(!end.errors.contains(Self.notDelivered), "\(end.errors)")
  }

  @Test func helpersEndWithTheirBench() throws {
    try sandbox.write(
      TinySpeech.restless(learning: "for i = 1, 3e7 do end"), to: "plugins/learners/restless.lua")
    let end = try sandbox.run(
      TinySpeech.fast.filter { $0 != "--quiet" }
        + ["--learner", "restless", "--repeats", "200", "--processes", "3"],
      environment: ["XDG_CACHE_HOME": sandbox.path("cache")]
    ) { process in
      eventually { !process.isRunning || helpers().count == 2 }
      #expect(helpers().count == 2)
      kill(process.processIdentifier, SIGKILL)
      eventually { !process.isRunning && helpers().isEmpty }
    }
    #expect(end.status != 0)
    #expect(helpers().isEmpty)
  }

  /// The processes that run parts of a bench in the sandbox.
  private func helpers() -> [String] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.filter { process in
      guard Int(process) != nil,
        let command = FileManager.default.contents(atPath: "/proc/\(process)/cmdline"),
        let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
      else { return false }
      let isHelper = String(decoding: command, as: UTF8.self).contains("--part\0")
      return isHelper && folder.hasSuffix("/" + (sandbox.folder as NSString).lastPathComponent)
    }
  }
}
