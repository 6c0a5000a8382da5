import LuaHost
import Scripting
import Tensors
import Testing

/// The few-shot protocol from scripts, with the shipped plugins, on tones: every word is a pitch.
@Suite struct LuaProtocolTests {
  private let state: BindingsState

  init() throws {
    state = try BindingsState()
    try state.put(
      """
      local nj = require "nightjar"
      return nj.metric {
        name = "broken", summary = "Fails in the second session", api = 1,
        start = function() end, value = function() return 1 end,
        update = function(self, batch) if batch.session == 1 then error("unlucky") end end,
      }
      """, at: "plugins/metrics/broken.lua")
    try state.putTones()
  }

  private let locals = BindingsState.tones

  @Test func learnersRunSideBySide() throws {
    let given = try state.run(
      locals + """
        local function run()
          return nj.fscil.run {
            model = model, data = data, repeats = 2, seed = 3, metrics = { "broken", "forgetting" }, tests = "argmax_accuracy",
            learners = { "prototypical", { name = "ranpac", options = { width = 50 } } },
          }
        end
        local a, b = run(), run()
        return a.learners, a:all("ranpac").shape, a:new("ranpac").shape, a:all("ranpac"):totable(), b:all("ranpac"):totable(),
          a:all("prototypical"):totable(), b:all("prototypical"):totable(), a:measures("ranpac").accuracy ~= nil
        """)
    #expect(given[0] == ["prototypical", "ranpac"])
    #expect(given[1] == [2, 3] && given[2] == [2, 2])
    #expect(given[3] == given[4] && given[5] == given[6])
    let curves = try #require(given[5].list).flatMap { $0.numbers ?? [] }
    #expect(curves.allSatisfy { $0 > 0.4 }, "tones are told apart: \(curves)")
  }

  @Test func settingsOfOneLearnerAreToldApartByLabels() throws {
    let given = try state.run(
      locals + """
        local function run(learners)
          return nj.fscil.run { model = model, data = data, repeats = 1, seed = 3, learners = learners }
        end
        local both = run {
          { name = "ranpac", options = { width = 3 }, label = "narrow" }, { name = "ranpac", options = { width = 200 } },
        }
        local narrow = run { { name = "ranpac", options = { width = 3 }, label = "narrow" } }
        local differ = both:all("narrow"):ne(both:all("ranpac")):any():item()
        local ok, message = pcall(run, { "ranpac", { name = "ranpac", options = { width = 3 } } })
        local known, unknown = pcall(run, { { name = "ranpac", option = {} } })
        return both.learners, differ, both:all("narrow"):eq(narrow:all("narrow")):all():item(), ok, message, known, unknown
        """)
    #expect(given[...3] == [["narrow", "ranpac"], true, true, false])
    #expect(given[4].string?.contains("has 'ranpac' twice") == true)
    #expect(given[5] == false && given[6].string?.contains("unknown key 'option'") == true)
  }

  @Test func aRecipeGetsANetworkInTrainingMode() throws {
    try state.put(
      """
      local nj = require "nightjar"
      return nj.recipe {
        name = "by_hand", summary = "A loop of its own", api = 1,
        train = function(_, model, data)
          assert(model.training, "not in training")
          for batch in data:batches { split = "train", size = 4 } do model(batch.features) end
          return model
        end,
      }
      """, at: "plugins/recipes/by_hand.lua")
    let given = try state.run(
      locals + """
        local model = nj.fscil.pretrain { data = data, model = "m5", recipe = "by_hand" }
        return model.training, model:state()["bn1.num_batches_tracked"]:item()
        """)
    #expect(given == [false, 3])
  }

  /// What goes on behind a layer, after a metric has changed it, counts for nobody.
  @Test func aMetricThatSpoilsThePassFailsAlone() throws {
    for (name, look) in [
      ("spoils", "output:zero_()"), ("watches", "self.most = math.max(self.most, output:max():item())"),
    ] {
      try state.put(
        """
        local nj = require "nightjar"
        return nj.metric {
          name = "\(name)", summary = "Sees the pools at work", api = 1, update = function() end,
          start = function(self) self.most = 0 end, value = function(self) return nj.tensor(self.most) end,
          on_layer = function(self, layer, input, output) if layer.name == "pool4" then \(look) end end,
        }
        """, at: "plugins/metrics/\(name).lua")
    }
    let given = try state.run(
      locals + """
        local function run(metrics)
          return nj.fscil.run { model = model, data = data, learners = "frozen", metrics = metrics }
        end
        local both, alone = run { "spoils", "watches" }, run { "watches" }
        local failures = both:failures()
        return both.figures.watches == alone.figures.watches, alone.figures.watches > 0, failures["metric/watches"],
          failures["metric/spoils"]:find("changed a tensor in place", 1, true) ~= nil
        """)
    #expect(given == [true, true, .nil, true])
  }

