import Testing

/// Indices as scripts write them, for reading and assigning alike.
@Suite struct LuaIndexTests {
  /// x = {{1, 2, 3}, {4, 5, 6}}, rows and mask select the second row and the elements above 4.
  static let locals = """
    local x = nj.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
    local rows = nj.tensor({ 2, -2 }, { dtype = "int32" })
    local mask = x:gt(4)
    local function set(key, value)
      local y = x:clone()
      y[key] = value
      return y
    end
    local function slope(key, ...)
      local w = nj.ones(...):requires_grad_()
      local y = nj.zeros(2, 3)
      y[key] = w * 2
      ;(y * x):sum():backward()
      return w.grad
    end

    """

  static let reading = [
    LuaCase("x[2], x[-1][3], x[{ 2 }], x[{ 2, -1 }]", [4, 5, 6], 6, [4, 5, 6], 6),
    LuaCase("x[{ {}, 2 }], x[{ { 1, 2 }, { 2, 3 } }]", [2, 5], [[2, 3], [5, 6]]),
    LuaCase("x[{ 1, { 1, -1, 2 } }], x[{ 1, { 3, 2 } }].shape", [1, 3], [0]),
    LuaCase("x[mask], x[nj.tensor { false, true }]", [5, 6], [[4, 5, 6]]),
    LuaCase(
      "x[rows], x[{ {}, nj.tensor({ 3, 1 }, { dtype = 'int32' }) }]", [[4, 5, 6], [1, 2, 3]],
      [[3, 1], [6, 4]]),
    LuaCase(
      "x[x:sum(2):argmax()], x[{ { 1, 2 }, nj.tensor { true, false, true } }]", [4, 5, 6], [[1, 3], [4, 6]]),
    LuaCase("x[rows:reshape(1, 2)].shape, x[rows]:sum()", [1, 2, 3], 21),
  ]

  static let assigning = [
    LuaCase("set(1, 0), set({ 1, 3 }, 9)", [[0, 0, 0], [4, 5, 6]], [[1, 2, 9], [4, 5, 6]]),
    LuaCase("set({ {}, { 1, 2 } }, nj.tensor { 7, 8 })", [[7, 8, 3], [7, 8, 6]]),
    LuaCase(
      "set(mask, 0), set(mask, nj.tensor { 8, 9 })", [[1, 2, 3], [4, 0, 0]], [[1, 2, 3], [4, 8, 9]]),
    LuaCase("set(rows, x)", [[4, 5, 6], [1, 2, 3]]),
    LuaCase(
      "(function() local y = x:clone() y:t()[y:t():gt(4)] = 0 return y end)()", [[1, 2, 3], [4, 0, 0]]),
    LuaCase("(function() local m = nj.tensor { true, false } m[2] = true return m end)()", [true, true]),
    LuaCase("slope(2, 3), slope({ 1, 2 })", [8, 10, 12], 4),
    LuaCase("slope({ {}, { 2, 3 } }, 2, 2), slope(mask, 2)", [[4, 6], [10, 12]], [10, 12]),
    LuaCase("slope(rows, 2, 3), slope({ rows, 1 }, 2)", [[8, 10, 12], [2, 4, 6]], [8, 2]),
  ]

  /// Whole tensors: copy_ and the forms in place keep the gradient of their argument, and of what was there.
  static let inPlace = [
    LuaCase("slope_of(function(y, w) y:copy_(w) end)", [1, 1]),
    LuaCase("slope_of(function(y, w) y:add_(w) end)", [1, 1]),
    LuaCase("slope_of(function(y, w) y:add_(w):mul_(w) end)", [4, 8]),
    LuaCase("slope_of(function(y, w) y:copy_(w) y:mul_(3) y[1] = 0 end)", [0, 3]),
    LuaCase("slope_of(function(y, w) y:copy_(w) y:square_() y:clamp_(0, 10) end)", [4, 0]),
  ]

  @Test(arguments: reading + assigning + inPlace) func gives(_ c: LuaCase) throws {
    try c.check(
      in: BindingsState(),
      locals: Self.locals + """
        local function slope_of(change)
          local w = nj.tensor { 2, 4 }:requires_grad_()
          local y = nj.zeros(2)
          change(y, w)
          y:sum():backward()
          return w.grad
        end
        """)
  }

  static let bad = [
    BadScript("return nj.zeros(2)[{ { 1 } }]", "a range is { first, last }"),
    BadScript("return nj.zeros(2)[{ 1, 2 }]", "at least 2 dimensions"),
    BadScript("return nj.zeros(2)[{ 'a' }]", "got string"),
    BadScript("return nj.zeros(2)[nj.ones(2)]", "bool mask or int32 positions"),
    BadScript("return nj.zeros(2)[nj.ones(3):gt(0)]", "cannot combine [2] with [3]"),
    BadScript("return nj.zeros(2)[nj.zeros({ 1 }, { dtype = 'int32' })]", "there is no 0"),
    BadScript("return nj.zeros(3)[-4]", "index -4 is outside -3 to -1"),
    BadScript("nj.zeros(2)[{ first = 1 }] = 1", "expected integer or list"),
    BadScript("nj.zeros(2, 2)[1][2] = nj.ones():requires_grad_()", "x[{ i, j }] = w"),
    BadScript(
      "local x = nj.zeros(2, 2) local v = x[1] x[2] = nj.ones(2):requires_grad_() return v:sum()",
      "take the view again"),
    BadScript("nj.ones(2):requires_grad_()[1] = 2", "no_grad"),
    BadScript("nj.zeros({ 2 }, { dtype = 'int32' })[1] = 0.5", "0.5 is not an int32"),
    BadScript(
      "nj.zeros({ 2 }, { dtype = 'int32' }):add_(0.5)", "the results are float32, the tensor holds int32"),
    BadScript("nj.zeros({ 2 }, { dtype = 'int32' }):copy_(nj.tensor { 1, 1.5 })", "1.5 is not an int32"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
