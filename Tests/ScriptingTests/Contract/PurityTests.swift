import LuaHost
import Scripting
import Testing

/// Learners, models and encoders that let a sample's scores or embedding depend on more than what was learned and this
/// sample, and their honest twins, which keep the same things and use none of them.
@Suite struct PurityTests {
  private let contract: ContractTests

  init() throws { contract = try ContractTests() }

  private static let base = "local s = x:matmul(self.w:transpose(1, 2)) "

  /// A learner whose `scores` add `term` to what an honest one gives.
  private static func scores(
    _ name: String, _ prepare: String, _ term: String, harmless: String, before: String = ""
  ) -> Cheat {
    Cheat(
      kind: .learner, testDescription: name,
      cheat: "scores = function(self, x) \(base) \(prepare) return s + \(term) end",
      honest: "scores = function(self, x) \(base) \(prepare) return s + \(harmless) end",
      says: ["a sample's scores depend on what was learned and on this sample alone"], before: before)
  }

  private static func upvalue(_ term: String) -> String {
    "scores = (function() local calls = 0 return function(self, x) \(base) calls = calls + 1 "
      + "return s + \(term) end end)()"
  }

  static let learners = [
    scores(
      "recognises samples by a field",
      "self.seen = self.seen or {} local known = {} for i, row in ipairs(x:totable()) do "
        + "local key = table.concat(row, ',') known[i] = self.seen[key] and 1 or 0 self.seen[key] = true end",
      "nj.tensor(known):reshape(#x, 1) * nj.arange(1, 6) * 9", harmless: "0"),
    scores(
      "counts its calls in a field", "self.calls = (self.calls or 0) + 1",
      "nj.arange(1, 6) * self.calls", harmless: "self.calls * 0"),
    scores(
      "counts samples in a global variable", "count = (count or 0) + #x",
      "nj.arange(1, 6) * count", harmless: "count * 0"),
    scores(
      "counts in a tensor that is changed in place",
      "self.t = self.t or nj.zeros { 1 } self.t:add_(#x)", "nj.arange(1, 6) * self.t:item()",
      harmless: "self.t:item() * 0"),
    scores(
      "counts in a module of its own", "local m = require 'memory' m.calls = (m.calls or 0) + 1",
      "nj.arange(1, 6) * m.calls", harmless: "m.calls * 0"),
    scores(
      "counts in a coroutine",
      "self.next = self.next or coroutine.wrap(function() for i = 1, 1e9 do coroutine.yield(i) end end) "
        + "local calls = self.next()", "nj.arange(1, 6) * calls", harmless: "calls * 0"),
    scores(
      "counts in an iterator of the host",
      "self.next = self.next or ('x'):rep(10000):gmatch('()x') local calls = self.next()",
      "nj.arange(1, 6) * calls", harmless: "calls * 0"),
    scores(
      "counts in another plugin",
      "self.box = self.box or nj.plugin('metric', 'mailbox').new() self.box:update()",
      "nj.arange(1, 6) * self.box.known", harmless: "self.box.known * 0"),
    Cheat(
      kind: .learner, testDescription: "counts in an upvalue",
      cheat: upvalue("nj.arange(1, 6) * calls"), honest: upvalue("calls * 0"),
      says: ["a sample's scores depend on what was learned and on this sample alone"]),
    scores(
      "draws from a stream that goes on", "self.stream = self.stream or nj.random(1)",
      "self.stream:randn { 1, 6 } * 9", harmless: "self.stream:randn { 1, 6 } * 0"),
    scores(
      "draws from math.random", "", "nj.arange(1, 6) * math.random() * 99", harmless: "math.random() * 0"),
    scores("adds noise to samples", "", "nj.randn { #x, 6 } * 9", harmless: "nj.randn { #x, 6 } * 0"),
    scores(
      "subtracts the mean of the batch", "", "(x - x:mean(1)):matmul(self.w:transpose(1, 2)) - s",
      harmless: "x:mean() * 0"),
    scores("subtracts the scores of the first sample", "", "-s[1]", harmless: "s[1] * 0"),
    scores(
      "ranks samples of the batch", "local _, order = s:topk(#x, 1)", "order:to('float32') * 9 - s",
      harmless: "0"),
    scores(
      "scores by the position in the batch", "", "nj.arange(1, #x):reshape(#x, 1) * nj.arange(1, 6)",
      harmless: "nj.arange(1, #x):reshape(#x, 1) * 0"),
    scores("scores by the size of the batch", "", "nj.arange(1, 6) * #x", harmless: "#x * 0"),
    scores(
      "hides the best class behind an outlier", "self.calls = (self.calls or 0) + 1",
      "nj.tensor { -1e9, 0, 0, 0, 0, 0 } + nj.arange(1, 6):sub(3.5):mul(self.calls % 2 == 0 and 20 or -20)",
      harmless: "nj.tensor { -1e9, 0, 0, 0, 0, 0 }"),
    scores(
      "counts in a network written in Lua",
      "local counted = self.model:readout(x):mean(1):select(1, 6):item()",
      "nj.arange(1, 6) * counted", harmless: "counted * 0",
      before: """
        local calls = 0
        local Net = nj.nn.module { init = function(self, inner) self.inner = inner end,
          forward = function(self, x) return self.inner(x) end,
          features = function(self, x) return self.inner:features(x) end,
          readout = function(self, f) calls = calls + 1 return nj.full({ #f, 6 }, calls) end }
        model = Net(model)
        """),
  ]

