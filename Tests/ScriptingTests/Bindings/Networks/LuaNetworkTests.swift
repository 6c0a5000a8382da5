import LuaHost
import Networks
import Tensors
import Testing

@Suite struct LuaNetworkTests {
  static let locals = "local nn = nj.nn local random = nj.random(1)"

  /// A layer, the shape of its input, and the shape of what comes out.
  static let layers: [(layer: String, input: String, output: LuaValue)] = [
    ("nn.Linear(3, 5)", "2, 3", [2, 5]),
    ("nn.Linear(3, 5, { bias = false })", "2, 4, 3", [2, 4, 5]),
    ("nn.Conv1d(3, 6, 4)", "2, 9, 3", [2, 6, 6]),
    ("nn.Conv1d(4, 6, 3, { stride = 2, padding = 1, groups = 2 })", "2, 9, 4", [2, 5, 6]),
    ("nn.Conv1d(3, 6, 3, { dilation = 2, bias = false })", "1, 9, 3", [1, 5, 6]),
    ("nn.BatchNorm1d(3)", "2, 9, 3", [2, 9, 3]),
    ("nn.LayerNorm(3)", "2, 9, 3", [2, 9, 3]),
    ("nn.Dropout(0.5)", "2, 3", [2, 3]),
    ("nn.ReLU()", "2, 3", [2, 3]),
    ("nn.GELU()", "2, 3", [2, 3]),
    ("nn.ELU()", "2, 3", [2, 3]),
    ("nn.Sigmoid()", "2, 3", [2, 3]),
    ("nn.Tanh()", "2, 3", [2, 3]),
    ("nn.Flatten()", "2, 9, 3", [2, 27]),
    ("nn.MaxPool1d(2)", "2, 9, 3", [2, 4, 3]),
    ("nn.AvgPool1d(3, { stride = 1, padding = 1 })", "2, 9, 3", [2, 9, 3]),
    ("nn.GlobalAvgPool1d()", "2, 9, 3", [2, 3]),
    ("nn.Residual(nn.Linear(3, 3))", "2, 3", [2, 3]),
    ("nn.Residual(nn.Linear(3, 4), nn.Linear(3, 4))", "2, 3", [2, 4]),
    ("nn.Sequential { { nn.Linear(3, 4), nn.ReLU() }, {}, { { nn.Linear(4, 2) } } }", "2, 3", [2, 2]),
    ("nn.Sequential { nn.Linear(3, 4), nn.ReLU(), { 'out', nn.Linear(4, 2) } }", "2, 3", [2, 2]),
  ]

  @Test(arguments: layers.indices) func everyLayerComputes(_ index: Int) throws {
    let c = Self.layers[index]
    let given = try BindingsState().run(
      """
      \(Self.locals)
      local m = \(c.layer)
      local x = random:randn(\(c.input)):requires_grad_()
      local y = m(x)
      y:square():sum():backward()
      local missing = 0
      for _, p in ipairs(m:parameters()) do if not p.grad then missing = missing + 1 end end
      return y.shape, x.grad.shape, missing, m:forward(x):allclose(m:eval()(x)) or #m:parameters() >= 0
      """)
    #expect(given[0] == c.output)
    #expect(given[2] == 0)
  }