  /// What a recipe's batches hold is what the model is made for, not what the script's data set gives by itself.
  @Test func aRecipeHearsWhatTheModelIsMadeFor() throws {
    try state.put(
      """
      local nj = require "nightjar"
      return nj.model {
        name = "spiky", summary = "Made for spikes", api = 1, encoder = "s2s",
        build = function(_, task)
          return nj.nn.Sequential { nj.nn.GlobalAvgPool1d(), nj.nn.Linear(task.input.channels, task.classes) }
        end,
      }
      """, at: "plugins/models/spiky.lua")
    try state.put(
      """
      local nj = require "nightjar"
      return nj.recipe {
        name = "looks", summary = "Looks at a batch", api = 1,
        train = function(_, model, data)
          for batch in data:batches { split = "train", size = 4 } do
            assert(batch.features:eq(batch.features:sign()):all():item(), "no spikes")
          end
          return model
        end,
      }
      """, at: "plugins/recipes/looks.lua")
    _ = try state.run(
      "nj.fscil.pretrain { data = nj.data.words { path = FILES .. '/data' }, model = 'spiky', recipe = 'looks' }"
    )
  }

  @Test func baseSamplesAreEmbeddedInTrainingModeWhereAsked() throws {
    let given = try state.run(
      locals + """
        local net = nj.nn.Sequential {
          nj.nn.Linear(20, 8), nj.nn.BatchNorm1d(8), nj.nn.GlobalAvgPool1d(), nj.nn.Linear(8, 6),
        }:eval()
        local before = net:state()["1.running_mean"]:clone()
        local function curve(in_training)
          local results = nj.fscil.run { model = net, data = data, learners = "prototypical", repeats = 1, prototypes_in_train_mode = in_training }
          return results:all("prototypical"):totable()[1]
        end
        local plain, trained, again = curve(false), curve(true), curve(false)
        return plain, again, plain[1] ~= trained[1] or plain[2] ~= trained[2] or plain[3] ~= trained[3],
          net:state()["1.running_mean"]:eq(before):all():item()
        """)
    #expect(given[0] == given[1], "the network is handed back as it was")
    #expect(given[2] == true)
    #expect(given[3] == true)
  }

  @Test func aModelsOwnEncoderIsUsedUnlessAnotherIsAskedFor() throws {
    try state.put(
      """
      local nj = require "nightjar"
      return nj.model {
        name = "spiking", summary = "Wants spikes", api = 1, encoder = "s2s",
        build = function(options, task)
          local sum = nj.nn.module { forward = function(self, x) return x:sum(2) end }
          return nj.nn.Sequential { sum(), nj.nn.Linear(task.input.channels, task.classes) }
        end,
      }
      """, at: "plugins/models/spiking.lua")
    let given = try state.run(
      locals + """
        local plain = nj.data.words { path = FILES .. "/data" }
        local function are_whole(encoder)
          local model = nj.fscil.pretrain {
            data = plain, model = "spiking", encoder = encoder,
            recipe = { name = "cross_entropy", options = { epochs = 1, batch = 4 } },
          }
          local features = nj.fscil.embed(model, { data = plain, split = "test", encoder = encoder }).features
          return features:floor():eq(features):all():item()
        end
        return are_whole(), are_whole "mfcc"
        """)
    #expect(given == [true, false])
  }

  @Test func sessionsAreTheSameForEveryLearner() throws {
    let given = try state.run(
      locals + """
        local function sessions(number) return nj.fscil.sessions { data = data, shots = 2, queries = 2, seed = 1, number = number } end
        local s, languages = sessions(1), {}
        for i, session in ipairs(s) do languages[i] = session.language end
        table.sort(languages)
        local embedded = nj.fscil.embed(model, { data = data, split = "evaluation" })
        local told = true
        for _, session in ipairs(s) do
          for i, row in ipairs(session.support) do
            told = told and embedded.labels[row] == session.classes[(i - 1) // 2 + 1] and embedded.languages[row] == session.language
          end
        end
        return languages, #s[1].support, #s[1].queries, told, #embedded.words, sessions(1)[1].support, s[1].support
        """)
    #expect(given[...4] == [["cy", "eu"], 4, 4, true, 24])
    #expect(given[5] == given[6])
  }

