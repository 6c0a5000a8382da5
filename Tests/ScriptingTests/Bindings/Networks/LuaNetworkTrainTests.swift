import LuaHost
import Networks
import Tensors
import Testing

@Suite struct LuaNetworkTrainTests {
  /// Three classes of points, in batches, and a net that learns them.
  static let task = """
    local nn = nj.nn
    local random = nj.random(5)
    local batches = {}
    for i = 1, 6 do
      local labels = random:randint(1, 3, { 16 })
      local centres = nj.tensor { { 2, 0 }, { -2, 0 }, { 0, 3 } }
      batches[i] = { features = centres:index_select(1, labels) + random:randn(16, 2) * 0.3, labels = labels }
    end
    local function build()
      nj.seed(3)
      return nn.Sequential { nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 3) }
    end
    local function weights(m)
      local all = {}
      for name, tensor in pairs(m:state()) do all[name] = tensor:totable() end
      return all
    end

    """

  @Test func frozenPartsStayAsTheyAre() throws {
    let given = try BindingsState().run(
      Self.task + """
        local m = build()
        for _, p in ipairs(m[1]:parameters()) do p:requires_grad_(false) end
        local before = weights(m)
        nj.train {
          model = m, batches = batches, epochs = 2,
          optimizer = nj.optim.Adam(m:parameters(), { lr = 0.01, weight_decay = 0.1 }),
        }
        local after = weights(m)
        m[1].weight:requires_grad_()
        return m[1].weight.requires_grad, m[1].bias.requires_grad, #m:parameters(), before["0.weight"], after["0.weight"],
          before["4.weight"], after["4.weight"]
        """)
    #expect(given[...2] == [true, false, 6])
    #expect(given[3] == given[4] && given[5] != given[6])
  }

  @Test func theBestEpochByValidationIsKept() throws {
    // The step size grows until the network forgets what it had learned.
    let given = try BindingsState().run(
      Self.task + """
        local m = build()
        local optimizer = nj.optim.SGD(m:parameters(), { lr = 0.1 })
        local best, seen = nil, {}
        local loss, accuracy, epoch = nj.train {
          model = m, batches = { batches[1], batches[2], batches[3] }, validation = { batches[4], batches[5] },
          epochs = 8, optimizer = optimizer,
          on_epoch = function(number, _, validated)
            seen[number] = validated
            if not best or validated >= best then best = validated end
            if number == 4 then optimizer.lr = 300 end
          end,
        }
        return accuracy == best, seen[epoch] == best, accuracy == nj.accuracy(m, { batches[4], batches[5] }), #seen,
          epoch <= 4, seen[8] < best
        """)
    #expect(given == [true, true, true, 8, true, true])
  }

  @Test func patienceEndsATraining() throws {
    let given = try BindingsState().run(
      Self.task + """
        local m, epochs = nn.Linear(2, 3), 0
        local _, _, best = nj.train {
          model = m, batches = batches, validation = batches, epochs = 50, patience = 3,
          optimizer = nj.optim.SGD(m:parameters(), { lr = 0 }),
          on_epoch = function(number) epochs = number end,
        }
        return best, epochs
        """)
    // The accuracy stays that of the first epoch.
    #expect(given == [4, 4])
  }

  @Test func aScheduleMayAdvanceByBatch() throws {
    let given = try BindingsState().run(
      Self.task + """
        local m = build()
        local optimizer = nj.optim.SGD(m:parameters(), { lr = 1 })
        local rates = {}
        nj.train {
          model = m, batches = batches, epochs = 2, optimizer = optimizer, schedule_every = "batch",
          schedule = nj.optim.StepLR(optimizer, { step_size = 6, gamma = 0.5 }),
          on_epoch = function() table.insert(rates, optimizer.lr) end,
        }
        return rates[1], rates[2], pcall(nj.train, { model = m, batches = batches, optimizer = optimizer, patience = 1 })
        """)
    #expect(given[0] == 0.5 && given[1] == 0.25 && given[2] == false)
  }

