import LuaHost
import Scripting
import Tensors
import Testing

/// A plugin that breaks a rule of the protocol, and its honest twin.
struct Cheat: Sendable, CustomTestStringConvertible {
  let kind: PluginKind
  let testDescription: String
  /// Functions of the manifest that are not the usual ones.
  let cheat: String
  let honest: String
  /// What the failure says, besides the plugin.
  let says: [String]
  /// The line of the plugin that it names.
  var line = 3
  /// What the script does before the run.
  var before = ""
  /// What the script does, where that is not the usual.
  var use: String?

  /// The plugin's file; a cheat is on line 3.
  func source(_ functions: String) -> String {
    let usual: [String: String] =
      switch kind {
      case .learner:
        [
          "start":
            "start = function(self, base) self.model, self.w = base.model, nj.zeros { 6, base.features:size(2) } self:learn(base) end",
          "learn":
            "learn = function(self, s) for _, c in ipairs(s.classes) do self.w[c] = s:of(c):mean(1) end end",
          "scores": "scores = function(self, x) return x:matmul(self.w:transpose(1, 2)) end",
        ]
      case .metric:
        [
          "start": "start = function(self, context) self.n, self.model = 0, context.model end",
          "update": "update = function(self, batch) self.n = self.n + 1 end",
          "value": "value = function(self) return self.n end",
        ]
      default: [:]
      }
    let own = usual.filter { !functions.contains($0.key + " =") }.sorted { $0.key < $1.key }.map(\.value)
    return """
      local nj = require "nightjar" local nn = nj.nn
      return nj.\(kind) { name = "cheat", summary = "cheats", api = 1,
      \(([functions] + own).joined(separator: ",\n")) }
      """
  }

  /// A script that uses it.
  var run: String {
    let run =
      switch kind {
      case .learner: "learners = \"cheat\""
      case .metric: "learners = \"frozen\", metrics = { \"cheat\" }"
      case .test: "learners = \"frozen\", tests = \"cheat\""
      default: ""
      }
    let use =
      switch kind {
      case .recipe, .model:
        "nj.fscil.pretrain { data = data, \(kind) = \"cheat\", \(kind == .model ? "recipe = 'quick'" : "model = 'small'") }"
      case .encoder: "return data:task(\"cheat\").input.time"
      default:
        "return nj.fscil.run { model = model, data = data, repeats = 2, seed = 3, shots = 2, \(run) }:failures()"
      }
    return before + "\n" + (self.use ?? use)
  }
}

/// Rules of the protocol: who breaks one is named with the line and the rule, and nobody who keeps them is stopped.
@Suite struct ContractTests {
  let state: BindingsState

  init() throws {
    state = try BindingsState()
    try state.putTones()
    try state.put(
      """
      local nj = require "nightjar"
      return nj.recipe { name = "quick", summary = "Trains nothing", api = 1,
        train = function(self, model) return model end }
      """, at: "plugins/recipes/quick.lua")
    try state.put(
      """
      local nj = require "nightjar"
      return nj.model { name = "small", summary = "Averages", api = 1, build = function(options, task)
        return nj.nn.Sequential { nj.nn.GlobalAvgPool1d(), nj.nn.Linear(task.input.channels, task.classes) } end }
      """, at: "plugins/models/small.lua")
  }

  /// Files that plugins can keep things in: a module, and a plugin with a table of its own.
  func putMemory() throws {
    try state.put("return { known = 0 }", at: "plugins/memory.lua")
    try state.put(
      """
      local nj = require "nightjar"
      return nj.metric { name = "mailbox", summary = "Keeps what it is told", api = 1,
        start = function() end, value = function() end,
        update = function(self) known = (known or 0) + 1 self.known = known end }
      """, at: "plugins/metrics/mailbox.lua")
  }

  /// A network with fields of its own, by which a script could hand things to a learner.
  static let written = """
    local Net = nj.nn.module { init = function(self, inner) self.inner, self.notes = inner, { size = 8 } end,
      forward = function(self, x) return self.inner(x) end,
      features = function(self, x) return self.inner:features(x) end,
      readout = function(self, f) return self.inner:readout(f) end }
    model = Net(model)
    """

