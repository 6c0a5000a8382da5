import LuaHost
import Scripting
import Testing

/// A metric that writes what it knows (it sees labels), and a reader that is forbidden to see labels.
struct Channel: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Runs in the metric's `update`; `LABELS` is a text.
  let write: String
  /// Runs in the `start` of a learner that is run after another one.
  let read: String
  /// A reader that reads something of its own.
  let honest: String
  /// What the failure says.
  var says = "a learner reads no files that plugins of this run wrote"

  init(_ name: String, write: String, read: String, honest: String) {
    testDescription = name
    (self.write, self.read) = (write, read)
    self.honest = honest
  }

  init(_ name: String, write: String, read: String, honest: String, says: String) {
    self.init(name, write: write, read: read, honest: honest)
    self.says = says
  }
}

/// Channels from roles that see labels to those that do not: each with a pair that uses it and is named, and a pair
/// that uses the same functions and is not.
@Suite struct ChannelTests {
  private let state: BindingsState
  private let contract: ContractTests

  init() throws {
    contract = try ContractTests()
    state = contract.state
    // The plugins' folder may be written to: what is loaded from it is a channel as well.
    try state.context.capabilities.files.allowWriting(state.root + "/plugins")
    try state.put("mine", at: "files/mine.txt")
    try state.put("mine", at: "files/own/mine.txt")
    try state.put("return { answer = 1 }", at: "plugins/mine.lua")
  }

