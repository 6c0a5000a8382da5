import Foundation
import TestSupport
import Testing

/// `nightjar plugins check`: one bad plugin for each kind of mistake, and what has to be said of it.
@Suite struct PluginCheckTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  static let models = [
    FaultCase(
      "model", "width", "return nn.Sequential { nn.GlobalAvgPool1d(), nn.Linear(20, task.classes + 1) }",
      "plugins/models/width.lua:4: ",
      "the model returns [2, 8] of float32, expected [2, 7] of float32: one score per class"),
    FaultCase(
      "model", "channels",
      "return nn.Sequential { { 'conv1', nn.Conv1d(20, 8, 4) }, { 'conv2', nn.Conv1d(16, 8, 3) } }",
      "in layer conv2, Conv1d(16, 8, kernel 3)", "[2, 197, 8]", "16 channels"),
    FaultCase("model", "none", "return nil", "none.lua:4: build returned nil, expected a module"),
    FaultCase(
      "model", "endless", "while true do end", "endless.lua:4: call: one call of the plugin ran longer than"),
    FaultCase(
      "model", "numbers", "return nn.Sequential { nn.GlobalAvgPool1d(), nn.Linear(20, 7) }",
      "for task.input.channels = 13 and task.classes = 11", "use task.classes, task.input.channels"),
    FaultCase(
      "model", "batch",
      "return nn.Sequential { nn.module { name = 'C', forward = function(_, x) return x - x:mean(1, true) end }(), "
        + "nn.GlobalAvgPool1d(), nn.Linear(task.input.channels, task.classes) }",
      "a clip's scores depend on the other clips of its batch", "not over dimension 1"),
    FaultCase(
      "model", "random",
      "return nn.Sequential { nn.module { name = 'R', forward = function(_, x) return x + nj.randn(x.shape) end }(), "
        + "nn.GlobalAvgPool1d(), nn.Linear(task.input.channels, task.classes) }",
      "in evaluation mode the same clip is scored", "only where self.training is true"),
    FaultCase(
      "model", "squeezed",
      "return nn.Sequential { nn.GlobalAvgPool1d(), nn.Linear(task.input.channels, task.classes), "
        + "nn.module { name = 'S', forward = function(_, x) return x:squeeze() end, "
        + "features = function(_, x) return x end, readout = function(_, x) return x end }() }",
      "for one clip the model returns [7], expected [1, 7]"),
    FaultCase(
      "model", "gradient",
      "local square = nj.func { forward = function(ctx, x) ctx:save(x) return x * x end, "
        + "backward = function(ctx, g) return g * ctx:saved() end } "
        + "return nn.Sequential { nn.module { name = 'Q', forward = function(_, x) return square(x) end }(), "
        + "nn.GlobalAvgPool1d(), nn.Linear(task.input.channels, task.classes) }",
      "gradient.lua:4: backward's gradient of argument 1 is wrong", "finite differences of forward give",
      "declare surrogate = true"),
    FaultCase(
      "model", "nan",
      "return nn.Sequential { nn.module { name = 'L', forward = function(_, x) return (x - x):log() * 0 end }(), "
        + "nn.GlobalAvgPool1d(), nn.Linear(task.input.channels, task.classes) }",
      "before any training the model returns NaN or infinity"),
    FaultCase(
      "model", "slope",
      "return nn.Sequential { nn.Linear(task.input.channels, 4), nn.module { name = 'S', "
        + "forward = function(_, x) return (x * 0):abs():sqrt() end }(), nn.GlobalAvgPool1d(), "
        + "nn.Linear(4, task.classes) }",
      "the gradient of the parameter", "holds NaN or infinity, with a loss that is finite"),
  ]

  static let learners = [
    FaultCase(
      "learner", "none", "scores = function() end",
      "none.lua:4: scores returned nothing, expected a float32 tensor"),
    FaultCase(
      "learner", "shape", "scores = function(self, f) return nj.zeros { self.n, #f } end",
      "shape.lua:4: scores has shape [7, 9], expected [9, 7]: one row per sample"),
    FaultCase(
      "learner", "nan", "scores = function(self, f) return nj.zeros { #f, self.n } / 0 end",
      "nan.lua:4: scores holds NaN in session 0"),
    FaultCase(
      "learner", "batch",
      "scores = function(self, f) return (f - f:mean(1)):matmul(nj.ones { f:size(2), self.n }) "
        + "+ nj.arange(1, self.n) end",
      "a sample's scores depend on the other samples of its batch"),
    FaultCase(
      "learner", "calls",
      "scores = function(self, f) self.c = (self.c or 0) + 1 return nj.zeros { #f, self.n } + self.c end",
      "scores changes the learner", "change self in start and learn only"),
    FaultCase(
      "learner", "endless", "learn = function() repeat until false end",
      "endless.lua:4: call: one call of the plugin ran longer than"),
    FaultCase(
      "learner", "typo", "learn = function(self, s) if #s.classes > 99 then self.x = nj.zeroes { 2 } end end",
      "typo.lua:4: nj has no 'zeroes'", "did you mean 'nj.zeros'?"),
    FaultCase(
      "learner", "undefined", "learn = function(self) if self.n > 99 then self.x = suport end end",
      "undefined.lua:4: 'suport' is not defined"),
    FaultCase(
      "learner", "option",
      "options = { mode = { default = 'a', choices = { 'a', 'b' } } }, "
        + "learn = function(self) if self.options.mode == 'b' then error('no b') end end",
      "with mode = 'b': no b"),
    FaultCase(
      "learner", "reads", "learn = function() nj.data.words {} end", "a learner sees base and support samples"
    ),
  ]

  static let others = [
    FaultCase(
      "encoder", "flat", "return waveforms", "encode returned [3, 16000]", "expected [3, time, channel]"),
    FaultCase(
      "encoder", "log", "return waveforms:slice(2, 1, 4000):reshape(-1, 200, 20):abs():log()",
      "log.lua:4: encode returned -inf for silence at 16000 Hz", "the log of 0"),
    FaultCase(
      "encoder", "normed",
      "local x = waveforms:slice(2, 1, 4000):reshape(-1, 200, 20) return x / x:abs():max()",
      "a clip's features depend on the other clips of its batch"),
    FaultCase("encoder", "none", "", "encode returned nothing, expected a tensor"),
    FaultCase("metric", "none", "value = function() end", "value returned nil, expected a number"),
    FaultCase(
      "metric", "mean",
      "update = function(self, batch) self.n, self.s = self.n + 1, (self.s or 0) + "
        + "batch.predictions:eq(batch.labels):to('float32'):mean():item() * batch.session end, "
        + "value = function(self) return self.s / self.n end",
      "mean depends on how a test is cut into batches", "instead of averaging averages"),
    FaultCase(
      "metric", "nan", "value = function(self) return 0 / 0 end", "nan.lua:4: nan: it is NaN"),
    FaultCase("test", "none", "", "run returned nil, expected a table of named numbers"),
    FaultCase("recipe", "none", "", "train returned nothing, expected the trained model"),
    FaultCase("recipe", "lazy", "return model", "no weight has changed"),
    FaultCase(
      "recipe", "keys",
      "nj.train { model = model, batchs = data:batches {}, epochs = 1 } return model",
      "keys.lua:4: nj.train: unknown key 'batchs'", "did you mean 'batches'?"),
    FaultCase(
      "recipe", "method", "data:btaches {} return model", "method.lua:4: no object has a method 'btaches'"),
    FaultCase("task", "none", "", "run returned nil, expected a table, or the results of nj.fscil.run"),
  ]

  @Test(arguments: models + learners + others) func findsTheMistake(_ c: FaultCase) throws {
    let path = "plugins/\(c.kind)s/\(c.name).lua"
    try sandbox.write(c.source, to: path)
    let end = try sandbox.run("plugins", "check", path, "--limit", "call=2s")
    #expect(end.status == 1, "\(end.errors)")
    #expect(end.output.contains("✗ \(c.kind)/\(c.name) "), "\(end.output)")
    for text in c.says { #expect(end.output.contains(text), "\(end.output)") }
    #expect(end.output.contains("1 plugin: 1 failed in "))
    #expect(end.errors == "")
  }

  @Test func sparesWhatIsMeant() throws {
    // A surrogate, a step without a slope, and a global that is set on purpose.
    let model = FaultCase(
      "model", "spikes",
      "local spike = nj.func { forward = function(ctx, x) ctx:save(x) return x:gt(0):to('float32') end, "
        + "backward = function(ctx, g) return g * 0.5 end } "
        + "local reversed = nj.func { surrogate = true, forward = function(_, x) return x * 1 end, "
        + "backward = function(_, g) return -g end } "
        + "return nn.Sequential { nn.module { name = 'S', forward = function(_, x) return spike(reversed(x)) end }(), "
        + "nn.GlobalAvgPool1d(), nn.Linear(task.input.channels, task.classes) }")
    try sandbox.write(model.source, to: "plugins/models/spikes.lua")
    let learner = FaultCase("learner", "shared", "learn = function() seen = true end")
    try sandbox.write(learner.source, to: "plugins/learners/shared.lua")
    let end = try sandbox.run("plugins", "check")
    #expect(end.status == 0, "\(end.output)")
    #expect(end.output.contains("shared.lua:4: warning: 'seen' is set as a global"), "\(end.output)")
    #expect(end.output.contains("2 plugins: 2 passed in "))
    for folder in ["plugins/learners", "plugins/learners/"] {
      let kind = try sandbox.run("plugins", "check", folder)
      #expect(kind.status == 0 && kind.output.contains("1 plugin: 1 passed in "), "\(kind.output)")
    }
  }

  @Test func resultsAreJSON() throws {
    try sandbox.write(
      FaultCase("learner", "bad", "learn = function() x.y = 1 end").source, to: "plugins/learners/bad.lua")
    let end = try sandbox.run("plugins", "check", "--json")
    #expect(end.status == 1)
    let list = try JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [[String: Any]]
    let report = try #require(list?.first)
    #expect(report["outcome"] as? String == "failed" && report["plugin"] as? String == "learner/bad")
    let finding = try #require((report["findings"] as? [[String: Any]])?.first)
    #expect(finding["line"] as? Int == 4 && finding["file"] as? String == "plugins/learners/bad.lua")
  }

  @Test func whatCannotBeRunSaysWhy() throws {
    let needy = FaultCase("learner", "needy", "permissions = { \"env=HOME\" }")
    try sandbox.write(needy.source, to: "plugins/learners/needy.lua")
    let asking = FaultCase("learner", "asking", "options = { file = { type = 'string', required = true } }")
    try sandbox.write(asking.source, to: "plugins/learners/asking.lua")
    let end = try sandbox.run("plugins", "check")
    #expect(end.status == 0, "\(end.output)")
    #expect(end.output.contains("– learner/needy ") && end.output.contains("Hint: add --allow env=HOME"))
    #expect(end.output.contains("option 'file' is required, and there is no default"), "\(end.output)")
    #expect(end.output.contains("2 plugins: 2 not run in "))
    #expect(try sandbox.run("plugins", "check", "--allow", "env=HOME").output.contains("✓ learner/needy "))
  }

  @Test func benchStopsBeforeAnythingLong() throws {
    try sandbox.write(
      FaultCase("learner", "late", "learn = function(self) self.n = undefind + 1 end").source,
      to: "plugins/learners/late.lua")
    let end = try sandbox.run("bench", "--learner", "prototypical,late")
    #expect(end.status == 1)
    #expect(
      end.errors.contains("learner/late failed the check on made-up data, before anything was computed"))
    #expect(end.errors.contains("late.lua:4: 'undefind' is not defined") && end.errors.contains("--no-check"))
    #expect(!sandbox.exists("data") && !sandbox.exists("runs"))
    let good = try sandbox.bench(["--out", "r"], isChecked: true)
    #expect(good.status == 0 && good.errors == "", "\(good.errors)")
  }

  @Test func whatHasPassedIsCheckedAgainWhenItChanges() throws {
    let mine = "plugins/learners/mine.lua"
    func passed() throws -> Int {
      let end = try sandbox.bench(
        ["--learner", "mine", "--overwrite", "--out", "r"], isChecked: true, cache: sandbox.path("cache"))
      #expect(end.status == 0, "\(end.errors)")
      return try FileManager.default.contentsOfDirectory(atPath: sandbox.path("cache/nightjar/checks"))
        .count { $0.hasSuffix(".json") }
    }
    try sandbox.write(FaultCase("learner", "mine", "learn = function() end").source, to: mine)
    let first = try passed()
    #expect(first > 0)
    #expect(try passed() == first)
    try sandbox.write(FaultCase("learner", "mine", "learn = function() return end").source, to: mine)
    #expect(try passed() == first + 1)
    try sandbox.write(FaultCase("learner", "mine", "learn = function() x.y = 1 end").source, to: mine)
    let bad = try sandbox.bench(["--learner", "mine"], isChecked: true, cache: sandbox.path("cache"))
    #expect(bad.status == 1 && bad.errors.contains("failed the check"), "\(bad.errors)")
  }
}
