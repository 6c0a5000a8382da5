import Testing

/// Calls of modules with all their arguments and results, the state of optimizers, and layers at their edges.
@Suite struct LuaModuleCallTests {
  static let calls = [
    // A module written in Lua gets all arguments and gives all results.
    LuaCase("(Pair()(nj.ones(2), nj.full({ 2 }, 3))), (Pair():forward(nj.ones(1), 2, nil))", [4, 4], [3]),
    LuaCase("select('#', Pair()(nj.ones(1), 2)), (select(2, Pair()(nj.ones(1), 2)))", 2, [-1]),
    LuaCase("nj.nn.ReLU()(nj.tensor { -1, 2 }, nil)", [0, 2]),
    // β·0 + x: after a large membrane the input counts in full.
    LuaCase(
      "nj.nn.Leaky { beta = 0.9, reset = 'zero' }(nj.tensor { { { 1e9 }, { 1.5 }, { 0.2 } } })",
      [[[1], [1], [0]]]),
    // A batch of no samples.
    LuaCase(
      "nj.nn.LSTM(3, 4)(nj.zeros(0, 5, 3)).shape, nj.nn.GRU(3, 4)(nj.zeros(0, 5, 3)).shape", [0, 5, 4],
      [0, 5, 4]),
    LuaCase("nj.nn.LIF(3)(nj.zeros(0, 5, 3)).shape", [0, 5, 3]),
    LuaCase(
      """
      (function()
        local lstm = nj.nn.LSTM(2, 1)
        lstm(nj.zeros(0, 3, 2)):sum():backward()
        return lstm:named_parameters().weight_hh_l0.grad
      end)()
      """, [[0], [0], [0], [0]]),
    LuaCase("nj.nn.Dropout(1)(nj.ones(4)), nj.nn.Dropout(0)(nj.ones(2))", [0, 0, 0, 0], [1, 1]),
    LuaCase("nj.nn.Dropout(0.9)(nj.ones(10000)):max()", 10),
  ]

  @Test(arguments: calls) func gives(_ c: LuaCase) throws {
    try c.check(
      in: BindingsState(),
      locals: """
        local Pair = nj.nn.module {
          name = "Pair",
          forward = function(self, a, b) return a + (b or 0), a - (b or 0) end,
        }
        """)
  }

  static let bad = [
    BadScript("nj.nn.Linear(2, 2)(nj.ones(2), nj.ones(2))", "takes one tensor, got 2 arguments"),
    BadScript("nj.nn.Linear(2, 2):forward(nj.ones(2), 1)", "takes one tensor"),
    BadScript("nj.nn.Linear(2, 2)()", "expected tensor, got nothing"),
    BadScript(
      "local Two = nj.nn.module { forward = function(self, x) return x, x end } nj.nn.Sequential { Two() }(nj.ones(1))",
      "2 results (tensor, tensor), expected a tensor"),
    BadScript(
      "nj.nn.recurrent { state = { u = { 1 } }, step = function(self, x, s) return x, s.u end }(nj.ones(1, 1, 1))",
      "step returned 2 results"),
    BadScript("nj.nn.LSTM(3, 4)(nj.zeros(2, 0, 3))", "at least one time step"),
    BadScript(
      "nj.optim.SGD({ nj.ones(1):requires_grad_() }):load_state { exp_avg = nj.ones(1) }",
      "no use for 'exp_avg'"),
    BadScript("nj.optim.SGD({ nj.ones(1):requires_grad_() }):load_state { a = 1 }", "'a' is a number"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }

  @Test(arguments: ["Adam", "AdamW"]) func anOptimizerContinuesFromItsState(_ name: String) throws {
    let given = try BindingsState().run(
      """
      local function step(optimizer, w)
        optimizer:zero_grad()
        ;(w * w):sum():backward()
        optimizer:step()
      end
      local a = nj.tensor { 1, -2 }:requires_grad_()
      local first = nj.optim.\(name)({ a }, { lr = 0.1 })
      step(first, a)
      local b = a:detach():clone():requires_grad_()
      local second = nj.optim.\(name)({ b }, { lr = 0.1 }):load_state(first:state())
      for _ = 1, 2 do
        step(first, a)
        step(second, b)
      end
      return a:eq(b):all():item()
      """)
    #expect(given == [true])
  }
}