  private static func model(_ name: String, _ cheat: String, _ honest: String) -> Cheat {
    func build(_ features: String) -> String {
      "build = function(o, t) local net = nn.module { init = function(self) self.out = nn.Linear(20, t.classes) end, "
        + "features = function(self, x) local f = x:mean(2) \(features) end, "
        + "readout = function(self, f) return self.out(f) end, "
        + "forward = function(self, x) return self.out(self:features(x)) end } return net() end"
    }
    return Cheat(
      kind: .model, testDescription: name, cheat: build(cheat), honest: build(honest),
      says: ["a clip's embedding depends on this clip alone"])
  }

  private static let count = "self.notes = self.notes or {} self.notes[#self.notes + 1] = 1 "
  static let models = [
    model(
      "counts batches in a field", count + "return f + #self.notes * 50", count + "return f + #self.notes * 0"
    ),
    model(
      "counts batches in an upvalue", "n = (n or 0) + 1 return f + n * 50",
      "n = (n or 0) + 1 return f + n * 0"),
    model(
      "subtracts the mean of the batch", "return self.training and f or f - f:mean(1)",
      "return f - f:mean(2, true)"),
    model("subtracts the first sample of the batch", "return f - f[1]", "return f - f[1] * 0"),
    model(
      "adds the position in the batch", "return f + nj.arange(1, #f):reshape(#f, 1) * 50",
      "return f + nj.arange(1, #f):reshape(#f, 1) * 0"),
    model("adds noise", "return f + nj.randn { #f, 20 } * 50", "return f + nj.randn { #f, 20 } * 0"),
  ]

  private static func encoder(_ name: String, _ cheat: String, _ honest: String) -> Cheat {
    func encode(_ body: String) -> String {
      "encode = function(self, w) local f = w:slice(2, 1, 40):reshape(-1, 2, 20) \(body) end"
    }
    return Cheat(
      kind: .encoder, testDescription: name, cheat: encode(cheat), honest: encode(honest),
      says: ["a clip's features depend on this clip alone"])
  }

  static let encoders = [
    encoder(
      "counts batches in a field", "self.n = (self.n or 0) + 1 return f + self.n * 60",
      "self.n = (self.n or 0) + 1 return f + self.n * 0"),
    encoder(
      "counts clips in a global variable", "n = (n or 0) + #w return f + n",
      "n = (n or 0) + #w return f + n * 0"),
    encoder(
      "subtracts a running mean",
      "self.mean = (self.mean or 0) * 0.5 + f:mean(1) return f - self.mean",
      "self.mean = (self.mean or 0) * 0.5 + f:mean(1) return f"),
    encoder("subtracts the mean of the batch", "return f - f:mean(1)", "return f - f:mean(2, true)"),
    encoder(
      "adds the position in the batch", "return f + nj.arange(1, #w):reshape(#w, 1, 1)",
      "return f + nj.arange(1, #w):reshape(#w, 1, 1) * 0"),
    encoder(
      "adds what a coroutine counts",
      "self.next = self.next or coroutine.wrap(function() for i = 1, 1e9 do coroutine.yield(i) end end) "
        + "return f + self.next() * 60",
      "self.next = self.next or coroutine.wrap(function() for i = 1, 1e9 do coroutine.yield(i) end end) "
        + "return f + self.next() * 0"),
  ]

  @Test(arguments: learners + models + encoders) func whatDependsOnOthersIsNamed(_ c: Cheat) throws {
    try contract.putMemory()
    var use = c
    if c.kind == .model {
      use.use =
        "nj.fscil.embed(nj.fscil.pretrain { data = data, model = 'cheat', recipe = 'quick' }, { data = data })"
    }
    try contract.check(use)
  }
}