  static let files = [
    Channel(
      "the run's folder", write: "nj.run.save('answers', LABELS)", read: "nj.fs.read(OUT .. '/answers.txt')",
      honest: "nj.fs.read(FILES .. '/mine.txt')"),
    Channel(
      "a granted folder", write: "nj.fs.write(FILES .. '/answers.txt', LABELS)",
      read: "nj.fs.read(FILES .. '/answers.txt')", honest: "nj.fs.read(FILES .. '/mine.txt')"),
    Channel(
      "a file of the user's that is overwritten", write: "nj.fs.write(FILES .. '/mine.txt', LABELS)",
      read: "nj.fs.read(FILES .. '/mine.txt')", honest: "nj.fs.read(FILES .. '/own/mine.txt')"),
    Channel(
      "a path that is written another way", write: "nj.fs.write(FILES .. '/answers.txt', LABELS)",
      read: "nj.fs.read(FILES .. '/own/../answers.txt')", honest: "nj.fs.read(FILES .. '/own/../mine.txt')"),
    Channel(
      "whether a file exists", write: "nj.fs.write(FILES .. '/label1.txt', '')",
      read: "nj.fs.exists(FILES .. '/label1.txt')", honest: "nj.fs.exists(FILES .. '/mine.txt')"),
    Channel(
      "whether a folder exists", write: "nj.fs.write(FILES .. '/label1/new/x.txt', '')",
      read: "nj.fs.exists(FILES .. '/label1/new')", honest: "nj.fs.exists(FILES .. '/own')"),
    Channel(
      "the names in a folder", write: "nj.fs.write(FILES .. '/label1.txt', '')",
      read: "nj.fs.list(FILES)", honest: "nj.fs.list(FILES .. '/own')"),
    Channel(
      "the names of tables", write: "nj.run.table(LABELS, { { a = 1 } })", read: "nj.fs.list(OUT)",
      honest: "nj.fs.list(FILES .. '/own')"),
    Channel(
      "tensors", write: "nj.save(FILES .. '/answers.safetensors', { labels = b.labels })",
      read: "nj.load(FILES .. '/answers.safetensors')", honest: "nj.fs.read(FILES .. '/mine.txt')"),
    Channel(
      "sound", write: "nj.fs.write(FILES .. '/answers.wav', LABELS)",
      read: "nj.audio.read(FILES .. '/answers.wav')", honest: "nj.fs.read(FILES .. '/mine.txt')"),
    Channel(
      "a module that is written", write: "nj.fs.write(PLUGINS .. '/answers.lua', 'return 1')",
      read: "require 'answers'", honest: "assert(require('mine').answer == 1)",
      says: "a learner reads no files that plugins of this run wrote"),
    Channel(
      "whether a module exists", write: "nj.fs.write(PLUGINS .. '/label1.lua', 'return 1')",
      read: "pcall(require, 'label1')", honest: "pcall(require, 'none')"),
    Channel(
      "a plugin that is written",
      write: "nj.fs.write(PLUGINS .. '/metrics/answers.lua', 'return 1')",
      read: "nj.plugin('metric', 'answers')", honest: "nj.plugin('learner', 'cheat')",
      says: "reads no files that plugins of this run wrote"),
    Channel(
      "the log", write: "nj.run.log(LABELS, 1, 1) nj.run.save('x', 'x')",
      read: "nj.fs.read(OUT .. '/scalars.csv')",
      honest: "nj.run.log('mine', 1, 1)"),
    Channel(
      "memory of tensors", write: "self.memory = nj.zeros { 1000 }", read: "local live = nj.memory().live",
      honest: "local now = nj.time()", says: "memory: a learner reads no sizes of memory"),
    Channel(
      "measurements of the machine", write: "self.memory = nj.zeros { 1000 }",
      read: "nj.system { model = nn.ReLU(), inputs = nj.zeros { 1, 2 }, runs = 1 }",
      honest: "local now = nj.time()",
      says: "system: a learner reads no sizes of memory"),
    Channel(
      "memory of Lua", write: "self.memory = ('x'):rep(1000)", read: "local kB = collectgarbage('count')",
      honest: "collectgarbage()", says: "collectgarbage: plugins of this role read no sizes of memory"),
    Channel(
      "names of the results", write: "self.names = LABELS", read: "base.model.results:measures('cheat')",
      honest: "local n = #base.classes", says: "measures: a learner sees base and support samples"),
    Channel(
      "a field of the network", write: "self.model.note = LABELS", read: "local _ = base.model.note",
      honest: "local _ = base.model.classes", says: "field 'note': a metric sets no fields of the network"),
    Channel(
      "a table in a field of the network", write: "self.model.notes.note = LABELS",
      read: "if base.model.notes.note then error('a note was left') end",
      honest: "assert(base.model.notes.size == 8)", says: ""),
    Channel(
      "a module of the same name", write: "require('mine').note = LABELS",
      read: "if require('mine').note then error('a note was left') end",
      honest: "assert(require('mine').answer == 1)", says: ""),
    Channel(
      "a library of Lua", write: "string.note = LABELS math.note = LABELS",
      read: "if string.note or math.note then error('a note was left') end", honest: "local _ = math.pi",
      says: ""),
    Channel(
      "the host's own object", write: "pcall(function() nj.json.null.note = LABELS end)",
      read: "if pcall(function() return nj.json.null.note end) then error('a note was left') end",
      honest: "assert(nj.json.null)", says: ""),
  ]

  @Test(arguments: files) func whatMetricsKnowIsNotRead(_ c: Channel) throws {
    func locals(_ text: String) -> String {
      "local OUT, FILES, PLUGINS = '\(state.root)/out', '\(state.root)/files', '\(state.root)/plugins' \(text)"
    }
    let metric = Cheat(kind: .metric, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      metric.source(
        "update = function(self, b) local LABELS = table.concat(b.labels:totable(), '-') \(locals(c.write)) end"
      ).replacing("\"cheat\"", with: "\"writer\""), at: "plugins/metrics/writer.lua")
    let learner = Cheat(kind: .learner, testDescription: "", cheat: "", honest: "", says: [])
    func start(_ text: String) throws {
      try state.put(
        learner.source(
          "start = function(self, base) self.w = nj.zeros { 6, base.features:size(2) } self:learn(base) "
            + "\(locals(text)) end"), at: "plugins/learners/cheat.lua")
      try state.state.attached(PluginLibrary.self).forget()
    }
    let results = "model.results = nj.fscil.run { model = model, data = data, learners = 'frozen' } "
    let before =
      BindingsState.tones + ContractTests.written + " " + (c.read.contains("results") ? results : "")
    // The metric has seen the first learner's test when the second one starts.
    let use =
      before + "return nj.fscil.run { model = model, data = data, seed = 3, shots = 2, "
      + "learners = { 'frozen', 'cheat' }, metrics = 'writer' }:failures()"
    try start(c.read)
    let failures = try state.run(use)[0].table
    let text = (failures?.fields ?? []).map { "\($0.name): \($0.value.string ?? "")" }.joined(separator: "\n")
    if c.says.isEmpty {
      #expect(text.isEmpty, "nothing arrives: \(text)")
    } else {
      let own = c.says.contains("a metric") ? "metrics/writer" : "learners/cheat"
      #expect(text.contains(c.says) && text.contains("\(own).lua:3"), "\(text)")
    }
    try start(c.honest)
    let honest = try state.run(use)[0].table
    #expect(honest?.fields.contains { $0.name == "learner/cheat" } == false, "\(String(describing: honest))")
  }

