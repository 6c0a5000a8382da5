import Networks
import Tensors
import Testing

/// A plugin with a mistake, and what `nightjar bench` has to say of it.
struct FaultCase: Sendable, CustomTestStringConvertible {
  let kind: String
  let name: String
  /// The function's body, or all of the file.
  let text: String
  let says: [String]
  let status: Int32
  var testDescription: String { "\(kind)/\(name)" }

  init(_ kind: String, _ name: String, _ text: String, _ says: String..., status: Int32 = 1) {
    self.kind = kind
    self.name = name
    self.text = text
    self.says = says
    self.status = status
  }

  /// The plugin's file.
  var source: String {
    let functions =
      switch kind {
      case "model": "build = function(options, task) \(text) end"
      case "recipe": "train = function(self, model, data, context) \(text) end"
      case "encoder": "encode = function(self, waveforms) \(text) end"
      case "task": "run = function(self, context) \(text) end"
      case "test": "run = function(self, model, batches, context) \(text) end"
      case "metric":
        "start = function(self) self.n = 0 end, update = function(self, batch) self.n = self.n + 1 end, "
          + "value = function(self) return self.n end, \(text)"
      default:
        "start = function(self, base) self.n, self.model = base.model.classes, base.model end, "
          + "learn = function(self, support) end, "
          + "scores = function(self, features) return nj.zeros { features:size(1), self.n } end, \(text)"
      }
    return """
      local nj = require "nightjar"
      local nn = nj.nn
      return nj.\(kind) { name = "\(name)", summary = "a mistake", api = 1,
      \(functions) }
      """
  }
}

/// Mistakes in plugins: one message that names plugin, place and shapes; nothing half-written.
@Suite struct BenchTrialsPlugins {
  static let models = [
    FaultCase(
      "model", "syntax", "return return", "plugin model/syntax: ", "models/syntax.lua:4:", "near 'return'"),
    FaultCase(
      "model", "runtime", "local x return x.y", "plugin model/runtime: ", "runtime.lua:4:", "local 'x'"),
    FaultCase(
      "model", "none", "return nil", "plugin model/none (",
      "none.lua:4): build returned nil, expected a module"),
    FaultCase(
      "model", "channels",
      "return nn.Sequential { { 'conv1', nn.Conv1d(20, 8, 4) }, { 'conv2', nn.Conv1d(16, 8, 3) } }",
      "plugin model/channels (", "in layer conv2, Conv1d(16, 8, kernel 3)", "[2, 197, 8]", "16 channels"),
    FaultCase(
      "model", "width", "return nn.Sequential { nn.GlobalAvgPool1d(), nn.Linear(20, task.classes + 1) }",
      "plugin model/width (", "returns [2, 9] of float32, expected [2, 8]"),
    FaultCase(
      "model", "kernel", "return nn.Sequential { { 'long', nn.Conv1d(20, 8, 4000) } }",
      "in layer long", "at least 4000 time steps"),
    FaultCase(
      "model", "pools",
      "local l = {} for i = 1, 12 do l[i] = { 'pool' .. i, nn.MaxPool1d(2) } end return nn.Sequential(l)",
      "in layer pool8, MaxPool1d(2)", "[2, 1, 20]", "fewer poolings"),
    FaultCase(
      "model", "flat", "return nn.Sequential { nn.Linear(20, task.classes), nn.GlobalAvgPool1d() }",
      "plugin model/flat (", "features are [2, 200, 20]", "(samples, embedding)"),
    FaultCase(
      "model", "written",
      "return nn.module { name = 'M', forward = function(self, x) return x + nil end } ()",
      "plugin model/written: ", "written.lua:4: add: argument 2"),
    FaultCase(
      "model", "huge", "return nn.Conv1d(20, 1 << 62, 1 << 62)", "plugin model/huge: ", "exceeds any memory"),
  ]