  static let learners = [
    Cheat(
      kind: .learner, testDescription: "opens the data set",
      cheat: "learn = function(self, s) self.data = nj.data.words {} end",
      honest: "learn = function(self, s) self.shots = #s.labels end",
      says: ["words: a learner sees base and support samples"]),
    Cheat(
      kind: .learner, testDescription: "reads a data set it was handed",
      cheat: "learn = function(self, s) for b in self.model.data:batches { split = 'test' } do end end",
      honest: "learn = function(self, s) local _ = self.model.data end",
      says: ["batches of test: a learner sees base"], before: written + " model.data = data"),
    Cheat(
      kind: .learner, testDescription: "reads a batch that was kept",
      cheat: "scores = function(self, x) local l = self.model.batch.labels return nj.zeros { #x, 6 } end",
      honest: "scores = function(self, x) return nj.zeros { #x, 6 } end",
      says: ["labels of a batch of test: a learner sees"],
      before: written + " model.batch = data:batches { split = 'test' }()"),
    Cheat(
      kind: .learner, testDescription: "goes on with batches that were begun",
      cheat: "learn = function(self, s) local b = self.model.batches() end",
      honest: "learn = function(self, s) local n = self.model.batches.count end",
      says: ["a batch of test: a learner sees"],
      before: written + " model.batches = data:batches { split = 'test' }"),
    Cheat(
      kind: .learner, testDescription: "measures itself on the test",
      cheat: "learn = function(self, s) nj.accuracy(self.model, self.model.batches) end",
      honest: "learn = function(self, s) nj.accuracy(self.model, self.model.own) end",
      says: ["a batch of test: a learner sees"],
      before: written
        + " model.batches = data:batches { split = 'test' } model.own = { { features = nj.zeros { 1, 160, 20 }, "
        + "labels = nj.tensor({ 1 }, { dtype = 'int32' }) } }"),
    Cheat(
      kind: .learner, testDescription: "looks at sessions to come",
      cheat: "start = function(self, base) nj.fscil.sessions { data = base.model.data, seed = 3 } end",
      honest:
        "start = function(self, base) self.w = nj.zeros { 6, base.features:size(2) } self:learn(base) end",
      says: ["sessions: a learner sees"], before: written + " model.data = data"),
    Cheat(
      kind: .learner, testDescription: "embeds the test",
      cheat:
        "start = function(self, base) nj.fscil.embed(base.model, { data = base.model.data, split = 'test' }) end",
      honest:
        "start = function(self, base) self.w = nj.zeros { 6, base.features:size(2) } self:learn(base) end",
      says: ["embed with split \"test\": a learner sees"], before: written + " model.data = data"),
    Cheat(
      kind: .learner, testDescription: "asks results how good it is",
      cheat: "learn = function(self, s) self.model.results:all('frozen') end",
      honest: "learn = function(self, s) local _ = self.model.results end",
      says: ["all: a learner sees"],
      before: written + " model.results = nj.fscil.run { model = model, data = data, learners = 'frozen' }"),
    Cheat(
      kind: .learner, testDescription: "catches the error and goes on",
      cheat: "learn = function(self, s) pcall(function() return self.model.data:classes() end) end",
      honest: "learn = function(self, s) pcall(error, 'mine') end",
      says: ["classes: a learner sees"], before: written + " model.data = data"),
    Cheat(
      kind: .learner, testDescription: "reads the lists past nj.data",
      cheat: "learn = function(self, s) nj.fs.read(self.model.notes.place .. '/base_test.csv') end",
      honest: "learn = function(self, s) nj.fs.read(self.model.notes.place .. '/../mine.txt') end",
      says: ["a learner reads no files of a data set"],
      before: written
        + " nj.fs.write(FILES .. '/mine.txt', 'words of my own') model.notes.place = FILES .. '/data'"),
    Cheat(
      kind: .learner, testDescription: "writes down what it learned",
      cheat: "learn = function(self, s) nj.run.save('known', s.labels) end",
      honest: "learn = function(self, s) nj.run.log('shots', #s.labels, 1) end",
      says: ["the run's folder: a learner keeps nothing from one repeat to the next"]),
    Cheat(
      kind: .learner, testDescription: "keeps notes in the network",
      cheat: "learn = function(self, s) self.model.known = s.labels end",
      honest: "learn = function(self, s) self.known = s.labels end",
      says: ["field 'known': a learner sets no fields of the network"], before: written),
    Cheat(
      kind: .learner, testDescription: "trains the network and does not say so",
      cheat: "start = function(self, b) nj.no_grad(function() b.model:parameters()[1]:add_(1) end) end",
      honest: "modifies_base = true, start = function(self, b) self.w = nj.zeros { 6, b.features:size(2) } "
        + "nj.no_grad(function() b.model:parameters()[1]:add_(1) end) end",
      says: ["start changed the network's weights", "declare modifies_base = true"]),
    Cheat(
      kind: .learner, testDescription: "moves the base words and does not say so",
      cheat: "scores = function(self, x) local s = x:matmul(self.w:transpose(1, 2)) "
        + "return nj.cat({ s:slice(2, 1, 2) * (s[1][3] == s[1][4] and 1 or -1), s:slice(2, 3, 6) }, 2) end",
      honest: "modifies_base = true, scores = function(self, x) local s = x:matmul(self.w:transpose(1, 2)) "
        + "return nj.cat({ s:slice(2, 1, 2) * (s[1][3] == s[1][4] and 1 or -1), s:slice(2, 3, 6) }, 2) end",
      says: [", scores puts base class 1 above base class 2"]),
    Cheat(
      kind: .learner, testDescription: "trains on the base features in place",
      cheat: "start = function(self, base) base.features:mul_(2) end",
      honest: "start = function(self, base) self.w = nj.zeros { 6, base.features:size(2) } "
        + "self.own = base.features:clone():mul_(2) end",
      says: ["start changed the base features in place"]),
    Cheat(
      kind: .learner, testDescription: "gives infinite scores",
      cheat: "scores = function(self, x) return nj.full({ #x, 6 }, 1 / 0) end",
      honest:
        "scores = function(self, x) local s = nj.zeros { #x, 6 } s:select(2, 1):fill_(-1 / 0) return s end",
      says: ["scores holds infinity in session 0"]),
  ]

