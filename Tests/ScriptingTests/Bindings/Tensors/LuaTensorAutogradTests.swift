import Testing

@Suite struct LuaTensorAutogradTests {
  /// Gradients by finite differences, in Lua: `check(f, {x, …})` gives the largest difference.
  static let finiteDifferences = """
    local function check(f, inputs)
      for _, x in ipairs(inputs) do x:requires_grad_() end
      f(table.unpack(inputs)):backward()
      local worst, step = 0, 1e-2
      for _, x in ipairs(inputs) do
        local flat, gradient = x:detach():reshape(-1), x.grad:reshape(-1)
        for i = 1, #flat do
          local kept = flat[i]
          flat[i] = kept + step
          local above = nj.no_grad(function() return f(table.unpack(inputs)):item() end)
          flat[i] = kept - step
          local below = nj.no_grad(function() return f(table.unpack(inputs)):item() end)
          flat[i] = kept
          worst = math.max(worst, math.abs((above - below) / (2 * step) - gradient[i]))
        end
      end
      return worst
    end
    local random = nj.random(3)

    """

  static let nets = [
    """
    function(x, w, b) return (x:matmul(w) + b):tanh():square():mean() end,
      { random:randn(4, 3), random:randn(3, 5), random:randn(5) }
    """,
    """
    function(x, w) return nj.loss.cross_entropy(x:matmul(w):gelu(), nj.tensor({ 1, 3, 2 }, { dtype = "int32" })) end,
      { random:randn(3, 4), random:randn(4, 3) }
    """,
    """
    function(a, b) return (nj.cat({ a:transpose(1, 2), b }, 2):softmax(2) * nj.arange(1, 5)):sum() end,
      { random:randn(2, 3), random:randn(3, 3) }
    """,
    """
    function(a, b) return (nj.einsum("bi,bj->ij", a, b):exp() / (a:mean(1):square():sum() + 1)):logsumexp(1):sum() end,
      { random:randn(2, 3), random:randn(2, 2) }
    """,
    "function(x) return (x:normalize() * nj.arange(1, 4)):sum() + x:normalize(1):tanh():sum() end, { random:randn(3, 4) }",
    "function(x) return (x:cov() * nj.arange(1, 9):reshape(3, 3)):sum() + x:cov(0):square():mean() end, { random:randn(5, 3) }",
    "function(x, y) return x:t():matmul(y):tanh():mean() + x:t():diagonal():exp():sum() end, { random:randn(3, 2), random:randn(3, 4) }",
  ]

  @Test(arguments: nets) func gradientsMatchFiniteDifferences(_ net: String) throws {
    let given = try BindingsState().run(Self.finiteDifferences + "return check(\(net))")
    #expect(try #require(given[0].number) < 2e-3)
  }

  @Test func gradientsGatherUntilForgotten() throws {
    let given = try BindingsState().run(
      """
      local x = nj.tensor { 1, 2 }:requires_grad_()
      ;(x * 3):sum():backward()
      ;(x * 3):sum():backward()
      local twice = x.grad:totable()
      x.grad = nil
      local none = x.grad
      local g = nj.grad((x * x):sum(), { x, nj.ones(1):requires_grad_() })
      ;(x * 2):backward(nj.tensor { 1, 10 })
      return twice, none, g[1]:totable(), g[2], x.grad:totable(), x.requires_grad, x:detach().requires_grad,
        nj.no_grad(function() return (x * 2).requires_grad, 7 end)
      """)
    #expect(given == [[6, 6], nil, [2, 4], nil, [2, 20], true, false, false, 7])
  }

  static let bad = [
    BadScript(
      "local x = nj.ones(2):requires_grad_() local y = (x * x):sum() y:backward() y:backward()",
      "used already"),
    BadScript("nj.ones(2):sum():backward()", "no operation was recorded"),
    BadScript(
      "local x = nj.ones(2):requires_grad_(); (x * 2):backward()", "starts from one element, got [2]"),
    BadScript("local x = nj.ones(2):requires_grad_() x:add_(1)", "add_: would change in place"),
    BadScript("local x = nj.ones(2):requires_grad_() x[1] = 3", "would change in place"),
    BadScript(
      "local x, w = nj.ones(2):requires_grad_(), nj.ones(2) local y = (x * w):sum() w:add_(1) y:backward()",
      "was changed in place"),
    BadScript("nj.tensor({ 1 }, { dtype = 'int32' }):requires_grad_()", "float32"),
    BadScript("local x = nj.ones(2):requires_grad_(); (x * 2):requires_grad_(false)", "leaves"),
    BadScript("nj.no_grad(function() error('inside') end)", "inside"),
    BadScript("nj.func { forward = print }", "field 'backward' is missing"),
    BadScript(
      "nj.func { forward = function() end, backward = print }(nj.ones(1))", "forward returned nothing"),
    BadScript("nj.func { forward = print, backward = print }(1)", "no tensor among the arguments"),
    BadScript(
      """
      local f = nj.func { forward = function(c, x) return x * 2 end, backward = function(c, g) return nj.ones(3) end }
      f(nj.ones(2):requires_grad_()):sum():backward()
      """, "backward's result 1 has shape [3], the argument has [2]"),
    BadScript(
      """
      local f = nj.func { forward = function(c, x) return x * 2 end, backward = function(c, g) return 3 end }
      f(nj.ones(2):requires_grad_()):sum():backward()
      """, "expected a float32 tensor or nil"),
    BadScript(
      """
      local f = nj.func { forward = function(c, x) return x * 2 end, backward = function(c, g) error("mine") end }
      f(nj.ones(2):requires_grad_()):sum():backward()
      """, "test.lua:2: mine"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }

  @Test func aSurrogateGradientIsUsed() throws {
    let given = try BindingsState().run(
      """
      local spike = nj.func {                      -- Heaviside forwards, boxcar backwards
        forward = function(ctx, membrane, width)
          ctx:save(membrane)
          ctx.width = width
          return membrane:gt(0):to "float32"
        end,
        backward = function(ctx, upstream)
          local membrane = ctx:saved()
          return upstream * membrane:abs():le(ctx.width):to "float32", nil
        end,
      }
      local u = nj.tensor { -2, -0.25, 0.25, 2 }:requires_grad_()
      local out = spike(u * 1, 0.5)
      ;(out * nj.tensor { 1, 2, 3, 4 }):sum():backward()
      return out:totable(), u.grad:totable(), spike(nj.ones(1), 1).requires_grad
      """)
    #expect(given == [[0, 0, 1, 1], [0, 2, 3, 0], false])
  }

  @Test func aGradientOfOnesOwnGoesToEachArgument() throws {
    let given = try BindingsState().run(
      Self.finiteDifferences + """
        local product = nj.func {
          forward = function(ctx, a, b) ctx:save(a, b) return a * b end,
          backward = function(ctx, up) local a, b = ctx:saved() return up * b, up * a end,
        }
        return check(function(a, b) return product(a:exp(), product(b, a)):sum() end,
          { random:randn(3), random:randn(3) })
        """)
    #expect(try #require(given[0].number) < 2e-3)
  }
}