  static let training = [
    FaultCase("recipe", "runtime", "data.nothing()", "plugin recipe/runtime: ", "runtime.lua:4:", "nothing"),
    FaultCase(
      "recipe", "none", "", "plugin recipe/none (", "train returned nothing, expected the trained model"),
    FaultCase(
      "recipe", "wrapped", "return nn.Sequential { model }", "plugin recipe/wrapped (",
      "another network than model/m5"),
    FaultCase(
      "recipe", "labels",
      "nj.loss.cross_entropy(nj.zeros { 2, 3 }, nj.tensor({ 1, 4 }, { dtype = 'int32' }))",
      "label 4 of sample 2 is outside the 3 classes"),
    FaultCase(
      "recipe", "floats", "nj.loss.cross_entropy(nj.zeros { 1, 3 }, nj.tensor { 1 })", "int32",
      "x:to(\"int32\")"),
    FaultCase(
      "recipe", "vector",
      "nj.train { model = model, batches = data:batches {}, optimizer = nj.optim.SGD(model:parameters(), { lr = 1 }), "
        + "loss = function(s, l) return nj.loss.cross_entropy(s, l, { reduction = 'none' }) end }",
      "the loss has shape [24], expected one number"),
    FaultCase(
      "recipe", "nan",
      "nj.no_grad(function() for _, p in ipairs(model:parameters()) do p:fill_(0 / 0) end end) return model",
      "plugin recipe/nan (", "holds NaN or infinity", "diverged"),
    FaultCase(
      "encoder", "runtime", "return waveforms:foo()", "plugin encoder/runtime: ", "runtime.lua:4:", "foo"),
    FaultCase(
      "encoder", "flat", "return waveforms", "plugin encoder/flat (", "returned [72, 8000]",
      "expected [72, time, channel]"),
    FaultCase("encoder", "none", "", "plugin encoder/none (", "encode returned nothing"),
    FaultCase(
      "encoder", "integers", "return nj.zeros { waveforms:size(1), 9, 20 }:to('int32')", "of int32",
      "of float32"),
    FaultCase(
      "encoder", "nan", "return nj.zeros { waveforms:size(1), 9, 20 } / 0", "plugin encoder/nan (",
      "encode returned NaN",
      "base_train.csv row 2"),
    FaultCase(
      "task", "runtime", "error('no task today')", "plugin task/runtime: ", "runtime.lua:4: no task today"),
    FaultCase(
      "task", "none", "", "plugin task/none (",
      "run returned nil, expected a table, or the results of nj.fscil.run"),
  ]

  static let learners = [
    FaultCase(
      "learner", "runtime", "learn = function(self, s) return s.features .. '' end",
      "plugin learner/runtime: ",
      "runtime.lua:4:"),
    FaultCase(
      "learner", "matmul", "scores = function(self, f) return f:matmul(nj.zeros { 3, self.n }) end",
      "plugin learner/matmul: ", "[12, 8] with [3, 8]"),
    FaultCase(
      "learner", "shape", "scores = function(self, f) return nj.zeros { f:size(1), self.n - 1 } end",
      "plugin learner/shape (", "shape [12, 7], expected [12, 8]"),
    FaultCase(
      "learner", "nan", "scores = function(self, f) return nj.zeros { f:size(1), self.n } / 0 end",
      "plugin learner/nan (", "NaN in session 0"),
    FaultCase(
      "learner", "none", "scores = function() end", "plugin learner/none (", "returned nothing",
      "float32 tensor"),
    FaultCase(
      "learner", "integers",
      "scores = function(self, f) return nj.zeros({ f:size(1), self.n }):to('int32') end",
      "plugin learner/integers (", "a tensor of int32"),
    FaultCase(
      "learner", "stranger", "learn = function(self, s) s:of(1) end", "plugin learner/stranger: ",
      "class 1 is not among these samples"),
    FaultCase(
      "learner", "vandal", "start = function(self, b) b.features:mul_(0) end", "plugin learner/vandal (",
      "features in place", "clone()"),
    FaultCase(
      "learner", "hoarder",
      "learn = function() local t = {} while true do t[#t + 1] = ('x'):rep(9999) .. #t end end",
      "plugin learner/hoarder: ", "64.0 MiB of Lua memory", status: 4),
  ]

