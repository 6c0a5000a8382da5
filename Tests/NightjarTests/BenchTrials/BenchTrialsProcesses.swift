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
