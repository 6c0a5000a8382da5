import Foundation
import Networks
import TestSupport
import Testing

/// Whole runs: the same numbers whatever happened on the way, and nothing torn.
@Suite struct BenchTrialsRuns {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// Results of a fast bench with a cache of the sandbox's own.
  private func results(_ name: String, _ arguments: [String] = [], cache: String = "cache") throws -> String {
    let end = try sandbox.bench(arguments + ["--out", name], cache: sandbox.path(cache))
    #expect(end.status == 0, "\(end.errors)")
    return try sandbox.comparable(name)
  }

  @Test func givesTheSameNumbersAgain() throws {
    let first = try results("a", ["--threads", "1"])
    #expect(try results("b", cache: "cold") == first, "rebuilt, on all threads")
    #expect(try results("c") == first, "from the cache")
    #expect(try results("d", ["--seed", "2"]) != first)
    let keys = try sandbox.results("a").keys.sorted()
    let expected = [
      "base", "data", "encoder", "format", "learners", "model", "plugins", "recipe", "repeats", "seed",
      "sessions", "settings", "task",
    ]
    #expect(keys == expected)
  }

  /// A model that flattens its input needs the time steps of the run, at a rate of its own, and its classes.
  @Test func itsNetworkIsExported() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      local nn = nj.nn
      return nj.model { name = "flat", summary = "s", api = 1, options = { width = { default = 3, help = "units" } },
        build = function(o, task)
          local size = task.input.time * task.input.channels
          return nn.Sequential { nn.Flatten(), nn.Linear(size, o.width), nn.ReLU(), nn.Linear(o.width, task.classes) }
        end }
      """, to: "plugins/models/flat.lua")
    let end = try sandbox.run(
      "bench", "--data", TinySpeech.data, "--repeats", "1", "--set", "recipe.epochs=1", "--model", "flat",
      "--set",
      "model.width=5", "--encoder", "mfcc", "--quiet", "--out", "r")
    #expect(end.status == 0, "\(end.errors)")
    let alone = try sandbox.run(
      "model", "export", "a.onnx", "--model", "flat", "--set", "model.width=5", "--state",
      "r/weights.safetensors")
    #expect(alone.status == 3, "\(alone.errors)")
    let exported = try sandbox.run("model", "export", "a.onnx", "--run", "r")
    #expect(exported.status == 0 && exported.errors.isEmpty, "\(exported.errors)")
    #expect(exported.output.contains("a.onnx: flat for input (") && exported.output.contains("and 8 classes"))
    try sandbox.write("{}", to: "old/results.json")
    let damaged = try sandbox.run("model", "export", "b.onnx", "--run", "old")
    #expect(damaged.status == 3 && damaged.errors.contains("old/results.json"), "\(damaged.errors)")
  }

  @Test func learnersLeaveNoTraces() throws {
    try sandbox.write(TinySpeech.restless(), to: "plugins/learners/restless.lua")
    func accuracies(_ run: String, _ names: String) throws -> [String: NSArray] {
      _ = try results(run, ["--learner", names, "--repeats", "3"])
      let learners = try sandbox.results(run)["learners"] as? [[String: Any]] ?? []
      return Dictionary(
        uniqueKeysWithValues: learners.compactMap { learner in
          guard let name = learner["name"] as? String, let all = learner["all"] as? NSArray else {
            return nil
          }
          return (name, all)
        })
    }
    let one = try accuracies("a", "restless,frozen")
    let other = try accuracies("b", "frozen,restless")
    #expect(one == other)
    #expect(one.count == 2)
    #expect(try accuracies("c", "restless")["restless"] == one["restless"])
  }

  @Test func makesDamagedCacheEntriesAnew() throws {
    let first = try results("a")
    let cache = sandbox.path("cache/nightjar")
    for (stage, ending, bytes) in [("embedding", ".rows", 300), ("training", ".safetensors", 50)] {
      let folder = "\(cache)/\(stage)"
      let name = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first {
        $0.hasSuffix(ending)
      }
      let file = URL(fileURLWithPath: folder + "/" + (try #require(name)))
      try Data(contentsOf: file).prefix(bytes).write(to: file)
    }
    let arguments = TinySpeech.fast.filter { $0 != "--quiet" } + ["--out", "b"]
    let end = try sandbox.run(arguments)
    #expect(end.status == 0)
    let lines = end.errors.split(separator: "\n").filter { $0.contains("rebuilding it") }
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.contains("is truncated") })
    #expect(try sandbox.comparable("b") == first)
  }

  @Test func removesWhatAKilledRunLeft() throws {
    _ = try results("a")
    let folder = sandbox.path("cache/nightjar/training")
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".safetensors") })
    // As after SIGKILL in the middle of writing: a temporary file, and no entry.
    let torn = "\(folder)/.\(name.split(separator: ".")[0]).1.2.safetensors"
    try FileManager.default.moveItem(atPath: "\(folder)/\(name)", toPath: torn)
    _ = try results("b")
    #expect(!FileManager.default.fileExists(atPath: torn))
  }

  @Test func goesOnAfterCtrlC() throws {
    let slow = TinySpeech.fast.filter { $0 != "--quiet" } + ["--set", "recipe.epochs=20", "--repeats", "300"]
    let end = try sandbox.run(slow, signal: SIGINT, after: "embedding: ")
    #expect(end.status == 130)
    #expect(end.errors.contains("run the same command again to continue from here"))
    let again = try sandbox.run(slow + ["--out", "b"])
    #expect(again.status == 0, "\(again.errors)")
    let whole = try sandbox.run(
      slow + ["--out", "c"], environment: ["XDG_CACHE_HOME": sandbox.path("other")])
    #expect(whole.status == 0)
    #expect(try sandbox.comparable("b") == sandbox.comparable("c"))
  }

  /// As a batch system ends a job: what is done is saved before the process ends, at once.
  @Test(arguments: ["embedding of evaluation", "prototypical: 2 repeats"])
  func savesAndEndsAtOnceAfterSIGTERM(_ moment: String) throws {
    let text = FaultCase("learner", "endless", "learn = function() while true do pcall(error) end end").source
    try sandbox.write(text, to: "plugins/learners/endless.lua")
    let arguments =
      TinySpeech.fast.filter { $0 != "--quiet" } + ["--learner", "prototypical,endless", "--out", "r"]
    var elapsed = Duration.zero
    let end = try sandbox.run(arguments) { process in
      eventually { !process.isRunning || sandbox.read("stderr").contains(moment) }
      let start = ContinuousClock.now
      kill(process.processIdentifier, SIGTERM)
      eventually { !process.isRunning }
      elapsed = .now - start
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    #expect(end.status == 130, "\(end.errors)")
    // A second, and as much again for other tests on the same cores.
    #expect(elapsed < .seconds(2))
    guard moment.hasPrefix("prototypical") else { return }
    #expect(end.errors.contains("partial results saved in r: prototypical"))
    #expect((try sandbox.results("r")["incomplete"] as? String)?.hasPrefix("interrupted during") == true)
  }

  @Test func stopsALearnerThatNeverEnds() throws {
    let text = FaultCase("learner", "endless", "learn = function() while true do end end").source
    try sandbox.write(text, to: "plugins/learners/endless.lua")
    let arguments = TinySpeech.fast.filter { $0 != "--quiet" } + ["--learner", "endless"]
    let end = try sandbox.run(arguments, signal: SIGINT, after: "embedding: ")
    #expect(end.status == 130)
    #expect(end.errors.contains("nightjar: interrupted during"))
    #expect(sandbox.runs.allSatisfy { !sandbox.exists("runs/\($0)/results.json") })
  }

  @Test func twoAtOnceAgree() async throws {
    let program = try Sandbox.program()
    func start(_ out: String) throws -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = TinySpeech.fast + ["--out", sandbox.path(out)]
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["XDG_CACHE_HOME": sandbox.path("cache")]) { $1 }
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      return process
    }
    let both = [try start("a"), try start("b")]
    for process in both {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try sandbox.comparable("a") == sandbox.comparable("b"))
  }

  @Test func printsOnlyJSONWhenAsked() throws {
    let end = try sandbox.run(TinySpeech.fast.filter { $0 != "--quiet" } + ["--json"])
    #expect(end.status == 0)
    let printed = try JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [String: Any]
    #expect(printed?["task"] as? String == "keyword_fscil")
    #expect(end.errors.contains("features: "), "progress goes to the error stream")
    #expect(sandbox.runs.count == 1)
  }

  @Test func isQuietAndDoesWithoutGnuplot() throws {
    let arguments = TinySpeech.fast
    let end = try sandbox.run(
      arguments, environment: ["PATH": "/nowhere", "XDG_CACHE_HOME": TinySpeech.cache])
    #expect(end.status == 0)
    #expect(end.output.contains("Accuracy (%)"))
    #expect(end.errors.split(separator: "\n").count == 1)
    #expect(end.errors.hasPrefix("warning: figures need gnuplot"))
    let speech = try sandbox.run("bench", "--quiet", environment: ["PATH": "/nowhere"])
    #expect(speech.status == 3)
    #expect(speech.errors.contains("espeak-ng is not on PATH"))
    #expect(speech.errors.contains("--data DIR"))
  }
}