  @Test(arguments: models + training + learners) func saysWhatIsWrong(_ c: FaultCase) throws {
    let sandbox = try Sandbox()
    try sandbox.write(c.source, to: "plugins/\(c.kind)s/\(c.name).lua")
    let choice = c.kind == "task" ? [c.name] : ["--\(c.kind)", c.name]
    let options = c.status == 4 ? ["--limit", "lua-memory=64MiB"] : []
    // Options of the shipped model and recipe are unknown to others.
    let fast = ["--data", TinySpeech.data, "--repeats", "2", "--quiet", "--no-check"]
    let small =
      (c.kind == "model" ? [] : ["--set", "model.channels=4"])
      + (c.kind == "recipe" ? [] : ["--set", "recipe.epochs=1"])
    let end = try sandbox.run(
      ["bench"] + fast + small + choice + options, environment: ["XDG_CACHE_HOME": TinySpeech.cache])
    #expect(end.status == c.status, "\(end.errors)")
    for text in c.says { #expect(end.errors.contains(text)) }
    #expect(end.output == "")
    #expect(end.errors.hasPrefix("nightjar: "))
    #expect(sandbox.runs.allSatisfy { !sandbox.exists("runs/\($0)/results.json") })
  }

  static let observers = [
    FaultCase(
      "metric", "update", "update = function() error('boom') end",
      "no numbers of metric/update for prototypical: ",
      "update.lua:4: boom"),
    FaultCase("metric", "start", "start = function() error('boom') end", "start.lua:4: boom"),
    FaultCase("metric", "none", "value = function() end", "value returned nil"),
    FaultCase("metric", "empty", "value = function() return {} end", "value returned an empty table"),
    FaultCase("metric", "words", "value = function() return { a = 'x' } end", "'a' is a string"),
    FaultCase(
      "test", "runtime", "error('boom')", "no numbers of test/runtime for frozen: ", "runtime.lua:4: boom"),
    FaultCase("test", "none", "", "run returned nil, expected a table of named numbers"),
  ]

  @Test(arguments: observers) func goesOnWithoutAFailedMetricOrTest(_ c: FaultCase) throws {
    let sandbox = try Sandbox()
    try sandbox.write(c.source, to: "plugins/\(c.kind)s/\(c.name).lua")
    let end = try sandbox.bench(["--\(c.kind)", c.name, "--metric", "forgetting", "--out", "r"])
    #expect(end.status == 1)
    for text in c.says { #expect(end.errors.contains(text)) }
    let results = try sandbox.results("r")
    #expect((results["failures"] as? [String: String])?.keys.sorted() == ["\(c.kind)/\(c.name)"])
    let learners = results["learners"] as? [[String: Any]] ?? []
    #expect((learners.first?["measures"] as? [String: [Double]])?["forgetting"]?.count == 1)
  }

  @Test func keepsNumbersOfMetricsThatGiveTables() throws {
    let sandbox = try Sandbox()
    let metric = FaultCase("metric", "named", "value = function() return { a = 1, b = 0 / 0 } end")
    try sandbox.write(metric.source, to: "plugins/metrics/named.lua")
    let end = try sandbox.bench(["--metric", "named", "--out", "r"])
    #expect(end.status == 1, "\(end.errors)")
    #expect(end.errors.contains("no numbers of metric/named.b for prototypical: "))
    #expect(end.errors.contains("named.b: it is NaN"))
    let results = try sandbox.results("r")
    #expect((results["failures"] as? [String: String])?.keys.sorted() == ["metric/named.b"])
    let learners = results["learners"] as? [[String: Any]] ?? []
    let measures = learners.first?["measures"] as? [String: [Any]]
    #expect(measures?["named.a"] as? [Double] == [1])
    #expect(measures?.count == 1)
  }
}