  @Test func everyLoopOverBatchesStartsAnew() throws {
    let given = try state.run(
      locals + """
        local batches = data:batches { split = "train", size = 5 }
        local function rows(most)
          local seen = {}
          for batch in batches do
            for _, row in ipairs(batch.index) do seen[#seen + 1] = row end
            if most and #seen >= most then break end
          end
          return seen
        end
        local batch = data:batches { split = "test", size = 3 }()
        return #rows(5), #rows(), rows()[1], batches.count, batch.features.shape, batch.labels:totable(), batch.words,
          batch.waveforms.shape, data:count("evaluation"), data:task().classes, data:task().input.time
        """)
    #expect(
      given == [
        5, 12, 1, 3, [3, 160, 20], [1, 1, 2], ["yes", "yes", "no"], [3, 16_000], 24, 6, 160,
      ])
  }

  @Test func shufflesAreAMatterOfSeedAndPass() throws {
    let given = try state.run(
      locals + """
        local function order(batches)
          local rows = {}
          for batch in batches do for _, row in ipairs(batch.index) do rows[#rows + 1] = row end end
          return rows
        end
        local a = data:batches { size = 5, shuffle = true, seed = 4 }
        local b = data:batches { size = 3, shuffle = true, seed = 4 }
        local first, second = order(a), order(a)
        local sorted = order(b)
        local same = table.concat(sorted, " ") == table.concat(first, " ")
        table.sort(sorted)
        return same, table.concat(first, " ") ~= table.concat(second, " "), sorted
        """)
    #expect(given == [true, true, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]])
  }

  @Test func aDataSetWithAnEncoderDoesNotKeepItsState() throws {
    weak var dropped: LuaState?
    do {
      let other = try BindingsState()
      dropped = other.state
      other.context.capabilities = state.context.capabilities
      other.state.attach(PluginLibrary(folders: [state.root + "/plugins"], shipped: nil, standard: false))
      try other.run("kept = nj.data.words { path = '\(state.files)/data', encoder = 'frames' }")
    }
    #expect(dropped == nil)
  }

  /// A learner sees the mean of every class, as it could compute it from the class's samples.
  @Test func classMeansAreThoseOfTheSamples() throws {
    try state.put(
      """
      local nj = require "nightjar"
      return nj.learner {
        name = "means", summary = "Compares the means of classes", api = 1,
        start = function(self, base)
          self.means = nj.zeros { base.model.classes, base.features:size(2) }
          self:learn(base)
        end,
        learn = function(self, support)
          local means = support:class_means()
          assert(#means == #support.classes and means:dim() == 2)
          for i, class in ipairs(support.classes) do
            assert(means[i]:eq(support:of(class):mean(1)):all():item())
            self.means[class] = means[i]
          end
        end,
        scores = function(self, x) return x:matmul(self.means:t()) end,
      }
      """, at: "plugins/learners/means.lua")
    let given = try state.run(
      locals + """
        local results = nj.fscil.run { model = model, data = data, learners = "means" }
        return results:all("means").shape, results:failures()
        """)
    #expect(given == [[1, 3], []])
  }

  /// What `score` returns for every sample is averaged over the samples of a session, one number or several by name.
  @Test func theScoresOfATestAreAveraged() throws {
    for (name, function) in [
      ("one", "score = function(self, m, batch) return m(batch.features):argmax(2):eq(batch.labels) end"),
      (
        "two",
        """
        score = function(self, m, batch, context)
          local own = m(batch.features):argmax(2):eq(batch.labels)
          return { ["own word"] = own, session = nj.full({ #batch.labels }, context.session) }
        end
        """
      ),
      ("long", "score = function(self, m, batch) return m(batch.features) end"),
      ("number", "score = function() return 1 end"),
    ] {
      try state.put(
        """
        local nj = require "nightjar"
        return nj.test { name = "\(name)", summary = "A test", api = 1, \(function) }
        """, at: "plugins/tests/\(name).lua")
    }
    let given = try state.run(
      locals + """
        local results = nj.fscil.run {
          model = model, data = data, learners = "prototypical", tests = { "one", "two", "long", "number" },
        }
        local measures, failures = results:measures "prototypical", results:failures()
        local expected = results:all "prototypical"
        local function curve(name) return nj.tensor(measures[name]):reshape(-1) end
        return curve("one"):allclose(expected:flatten()), curve("two.own word"):allclose(expected:flatten()),
          curve("two.session"), failures["test/long"], failures["test/number"]
        """)
    #expect(given[0] == true && given[1] == true)
    #expect(given[3].string?.contains("expected a tensor with one number a sample") == true)
    #expect(given[4].string?.contains("score returned a number for") == true)
  }

  static let bad = [
    BadScript(
      "nj.fscil.sessions { data = data, shots = math.maxinteger, queries = math.maxinteger }", "the shots",
      .data),
    BadScript("nj.fscil.run { model = model, data = data }", "'learners' is missing"),
    BadScript(
      "nj.fscil.run { model = model, data = data, learners = 'prototypicall' }",
      "did you mean 'prototypical'?", .usage),
    BadScript(
      "nj.fscil.run { model = model, data = data, learners = 'ridge', shots = 9 }", "shots (9)", .data),
    BadScript("nj.fscil.run { model = model, data = data, learners = {} }", "names no learner"),
    BadScript("nj.fscil.run { model = model, data = data, learner = 'ridge' }", "did you mean 'learners'?"),
    BadScript("nj.fscil.sessions { data = data, way = 3 }", "did you mean 'ways'?"),
    BadScript(
      "nj.fscil.run { model = nj.nn.ReLU(), data = data, learners = 'ridge' }",
      "expected (samples, embedding)"
    ),
    BadScript("data:batches { split = 'tests' }", "did you mean 'test'?"),
    BadScript("data:batches { encoder = 'framse' }", "did you mean 'frames'?", .usage),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws {
    BadScript(locals.replacing("\n", with: " ") + c.script, c.says, c.code).check(in: state)
  }
}