  static let others = [
    Cheat(
      kind: .recipe, testDescription: "trains on the test",
      cheat: "train = function(self, m, data) for b in data:batches { split = 'test' } do end return m end",
      honest:
        "train = function(self, m, data) for b in data:batches { split = 'val' } do local l = b.labels end "
        + "return m end",
      says: ["batches of test: a recipe sees only the splits train and val"]),
    Cheat(
      kind: .recipe, testDescription: "trains on session words",
      cheat:
        "train = function(self, m, data) nj.fscil.embed(m, { data = data, split = 'evaluation' }) return m end",
      honest:
        "train = function(self, m, data) nj.fscil.embed(m, { data = data, split = 'val' }) return m end",
      says: ["embed with split \"evaluation\": a recipe sees"]),
    Cheat(
      kind: .recipe, testDescription: "looks at the sessions",
      cheat: "train = function(self, m, data) nj.fscil.sessions { data = data } return m end",
      honest: "train = function(self, m, data) data:classes() data:task() data:count('test') return m end",
      says: ["sessions: a recipe sees only the splits"]),
    Cheat(
      kind: .recipe, testDescription: "runs the protocol to choose its weights",
      cheat:
        "train = function(self, m, d) nj.fscil.run { model = m, data = d, learners = 'frozen' } return m end",
      honest: "train = function(self, m, d) nj.accuracy(m, d:batches { split = 'val' }) return m end",
      says: ["run: a recipe sees only the splits"]),
    Cheat(
      kind: .recipe, testDescription: "opens another data set",
      cheat: "train = function(self, m) nj.data.words { path = '/nowhere' } return m end",
      honest: "train = function(self, m) nj.run.log('loss', 1, 1) return m end",
      says: ["words: a recipe trains on the data it is given"]),
    Cheat(
      kind: .recipe, testDescription: "gives weights that are none",
      cheat:
        "train = function(self, m) nj.no_grad(function() m:parameters()[2]:fill_(0 / 0) end) return m end",
      honest: "train = function(self, m) nj.no_grad(function() m:parameters()[2]:fill_(1) end) return m end",
      says: ["train returned a model whose '1.bias' holds NaN or infinity"]),
    Cheat(
      kind: .model, testDescription: "opens a data set while it is built",
      cheat: "build = function(o, task) nj.data.words {} end",
      honest:
        "build = function(o, task) return nn.Sequential { nn.GlobalAvgPool1d(), nn.Linear(20, task.classes) } end",
      says: ["words: a model sees the features it is given"]),
    Cheat(
      kind: .model, testDescription: "opens a data set in its forward pass",
      cheat: "build = function(o, t) return nn.Sequential { "
        + "nn.module { forward = function(self, x) nj.data.words {} end }(), nn.Linear(20, t.classes) } end",
      honest: "build = function(o, t) return nn.Sequential { "
        + "nn.module { forward = function(self, x) return x:mean(2) end }(), nn.Linear(20, t.classes) } end",
      says: ["words: a model sees the features it is given"]),
    Cheat(
      kind: .model, testDescription: "computes nothing finite",
      cheat: "build = function(o, t) return nn.Sequential { "
        + "nn.module { forward = function(self, x) return x:mean(2) / 0 end }(), nn.Linear(20, t.classes) } end",
      honest: "build = function(o, t) return nn.Sequential { "
        + "nn.module { forward = function(self, x) return x:mean(2) / 2 end }(), nn.Linear(20, t.classes) } end",
      says: ["before any training the model returns NaN or infinity"]),
    Cheat(
      kind: .encoder, testDescription: "opens a data set",
      cheat: "encode = function(self, waveforms) nj.data.words {} end",
      honest: "encode = function(self, waveforms) return waveforms:slice(2, 1, 40):reshape(-1, 2, 20) end",
      says: ["words: an encoder sees the waveforms it is given"]),
    Cheat(
      kind: .encoder, testDescription: "gives nothing finite",
      cheat: "encode = function(self, waveforms) return waveforms:slice(2, 1, 40):reshape(-1, 2, 20) / 0 end",
      honest: "encode = function(self, waveforms) return waveforms:slice(2, 1, 40):reshape(-1, 2, 20) end",
      says: ["encode returned inf for base_train.csv row 2"]),
  ]

