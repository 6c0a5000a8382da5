import Networks
import Tensors
import Testing

/// Ends of ranges and odd uses that scripts/fuzz came upon: each once ended the process, or never ended.
@Suite struct LuaEdgeTests {
  static let refused = [
    BadScript("nj.randperm(2^31 - 1)", "randperm: allocating [2147483647] needs", .limit),
    BadScript("nj.random(1):randperm(math.maxinteger)", "does not fit an int32"),
    BadScript("nj.zeros():flip(1)", "at least one dimension"),
    BadScript("nj.zeros(1):expand(2^31):flip(1)", "a length within int32"),
    BadScript("nj.zeros(1):expand(2^31):split(2)", "makes more than 65536 tensors"),
    BadScript("nj.zeros(1):expand(2^31):chunk(2^31)", "makes more than 65536 tensors"),
    BadScript("nj.ones(1):slice(1, math.mininteger)", "is outside 1 to 1"),
    BadScript("nj.audio.delta(nj.ones(8, 1), { win_length = math.maxinteger })", "from 3 to 65535", .data),
    BadScript("local x = nj.ones(2):requires_grad_() x.grad = nj.ones(3)", "cannot combine [2] with [3]"),
    BadScript("local x = nj.ones(2):requires_grad_() x.grad = nj.ones(2):gt(0)", "expected float32"),
    BadScript("local x = nj.ones(2):requires_grad_() * 2 x.grad = x", "only a leaf that requires a gradient"),
    BadScript("nj.ones(2).grad = nj.ones(2)", "only a leaf that requires a gradient"),
    BadScript(
      """
      local m = nj.nn.Linear(1, 1)
      nj.train { model = m, batches = {}, epochs = 2^53, optimizer = nj.optim.SGD(m:parameters()) }
      """, "field 'epochs': expected integer from 1"),
  ]

  @Test(arguments: refused) func isRefused(_ c: BadScript) throws {
    c.check(in: try BindingsState(memory: 1 << 26))
  }

  static let accepted = [
    LuaCase("#nj.arange(0, 1e308, -1)", 0),
    LuaCase("nj.zeros(0):flip(1).shape", [0]),
    LuaCase("nj.arange(1, 3):flip(-1)", [3, 2, 1]),
    LuaCase("#nj.arange(1, 5):split(math.maxinteger)", 1),
    LuaCase("nj.ones(2):slice(1, 2, math.mininteger + 5).shape", [0]),
  ]

  @Test(arguments: accepted) func isAccepted(_ c: LuaCase) throws { try c.check(in: try BindingsState()) }

  @Test func aGradientThatWasSetHoldsNoPast() throws {
    let state = try BindingsState()
    try state.run(
      """
      local x = nj.ones(4):requires_grad_()
      x.grad = x * 2
      assert(not x.grad.requires_grad)
      """)
    state.state.collectGarbage()
    #expect(state.context.device.pool.usage.live == 0)
  }
}