  static let values = [
    LuaCase("nn.ReLU()(nj.tensor { -1, 2 })", [0, 2]),
    LuaCase("nn.MaxPool1d(2)(nj.arange(1, 4):reshape(1, 4, 1)):flatten()", [2, 4]),
    LuaCase("nn.AvgPool1d(2)(nj.arange(1, 4):reshape(1, 4, 1)):flatten()", [1.5, 3.5]),
    LuaCase("nn.Dropout(0.5):eval()(nj.ones(3))", [1, 1, 1]),
    LuaCase("nn.Dropout(0.5)(nj.ones(64)):eq(1):any()", false),
    LuaCase("table.rows(nn.Embedding(4, 2))", [true, true]),
    LuaCase("#nn.Linear(2, 3):parameters(), #nn.Linear(2, 3, { bias = false }):parameters()", 2, 1),
    LuaCase("nn.Linear(2, 3).weight.shape, nn.Conv1d(3, 6, 4).weight.shape", [3, 2], [6, 3, 4]),
    LuaCase("tostring(nn.Linear(2, 3))", "Linear(2, 3)"),
    // Parts of nested lists are numbered as the parts of one list, and keep their names.
    LuaCase(
      "tostring(nn.Sequential { nn.ReLU(), { nn.Tanh(), { 'out', nn.ReLU() } }, { { nn.ReLU() } } })",
      "Sequential of 4 parts {\n  0: ReLU\n  1: Tanh\n  out: ReLU\n  3: ReLU\n}"),
  ]

  @Test(arguments: values) func layersGive(_ c: LuaCase) throws {
    try c.check(
      in: BindingsState(),
      locals: Self.locals + """

        local table = setmetatable({ rows = function(m)  -- indices count from 1
          local rows = m(nj.tensor({ 1, 4 }, { dtype = "int32" }))
          return { rows[1]:allclose(m.weight[1]), rows[2]:allclose(m.weight[4]) }
        end }, { __index = table })
        """)
  }

  @Test func sequentialSplitsBeforeItsReadout() throws {
    let given = try BindingsState().run(
      """
      \(Self.locals)
      local x = random:randn(2, 3)
      local m = nn.Sequential { nn.Linear(3, 4), nn.ReLU(), { "output", nn.Linear(4, 2) } }
      local named = nn.Sequential { { "body", nn.Linear(3, 4) }, { "readout", nn.ReLU() }, { "last", nn.Linear(4, 2) } }
      local names = {}
      for _, child in ipairs(m:children()) do names[#names + 1] = child[1] end
      return m:features(x).shape, m:readout(m:features(x)):allclose(m(x)), named:readout(named:features(x)):allclose(named(x)),
        named:features(x):allclose(named.body(x)), names, m[3] == m.output, m.output == m.output, #m:parameters()
      """)
    #expect(given == [[2, 4], true, true, true, ["0", "1", "output"], true, true, 4])
  }