  static let observers = [
    Cheat(
      kind: .metric, testDescription: "changes the network",
      cheat: "update = function(self, b) nj.no_grad(function() self.model:parameters()[1]:zero_() end) end",
      honest: "update = function(self, b) self.n = self.n + self.model:parameters()[1]:sum():item() end",
      says: ["it changed the network's weights"]),
    Cheat(
      kind: .metric, testDescription: "runs the protocol",
      cheat: "start = function(self) nj.fscil.pretrain { data = nj.data.words {} } end",
      honest: "start = function(self) self.n = 0 end",
      says: ["a metric observes a run of the protocol and starts none"],
      before: "data:count('test')"),
    Cheat(
      kind: .metric, testDescription: "gives no number",
      cheat: "value = function(self) return 0 / 0 end", honest: "value = function(self) return 1 / 0 end",
      says: ["cheat: it is NaN"]),
    Cheat(
      kind: .test, testDescription: "counts a part of the test",
      cheat: "run = function(self, model, batches) batches() return { accuracy = 1 } end",
      honest: "run = function(self, model, batches) for b in batches do end return { accuracy = 1 } end",
      says: ["run returned after 1 of the 2 batches of session 1"]),
    Cheat(
      kind: .test, testDescription: "gives other numbers in another session",
      cheat:
        "run = function(self, m, batches, c) for b in batches do end return { ['in_' .. c.session] = 1 } end",
      honest:
        "run = function(self, m, batches, c) for b in batches do end return { session = c.session } end",
      says: ["run returned other names in session 1 than before: cheat.in_0, cheat.in_1"]),
  ]

  @Test(arguments: learners + others) func whoBreaksARuleIsNamed(_ c: Cheat) throws { try check(c) }