  @Test(arguments: ["epoch", "batch"]) func whatAdvancesAScheduleIsGivenWithOne(_ step: String) throws {
    let failure = #expect(throws: ScriptError.self) {
      try BindingsState().run(
        Self.task + """
          local m = build()
          nj.train { model = m, batches = batches, optimizer = nj.optim.SGD(m:parameters(), { lr = 1 }),
            schedule_every = "\(step)" }
          """)
    }
    #expect(failure?.description.contains("give schedule") == true)
  }

  @Test func theModeIsSeen() throws {
    let given = try BindingsState().run(
      Self.task + "local m = build() return m.training, m:eval().training, m[4]:train().training, m.training")
    #expect(given == [true, false, true, false])
  }

  /// The same training by `nj.train` and by hand.
  static let optimizers = [
    "nj.optim.SGD(m:parameters(), { lr = 0.1, momentum = 0.9, nesterov = true })",
    "nj.optim.Adam(m:parameters(), { lr = 0.01, weight_decay = 1e-4 })",
    "nj.optim.AdamW(m:parameters(), { lr = 0.01 })",
  ]

  @Test(arguments: optimizers) func aLoopByHandGivesTheSameBits(_ optimizer: String) throws {
    let given = try BindingsState().run(
      Self.task + """
        local function optimize(m) return \(optimizer) end
        local a, b = build(), nil
        local optimizer = optimize(a)
        local epochs = {}
        local last = nj.train {
          model = a, batches = batches, epochs = 3, optimizer = optimizer,
          schedule = nj.optim.StepLR(optimizer, { step_size = 2, gamma = 0.5 }),
          on_epoch = function(epoch, loss) epochs[epoch] = loss end,
        }
        b = build()
        local optimizer = optimize(b)
        local schedule = nj.optim.StepLR(optimizer, { step_size = 2, gamma = 0.5 })
        for epoch = 1, 3 do
          for _, batch in ipairs(batches) do
            optimizer:zero_grad()
            local loss = nj.loss.cross_entropy(b(batch.features), batch.labels)
            loss:backward()
            optimizer:step()
          end
          schedule:step()
        end
        return weights(a), weights(b), #epochs, last == epochs[3], last < epochs[1], optimizer.lr
        """)
    #expect(given[0] == given[1])
    #expect(given[2...4] == [3, true, true])
  }

  @Test func aStepGivesTheBitsOfALoss() throws {
    let given = try BindingsState().run(
      Self.task + """
        local function trained(options)
          options.model, options.batches, options.epochs = build(), batches, 3
          options.optimizer = nj.optim.Adam(options.model:parameters(), { lr = 0.01 })
          return nj.train(options), weights(options.model)
        end
        local seen
        local a, with_step = trained {
          step = function(model, batch)
            seen = model.training and batch.labels:eq(batches[6].labels):all():item()
            return nj.loss.cross_entropy(model(batch.features), batch.labels)
          end,
        }
        local b, with_loss = trained {}
        return a == b, with_step, with_loss, seen
        """)
    #expect(given[0] == true && given[3] == true)
    #expect(given[1] == given[2])
  }

  @Test func aModuleWrittenInLuaLearns() throws {
    let given = try BindingsState().run(
      Self.task + """
        local Net = nn.module {
          init = function(self)
            self.layers = { nn.Linear(2, 8), nn.Linear(8, 3) }
          end,
          forward = function(self, x) return self.layers[2](self.layers[1](x):relu()) end,
        }
        local m = Net()
        local before = nj.accuracy(m, batches)
        nj.train {
          model = m, batches = batches, epochs = 20, optimizer = nj.optim.Adam(m:parameters(), { lr = 0.05 }),
          loss = function(scores, labels) return nj.loss.cross_entropy(scores, labels, { label_smoothing = 0.1 }) end,
        }
        return before, nj.accuracy(m, batches)
        """)
    #expect(try #require(given[0].number) < 0.9)
    #expect(try #require(given[1].number) > 0.98)
  }

  /// A schedule, and the rates before each step and after the last.
  static let schedules = [
    LuaCase("rates('StepLR', { step_size = 2, gamma = 0.5 }, 4)", [1, 1, 0.5, 0.5, 0.25]),
    LuaCase("rates('CosineLR', { steps = 2 }, 2)", [1, 0.5, 0]),
    LuaCase("rates('OneCycleLR', { steps = 10, rise = 0.5 }, 9)[5]", 1),
  ]

  @Test(arguments: schedules) func ratesChange(_ c: LuaCase) throws {
    try c.check(
      in: BindingsState(),
      locals: """
        local function rates(name, options, steps)
          local optimizer = nj.optim.SGD(nj.nn.Linear(1, 1):parameters(), { lr = 1 })
          local schedule = nj.optim[name](optimizer, options)
          local rates = { optimizer.lr }
          for i = 1, steps do
            schedule:step()
            rates[i + 1] = math.floor(optimizer.lr * 1000 + 0.5) / 1000
          end
          return rates
        end
        """)
  }

  static let losses = [
    LuaCase("nj.loss.mse(nj.tensor { 1, 2 }, nj.tensor { 0, 4 })", 2.5),
    LuaCase("nj.loss.mse(nj.tensor { 1, 2 }, nj.tensor { 0, 4 }, { reduction = 'none' })", [1, 4]),
    LuaCase("nj.loss.l1(nj.tensor { 1, 2 }, nj.tensor { 0, 4 }, { reduction = 'sum' })", 3),
    LuaCase("nj.loss.smooth_l1(nj.tensor { 0.5, 2 }, nj.zeros(2), { reduction = 'none' })", [0.125, 1.5]),
    LuaCase("nj.loss.cross_entropy(nj.tensor { { 1000, 0 } }, nj.tensor({ 1 }, { dtype = 'int32' }))", 0),
    LuaCase(
      "nj.loss.nll(nj.tensor { { -1, -2 }, { -3, -4 } }, nj.tensor({ 2, 1 }, { dtype = 'int32' }))", 2.5),
    // torch.nn.functional.cross_entropy with class probabilities.
    LuaCase(
      "(nj.loss.cross_entropy(nj.tensor {{1, 2, 0.5}, {0.2, -1, 3}}, nj.tensor {{0.2, 0.5, 0.3}, {0, 0.9, 0.1}}, "
        + "{ reduction = 'none' }) - nj.tensor { 1.1143688, 3.6761508 }):abs():max():item() < 1e-6", true),
    LuaCase(
      "math.abs(nj.loss.cross_entropy(nj.tensor {{1, 2, 0.5}, {0.2, -1, 3}}, nj.tensor {{0.2, 0.5, 0.3}, {0, 0.9, 0.1}}, "
        + "{ label_smoothing = 0.1 }):item() - 2.3377600) < 1e-6", true),
    LuaCase("nj.loss.bce_with_logits(nj.tensor { 1000, -1000 }, nj.tensor { 1, 0 })", 0),
    LuaCase(
      "nj.optim.clip_grad_norm((function() local x = nj.tensor { 3, 4 }:requires_grad_(); x:square():sum():backward() return { x } end)(), 1)",
      10),
  ]

  @Test(arguments: losses) func lossesGive(_ c: LuaCase) throws { try c.check(in: BindingsState()) }

  static let bad = [
    BadScript("nj.train { model = m, batches = {}, optimizer = o }", "no batches in epoch 1"),
    BadScript(
      "nj.train { model = m, batches = batches, optimizer = o, epoch = 3 }", "did you mean 'epochs'?"),
    BadScript("nj.train { model = m, batches = 3, optimizer = o }", "batches is a number"),
    BadScript(
      "nj.train { model = m, batches = { { features = nj.zeros(1, 2) } }, optimizer = o }",
      "a batch needs features"),
    BadScript(
      "nj.train { model = m, batches = batches, optimizer = o, loss = function() end }",
      "loss returned no tensor"
    ),
    BadScript(
      "nj.train { model = m, batches = batches, optimizer = o, loss = function(s) return s:sum() / 0 end }",
      "training diverged"),
    BadScript(
      "nj.train { model = m, batches = batches, optimizer = o, on_epoch = function() error('late') end }",
      "late"),
    BadScript(
      "nj.train { model = m, batches = batches, optimizer = o, step = function() return 1 end }",
      "step returned no tensor"),
    BadScript(
      "nj.train { model = m, batches = batches, optimizer = o, step = function(m, b) return m(b.features) end }",
      "the loss has shape [16, 3], expected one number"),
    BadScript(
      "nj.train { model = m, batches = batches, optimizer = o, step = print, loss = print }",
      "give either step or loss"),
    BadScript("nj.accuracy(m, {})", "there are no samples"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws {
    let state = try BindingsState()
    let failure = state.failure(
      Self.task + "local m = build() local o = nj.optim.SGD(m:parameters()) " + c.script)
    #expect(failure?.line.contains(c.says) == true, "\(failure?.line ?? "")")
  }

  /// Steps that make much more garbage than the budget has room for.
  static let loops = [
    """
    function(m, o, batch)
      o:zero_grad()
      local loss = nj.loss.cross_entropy(m(batch.features), batch.labels)
      loss:backward()
      o:step()
    end
    """,
    // Scores whose graph is never walked keep all activations until they are collected.
    "function(m, o, batch) local loss = nj.loss.cross_entropy(m(batch.features), batch.labels) end",
  ]

  @Test(arguments: loops) func memoryStaysFlat(_ step: String) throws {
    let state = try BindingsState(memory: 48 << 20)
    let given = try state.run(
      """
      local nn = nj.nn
      local m = nn.Sequential { nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 3) }
      local o = nj.optim.Adam(m:parameters())
      local batch = { features = nj.randn(128, 64), labels = nj.randint(1, 3, { 128 }) }
      local step = \(step)
      for i = 1, 200 do step(m, o, batch) end
      return nj.memory().peak
      """)
    #expect(try #require(given[0].number) < Double(44 << 20))
  }
}
