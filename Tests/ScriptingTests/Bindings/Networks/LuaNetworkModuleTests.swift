import Tensors
import Testing

/// Modules written in Lua.
@Suite struct LuaNetworkModuleTests {
  /// Two layers, a residual, a list of blocks, a parameter and a buffer of its own.
  static let net = """
    local nn = nj.nn
    local Net = nn.module {
      name = "Net",
      init = function(self, width, blocks)
        self.first = nn.Linear(3, width)
        self.blocks = {}
        for i = 1, blocks do self.blocks[i] = { fc = nn.Linear(width, width), act = nn.Tanh() } end
        self.output = nn.Linear(width, 2)
        self.scale = nj.ones(width):requires_grad_()
        self.mean = nj.zeros(width)
        self.width = width
      end,
      features = function(self, x)
        x = self.first(x)
        for _, block in ipairs(self.blocks) do x = x + block.act(block.fc(x)) end
        self.last = x * self.scale
        return self.last
      end,
      readout = function(self, f) return self.output(f) end,
      forward = function(self, x) return self:readout(self:features(x)) end,
    }
    local x = nj.random(1):randn(4, 3)

    """

  @Test func partsAndParametersAreFound() throws {
    let given = try BindingsState().run(
      Self.net + """
        local m = Net(5, 2)
        local names = {}
        for name in pairs(m:named_parameters()) do names[#names + 1] = name end
        table.sort(names)
        local states = 0
        m(x)
        for _ in pairs(m:state()) do states = states + 1 end
        return names, states, m(x).shape, m:readout(m:features(x)):allclose(m(x)), m.width, m.nothing, m.first == m.first,
          tostring(m):match("^[^\\n]*"), m.last.shape
        """)
    #expect(
      given[0] == [
        "blocks.0.fc.bias", "blocks.0.fc.weight", "blocks.1.fc.bias", "blocks.1.fc.weight", "first.bias",
        "first.weight",
        "output.bias", "output.weight", "scale",
      ])
    // The buffer as well, but not what forward left in a field.
    #expect(given[1] == 10)
    #expect(given[2...] == [[4, 2], true, 5, nil, true, "Net {", [4, 5]])
  }

  @Test func statesGoRound() throws {
    let given = try BindingsState().run(
      Self.net + """
        local a, b = Net(4, 1), Net(4, 1)
        local before = a(x):allclose(b(x))
        a.mean:fill_(3)
        nj.save(FILES .. "/net.safetensors", a:state())
        b:load_state(nj.load(FILES .. "/net.safetensors"))
        return before, a(x):totable(), b(x):totable(), b.mean:sum():item()
        """)
    #expect(given[0] == false)
    #expect(given[1] == given[2])
    #expect(given[3] == 12)
  }

  @Test func modeReachesEveryPart() throws {
    let given = try BindingsState().run(
      """
      local nn = nj.nn
      local M = nn.module {
        init = function(self) self.list = { nn.Dropout(0.5) } end,
        forward = function(self, x) return self.list[1](x) end,
      }
      local m = nn.Sequential { M(), nn.Flatten() }
      local function kept() return m(nj.ones(1, 64)):eq(1):sum():item() end
      local training = kept()
      m:eval()
      local evaluating = kept()
      m:train()
      return training, evaluating, kept()
      """)
    #expect(given == [0, 64, 0])
  }

  @Test func aFieldCanBeReplaced() throws {
    let given = try BindingsState().run(
      """
      local M = nj.nn.module { init = function(self) self.a = nj.nn.Linear(1, 1) end, forward = function(self, x) return self.a(x) end }
      local m = M()
      local first = #m:parameters()
      m.a = nj.nn.Linear(1, 1, { bias = false })
      local second = #m:parameters()
      m.a = function(x) return x + 1 end
      return first, second, #m:parameters(), m(nj.ones(1)):item()
      """)
    #expect(given == [2, 1, 0, 2])
  }

  static let bad = [
    BadScript("nj.nn.module { init = print }", "'forward' is missing"),
    BadScript("nj.nn.module { forward = print, extra = 3 }", "unknown key 'extra'"),
    BadScript(
      "nj.nn.module { forward = function() end }()(nj.ones(1))", "forward returned nothing, expected a tensor"
    ),
    BadScript(
      "nj.nn.module { forward = function(self, x) return x end }():readout(nj.ones(1))",
      "module has no readout. Hint: give nn.module the functions features(self, x)"),
    BadScript(
      "nj.nn.module { init = function(self) self.features = nj.nn.ReLU() end, forward = print }()",
      "'features' is a method"),
    BadScript(
      "nj.nn.module { init = function(self) self[1] = nj.nn.ReLU() end, forward = print }()",
      "expected string"),
    BadScript(
      "nj.nn.module { forward = function(self, x) return self.fc(x) end }()(nj.ones(1))",
      "attempt to call a nil value"),
    BadScript(
      """
      local m = nj.nn.module { forward = function(self, x)
        return x + nj.ones(7)
      end }
      nj.nn.Sequential { m() }(nj.ones(3))
      """, "test.lua:3:"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