  /// Runs the cheat, which has to be named with file, line and rule, and its honest twin, which nobody stops.
  func check(_ c: Cheat) throws {
    let file = "plugins/\(c.kind.folder)/cheat.lua"
    try state.put(c.source(c.cheat), at: file)
    let failure = try #require(state.failure(BindingsState.tones + c.run))
    let text = failure.line
    #expect(text.contains("plugin \(c.kind)/cheat"), "\(text)")
    #expect(text.contains("\(state.root)/\(file):\(c.line)"), "\(text)")
    for part in c.says { #expect(text.contains(part), "\(text)") }
    #expect(failure.exitCode == .script)
    try state.put(c.source(c.honest), at: file)
    try state.state.attached(PluginLibrary.self).forget()
    #expect(throws: Never.self) { try state.run(BindingsState.tones + c.run) }
  }

  @Test(arguments: observers) func metricsAndTestsFailAlone(_ c: Cheat) throws {
    let file = "plugins/\(c.kind.folder)/cheat.lua"
    try state.put(c.source(c.cheat), at: file)
    let found = try state.run(BindingsState.tones + c.run)[0].table
    #expect(found?.fields.map(\.name) == ["\(c.kind)/cheat"])
    let text = found?["\(c.kind)/cheat"].string ?? ""
    #expect(text.contains("\(state.root)/\(file):\(c.line)"), "\(text)")
    for part in c.says { #expect(text.contains(part), "\(text)") }
    try state.put(c.source(c.honest), at: file)
    try state.state.attached(PluginLibrary.self).forget()
    #expect(try state.run(BindingsState.tones + c.run)[0] == .table(LuaTable()))
  }

  /// What a plugin's file does while it is loaded, and what is said of it.
  static let files = [
    ("local data = nj.data.words {}", "words: a plugin's file sees no data while it is loaded"),
    ("nj.run.save('note', 'I was here')", "the run's folder: a plugin's file writes no files"),
    ("pcall(nj.data.words, {})", "words: a plugin's file sees no data"),
  ]

  @Test(arguments: files) func filesOfPluginsOnlyDeclare(_ line: String, _ says: String) throws {
    try state.put(
      """
      local nj = require "nightjar"
      \(line)
      return nj.metric { name = "early", summary = "Early", api = 1,
        start = function() end, update = function() end, value = function() return 1 end }
      """, at: "plugins/metrics/early.lua")
    let text = state.failure("nj.plugin('metric', 'early')")?.line ?? ""
    #expect(text.contains("plugin metric/early: ") && text.contains("early.lua:2: \(says)"), "\(text)")
  }

  @Test func nothingIsRememberedFromRepeatToRepeat() throws {
    // A file's own variables, its modules, other plugins, and a table in the network.
    try putMemory()
    let learner = Cheat(kind: .learner, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      learner.source(
        """
        learn = function(self, s)
          local memory = require "memory"
          known, memory.known = (known or 0) + 1, memory.known + 1
          self.model.notes.known = (self.model.notes.known or 0) + 1
          local box = nj.plugin("metric", "mailbox").new()
          box:update()
          nj.run.log("known", math.max(known, memory.known, box.known, self.model.notes.known or 0), 1)
        end
        """), at: "plugins/learners/cheat.lua")
    try state.run(
      BindingsState.tones + Self.written
        + " nj.fscil.run { model = model, data = data, repeats = 3, learners = 'cheat' } assert(model.notes.known == nil)"
    )
    // The base and two sessions, in each of three repeats.
    #expect(state.run.logged.map(\.value) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
  }

  @Test func encodersAndModelsSeeNoOrder() throws {
    // A clip's first sample, and what is seen of it: all splits in one random order and in full batches.
    try state.put(
      """
      local nj = require "nightjar"
      return nj.encoder { name = "watching", summary = "Logs", api = 1,
        encode = function(self, w)
          for _, value in ipairs(w:select(2, 50):totable()) do nj.run.log("encoded", value, #w) end
          return w:slice(2, 41, 60):reshape(-1, 2, 10)
        end }
      """, at: "plugins/encoders/watching.lua")
    let given = try state.run(
      """
      local data = nj.data.words { path = FILES .. "/data", encoder = "watching" }
      local count = 0
      for _, split in ipairs { "train", "val", "test", "evaluation" } do count = count + data:count(split) end
      for batch in data:batches { split = "train", size = 12 } do
        for _, value in ipairs(batch.waveforms:select(2, 50):totable()) do nj.run.log("listed", value, 1) end
      end
      return count
      """)
    let listed = state.run.logged.filter { $0.name == "listed" }.map(\.value)
    let encoded = state.run.logged.filter { $0.name == "encoded" }
    let total = try #require(given[0].integer)
    #expect(listed.count == 12 && encoded.count == 2 * total)
    #expect(encoded.allSatisfy { $0.step == total })
    let places = listed.compactMap { value in encoded.firstIndex { $0.value == value } }
    #expect(places.count == 12 && places != places.sorted() && (places.max() ?? 0) - (places.min() ?? 0) > 12)
  }

  @Test func oneLearnerThatFailsLeavesTheOthers() throws {
    let broken = Cheat(kind: .learner, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      broken.source(
        "start = function(self, base) base.features:zero_() self.model = base.model error('unlucky') end"),
      at: "plugins/learners/cheat.lua")
    let given = try state.run(
      BindingsState.tones + """
        local function run(...)
          return nj.fscil.run { model = model, data = data, repeats = 2, seed = 3, learners = { ... } }
        end
        local alone, beside = run("prototypical"), run("cheat", "prototypical")
        local _, none = pcall(beside.all, beside, "cheat")
        return beside.learners, alone:all("prototypical"):totable(), beside:all("prototypical"):totable(),
          beside:failures()["learner/cheat"], tostring(none), beside:failures("prototypical")
        """)
    #expect(given[0] == ["prototypical"])
    #expect(given[1] == given[2], "what the one did to the embeddings is undone")
    let reason = given[3].string ?? ""
    #expect(reason.contains("plugin learner/cheat: ") && reason.contains("cheat.lua:3: unlucky"), "\(reason)")
    #expect(reason.contains("in function"), "with its traceback")
    #expect(given[4].string?.contains("no results of the learner 'cheat', which failed: ") == true)
    #expect(given[5] == .table(LuaTable()))
    // With nobody left, the failure itself.
    let failure = state.failure(
      BindingsState.tones + "nj.fscil.run { model = model, data = data, learners = 'cheat' }")
    #expect(failure?.line.contains("cheat.lua:3: unlucky") == true)
  }

  @Test func whatOneDrawsChangesNothingForOthers() throws {
    let noisy = Cheat(kind: .learner, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      noisy.source(
        "start = function(self, base) nj.run.log('drawn', nj.rand { 1 }:item(), 1) nj.seed(5) "
          + "self.w = nj.randn { 6, base.features:size(2) } end"), at: "plugins/learners/cheat.lua")
    let metric = Cheat(kind: .metric, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      metric.source(
        "update = function(self, batch) self.n = self.n + nj.rand { batch.session + 1 }:sum():item() end"),
      at: "plugins/metrics/cheat.lua")
    let given = try state.run(
      BindingsState.tones + """
        nj.seed(9)
        local before = nj.rand { 3 }:totable()
        nj.seed(9)
        local function run(learners, metrics)
          return nj.fscil.run { model = model, data = data, repeats = 2, seed = 3, learners = learners, metrics = metrics }
        end
        local a, b = run({ "cheat" }, {}), run({ "frozen", "cheat" }, { "cheat" })
        return a:all("cheat"):totable(), b:all("cheat"):totable(), before, nj.rand { 3 }:totable(), nj.run.seed
        """)
    #expect(given[0] == given[1])
    #expect(given[2] == given[3] && given[4] == 9)
    let drawn = state.run.logged.map(\.value)
    #expect(drawn[..<2] == drawn[2...] && drawn[0] != drawn[1])
  }

  static let manifests = [
    ("learner", "modifies_base = 'yes',", "'modifies_base': expected boolean, got string"),
    ("metric", "modifies_base = true,", "unknown key 'modifies_base'"),
  ]

  @Test(arguments: manifests) func declarationsAreChecked(_ kind: String, _ line: String, _ says: String) {
    let text = state.failure("nj.\(kind) { name = 'x', summary = 'x', api = 1, \(line) }")?.line ?? ""
    #expect(text.contains(says), "\(text)")
  }
}