  @Test func whatOthersDrawIsNotSeen() throws {
    let learner = Cheat(kind: .learner, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      learner.source(
        "start = function(self, base) self.w = nj.zeros { 6, base.features:size(2) } self:learn(base) "
          + "nj.run.log('drawn', nj.rand { 1 }:item() + math.random(), 1) end"),
      at: "plugins/learners/cheat.lua")
    let metric = Cheat(kind: .metric, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      metric.source("update = function(self, b) nj.seed(#b.labels) math.randomseed(1) nj.rand { 9 } end"),
      at: "plugins/metrics/cheat.lua")
    func drawn(_ metrics: String) throws -> [Double] {
      state.run.logged = []
      try state.run(
        BindingsState.tones
          + "nj.fscil.run { model = model, data = data, repeats = 3, learners = 'cheat'\(metrics) }")
      return state.run.logged.map(\.value)
    }
    let alone = try drawn("")
    #expect(alone.count == 3 && Set(alone).count == 3)
    #expect(try drawn(", metrics = 'cheat'") == alone)
  }

  /// What other roles read, and what is said of it.
  static let readers = [
    Cheat(
      kind: .recipe, testDescription: "reads the run's folder",
      cheat: "train = function(self, m) nj.fs.read(nj.run.save('x', 'labels')) return m end",
      honest: "train = function(self, m) nj.run.save('x', 'labels') return m end",
      says: ["a recipe reads no files that plugins of this run wrote"]),
    Cheat(
      kind: .recipe, testDescription: "reads sizes of memory",
      cheat: "train = function(self, m) nj.memory() return m end",
      honest: "train = function(self, m) nj.time() return m end",
      says: ["memory: a recipe reads no sizes of memory"]),
    Cheat(
      kind: .model, testDescription: "reads sizes of memory",
      cheat: "build = function(o, t) nj.memory() end",
      honest:
        "build = function(o, t) return nn.Sequential { nn.GlobalAvgPool1d(), nn.Linear(20, t.classes) } end",
      says: ["memory: a model reads no sizes of memory"]),
    Cheat(
      kind: .encoder, testDescription: "reads sizes of memory",
      cheat: "encode = function(self, w) local kB = collectgarbage('count') end",
      honest: "encode = function(self, w) collectgarbage() return w:slice(2, 1, 40):reshape(-1, 2, 20) end",
      says: ["collectgarbage: plugins of this role read no sizes of memory"]),
  ]

  @Test(arguments: readers) func otherRolesReadNothingEither(_ c: Cheat) throws { try contract.check(c) }

  @Test func whatAScriptWritesItselfMayBeRead() throws {
    let learner = Cheat(kind: .learner, testDescription: "", cheat: "", honest: "", says: [])
    try state.put(
      learner.source(
        "start = function(self, base) self.w = nj.zeros { 6, base.features:size(2) } self:learn(base) "
          + "assert(nj.fs.read('\(state.files)/given.txt') == 'mine') end"),
      at: "plugins/learners/cheat.lua")
    try state.run(
      BindingsState.tones + "nj.fs.write(FILES .. '/given.txt', 'mine') "
        + "nj.fscil.run { model = model, data = data, learners = 'cheat' }")
  }
}
