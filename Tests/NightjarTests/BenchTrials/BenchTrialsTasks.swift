import Foundation
import Testing

/// Tasks that are not few-shot learning.
@Suite struct BenchTrialsTasks {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func bench(_ task: String, _ returned: String) throws -> Sandbox.Outcome {
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.task { name = "\(task)", summary = "s", api = 1, run = function(self, context)
        return \(returned)
      end }
      """, to: "plugins/tasks/\(task).lua")
    return try sandbox.run(
      "bench", task, "--data", TinySpeech.data, "--no-check", "--out", "r",
      environment: ["XDG_CACHE_HOME": TinySpeech.cache])
  }

  @Test func whatATaskMeasuresIsWritten() throws {
    let end = try bench(
      "counting",
      """
      { metrics = { clips = context.data:count("test"), error = { 0.25, 0.5, 0.75 }, cost = { reads = 3 } },
        curves = { loss = { 3, 2, 1 }, falls = nj.tensor { { 1, 2 }, { 3, 4 } } },
        tables = { words = { { word = "yes", clips = 2 }, { word = "no", clips = 3 } } },
        figures = { losses = nj.plot.lines { x = { 1, 2 }, y = { 2, 1 } } },
        failures = { energy = "no meter" } }
      """)
    #expect(end.status == 1 && end.errors.contains("the results lack energy"), "\(end.errors)")
    #expect(end.output.contains("clips") && end.output.contains("cost.reads"))
    let results = try sandbox.results("r")
    #expect(
      results["metrics"] as? [String: [Double]] == [
        "clips": [12], "error": [0.25, 0.5, 0.75], "cost.reads": [3],
      ])
    #expect(
      results["curves"] as? [String: [[Double]]] == ["loss": [[3, 2, 1]], "falls": [[1, 2], [3, 4]]])
    #expect(results["repeats"] as? Int == 3)
    let table = try String(contentsOfFile: sandbox.path("r/words.csv"), encoding: .utf8)
    #expect(table == "clips,word\n2,yes\n3,no\n")
    #expect(FileManager.default.fileExists(atPath: sandbox.path("r/losses.txt")))
  }

  /// The default learners are not those of a task that uses none.
  @Test func onlyWhatTheTaskUsesIsChecked() throws {
    let learner = "return require('nightjar').learner { name = 'frozen', summary = 's', api = 1 }"
    try sandbox.write(learner, to: "plugins/learners/frozen.lua")
    let generated = ["bench", "mackey_glass", "--repeats", "1", "--out", "r"]
    let end = try sandbox.run(generated)
    #expect(end.status == 0 && !end.errors.contains("frozen"), "\(end.errors)")
    let refused = try sandbox.run("bench", "--data", TinySpeech.data)
    #expect(refused.status == 1 && refused.errors.contains("learner/frozen"), "\(refused.errors)")
  }

  /// The data that plugins are checked on is smaller than a real set: what only it lacks is no fault of the task.
  @Test func theCheckLeavesTheSizeOfSessionsToTheData() throws {
    try TinySpeech.write(to: sandbox.path("three"), sessions: [("uno", "es"), ("dos", "es"), ("tres", "es")])
    func bench(_ more: String...) throws -> Sandbox.Outcome {
      try sandbox.run(
        [
          "bench", "--data", "three", "--repeats", "1", "--learner", "frozen", "--set", "recipe.epochs=1",
          "--set", "model.channels=4", "--out", "r", "--overwrite",
        ] + more)
    }
    let end = try bench("--set", "task.ways=3", "--set", "task.sessions=7")
    #expect(end.status == 0)
    #expect(
      end.errors.contains("warning: 7 sessions are requested, the data set has words for 1"), "\(end.errors)")
    let refused = try bench("--set", "task.ways=4")
    #expect(refused.status == 3 && refused.errors.contains("more than 3 session words"), "\(refused.errors)")
  }

  @Test func whatABenchmarkReturnsIsMeasuredAsAWhole() throws {
    let end = try bench(
      "whole",
      """
      { metrics = nj.benchmark { model = context:pretrain(), batches = context.data:batches { split = "test" },
          static = { "Footprint" }, workload = { "ClassificationAccuracy", "ActivationSparsity", "CocoMap" } }:run() }
      """)
    #expect(end.status == 1 && end.errors.contains("the results lack CocoMap"), "\(end.errors)")
    let metrics = try #require(sandbox.results("r")["metrics"] as? [String: [Double]])
    #expect(metrics.keys.sorted() == ["ActivationSparsity", "ClassificationAccuracy", "Footprint"])
    #expect(
      sandbox.read("r/layers.csv").hasPrefix(
        "Dense,Effective_ACs,Effective_MACs,activations,calls,name,zeros"))
  }

  @Test func aTaskWithoutADataSetBuildsItsModel() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.task {
        name = "sizes", summary = "s", api = 1, generates_data = true, model = "small_conv",
        run = function(self, context)
          local net = context:build { time = 200, channels = 3, classes = 4 }
          return { metrics = { width = net(nj.zeros { 1, 200, 3 }):size(2), other = 1 }, main = "width" }
        end,
      }
      """, to: "plugins/tasks/sizes.lua")
    let end = try sandbox.run(
      "bench", "sizes", "--set", "model.channels=2", environment: ["XDG_CACHE_HOME": TinySpeech.cache])
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.output.contains("generated data; small_conv; seed 1, 1 repeat"), "\(end.output)")
    let list = try sandbox.run("runs", "list")
    #expect(list.output.contains("width 4"), "\(list.output)")
  }

  @Test func dataThatATaskDoesNotHaveIsExplained() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.task { name = "none", summary = "s", api = 1, generates_data = true, run = function(self, context)
        return { metrics = { a = context.data:count("test") } }
      end }
      """, to: "plugins/tasks/none.lua")
    let end = try sandbox.run("bench", "none", "--no-check")
    #expect(end.status == 1 && end.errors.contains("the task has no data set"), "\(end.errors)")
  }

  /// Speech Commands' layout: lists of two splits, noise in a folder that is no word, a licence.
  @Test func wordsOfSpeechCommandsAreClassifiedByGivenWeights() throws {
    try ToneWords.record(in: sandbox, takes: 10)
    func clips(_ take: Int) -> String {
      ToneWords.words.map { "\($0)/s\(take % 5)_\(take).wav\n" }.joined()
    }
    try sandbox.write(clips(8) + "ab/s9_9.wav\n", to: "recordings/validation_list.txt")
    try sandbox.write(clips(9), to: "recordings/testing_list.txt")
    try sandbox.write("free", to: "recordings/LICENSE")
    try sandbox.write("", to: "recordings/_background_noise_/README.md")
    let imported = try sandbox.run("data", "import", "recordings", "--closed", "--out", "commands")
    #expect(imported.status == 0 && imported.output.contains("10 base words, 0 session words"))
    #expect(
      imported.output.contains("the lists of splits name 1 clip that is not there: ab/s9_9"),
      "\(imported.output)")
    let small = ["--data", "commands", "--model", "small_conv", "--set", "model.channels=8", "--no-check"]
    let trained = try sandbox.run(
      ["bench", "keyword_classification", "--set", "recipe.epochs=3", "--out", "a"] + small, input: "")
    #expect(trained.status == 0, "\(trained.errors)")
    let given = try sandbox.run(
      ["bench", "keyword_classification", "--weights", "a/weights.safetensors", "--out", "b"] + small,
      input: "")
    #expect(given.status == 0 && !given.errors.contains("training"), "\(given.errors)")
    let both = try ["a", "b"].map { try #require(sandbox.results($0)["metrics"] as? [String: [Double]]) }
    #expect(both[0] == both[1])
    #expect(sandbox.read("b/settings.json").contains(#""recipe" : """#), "nothing was trained")
    for unused in [["--recipe", "robust"], ["--set", "recipe.lr=0.1"], ["--set", "cross_entropy.lr=0.1"]] {
      let end = try sandbox.run(
        ["bench", "keyword_classification", "--weights", "a/weights.safetensors"] + small + unused, input: "")
      #expect(end.status == 2 && end.errors.contains("the model is not trained"), "\(end.errors)")
    }
    let wrong = try sandbox.run(
      [
        "bench", "keyword_classification", "--weights", "a/weights.safetensors", "--data", "commands",
        "--no-check",
      ],
      input: "")
    #expect(
      wrong.status == 3 && wrong.errors.contains("weights.safetensors"), "\(wrong.status) \(wrong.errors)")
  }

  @Test(arguments: [
    ("4", "expected a table, or the results of nj.fscil.run"),
    ("{}", "metrics and curves are empty"),
    ("{ metric = { a = 1 } }", "'metric' is not one of curves, failures, figures, main, metrics, tables"),
    ("{ metrics = { 1, 2 } }", "metrics is a list, expected named values"),
    ("{ metrics = { a = 0 / 0 } }", "metrics.a is NaN"),
    ("{ metrics = { a = {} } }", "metrics.a is a table"),
    ("{ metrics = { a = { 1, 'b' } } }", "metrics.a has a string among its numbers"),
    ("{ curves = { a = { { 1 }, { 1 / 0 } } } }", "curves.a is infinite"),
    ("{ metrics = { a = 1 }, tables = { t = 3 } }", "tables.t is a number, expected rows"),
    ("{ metrics = { a = 1 }, figures = { f = {} } }", "figures.f is a table, expected a figure of nj.plot"),
    ("{ metrics = { a = 1 }, main = 'b' }", "main is 'b', expected the name of a metric: a"),
    ("{ metrics = { a = 1 }, failures = { b = 1 } }", "failures.b is a number, expected the reason"),
  ])
  func anythingElseIsExplained(_ returned: String, _ message: String) throws {
    let end = try bench("odd", returned)
    #expect(end.status == 1 && end.errors.contains(message), "\(end.errors)")
    #expect(end.errors.contains("plugins/tasks/odd.lua:"))
  }
}