  @Test func statesGoRound() throws {
    let given = try BindingsState().run(
      """
      \(Self.locals)
      local function build()
        return nn.Sequential { { "conv", nn.Conv1d(3, 4, 2) }, nn.BatchNorm1d(4), nn.GlobalAvgPool1d(), nn.Linear(4, 2) }
      end
      local a, b, x = build(), build(), random:randn(2, 9, 3)
      a(x)  -- moves the running statistics
      local before = a:eval()(x):allclose(b:eval()(x))
      local same = b:load_state(a:state()) == b
      nj.save(FILES .. "/state.safetensors", a:state())
      local c = build():load_state(nj.load(FILES .. "/state.safetensors")):eval()
      local names = {}
      for name in pairs(a:state()) do names[#names + 1] = name end
      table.sort(names)
      return before, same, a(x):totable(), b(x):totable(), c(x):totable(), names, a:summary():find("total: 46 parameters", 1, true) ~= nil
      """)
    #expect(given[0] == false && given[1] == true)
    #expect(given[3] == given[2] && given[4] == given[2])
    #expect(
      given[5] == [
        "1.bias", "1.num_batches_tracked", "1.running_mean", "1.running_var", "1.weight", "3.bias",
        "3.weight", "conv.bias",
        "conv.weight",
      ])
    #expect(given[6] == true)
  }

  static let bad = [
    BadScript("nn.Linear(3)", "argument 2 (out)"),
    BadScript("nn.Linear(0, 3)", "of at least 1"),
    BadScript("nn.Linear(3, 3, { baias = false })", "did you mean 'bias'?"),
    BadScript("nn.Linear(3, 3)(nj.zeros(2, 4))", "[2, 4]"),
    BadScript("nn.Linear(3, 3)(3)", "expected tensor"),
    BadScript("nn.Conv1d(3, 3, 9)(nj.zeros(2, 4, 3))", "[2, 4, 3]"),
    BadScript("nn.Conv1d(3, 4, 1, { groups = 2 })", "groups"),
    BadScript("nn.Sequential { nn.ReLU(), 3 }", "part 2 is a number"),
    BadScript("nn.Sequential { { 'a', nn.ReLU() }, { 'a', nn.ReLU() } }", "two parts are named \"a\""),
    BadScript(
      "nn.Sequential { { 'body', nn.Sequential { nn.ReLU(), { 'fc', nn.Linear(3, 3) } } } }(nj.zeros(2, 4))",
      "in layer body.fc, Linear(3, 3)"),
    BadScript("nn.ReLU():readout(nj.zeros(1))", "ReLU has no readout. Hint: end the model with nn.Linear"),
    BadScript("return nn.Sequential { nn.ReLU() }.fc", "has no 'fc'"),
    BadScript("return nn.Sequential { nn.ReLU() }[2]", "has 1 parts, there is no part 2"),
    BadScript("nn.Linear(2, 2).x = 3", "only modules made by nn.module take fields"),
    BadScript("nn.Linear(2, 2):load_state { weight = nj.zeros(2, 2) }", "not in the file: bias"),
    BadScript(
      "nn.Linear(2, 1):load_state { weight = nj.zeros(2, 2), bias = nj.zeros(1), x = nj.zeros(1) }", "[1, 2]"),
    BadScript("nn.Linear(2, 1):load_state { weight = 3 }", "'weight' is a number"),
    BadScript("nn.Embedding(2, 1)(nj.tensor({ 0 }, { dtype = 'int32' }))", "0"),
    BadScript("nn.Embedding(2, 1)(nj.tensor({ 3 }, { dtype = 'int32' }))", "3"),
    BadScript("nn.LSTMM(3)", "nn has no 'LSTMM'"),
    BadScript("nj.optim.SGD({})", "the list of parameters is empty"),
    BadScript("nj.optim.Adam(nn.Linear(1, 1):parameters(), { betas = { 1, 1 } })", "two numbers in [0, 1)"),
    BadScript("nj.optim.SGD({ nj.ones(1) })", "gradient"),
    BadScript("nj.optim.StepLR(nj.optim.SGD(nn.Linear(1, 1):parameters()), {})", "'step_size' is missing"),
    BadScript("nj.loss.mse(nj.zeros(2), nj.zeros(3))", "[3]"),
    BadScript("nj.loss.mse(nj.zeros(2), nj.zeros(2), { reduction = 'means' })", "did you mean 'mean'?"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws {
    BadScript("local nn = nj.nn " + c.script, c.says).check(in: try BindingsState())
  }

  @Test func theSummaryOfAnInputHasShapesAndOperations() throws {
    let given = try BindingsState().run(
      """
      local nn = nj.nn
      local shared = nn.Linear(8, 8)
      local net = nn.Sequential { nn.Conv1d(3, 8, 5), nn.ReLU(), nn.GlobalAvgPool1d(), shared, shared, nn.Linear(8, 2) }
      return net:summary(nj.ones { 2, 20, 3 }), net.training
      """)
    let text = try #require(given[0].string)
    let lines = text.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    }
    #expect(
      lines.contains { $0.first == "0" && $0.suffix(5) == ["[2,", "16,", "8]", "128", "1920"] }, "\(text)")
    #expect(
      lines.contains { $0.first == "3" && $0.contains("×2") && $0.suffix(2) == ["72", "128"] }, "\(text)")
    #expect(
      text.hasSuffix(
        "total for input [2, 20, 3]: 218 parameters, 2064 operations a sample, 872 bytes with buffers"),
      "\(text)")
    #expect(given[1].boolean == true, "the mode stays")
  }
}
