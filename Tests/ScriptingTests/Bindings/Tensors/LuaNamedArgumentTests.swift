import Testing

/// What a user of PyTorch types: arguments by name, comparisons of tensors, unknown names.
@Suite struct LuaNamedArgumentTests {
  /// x = {{1, 2, 3}, {4, 5, 6}}.
  static let named = [
    LuaCase("x:mean { dim = 1 }, x:sum { dim = 2, keepdim = true }", [2.5, 3.5, 4.5], [[6], [15]]),
    LuaCase("x:sum {}, x:sum { keepdim = true }, x:sum({}, true)", 21, [[21]], [[21]]),
    LuaCase("x:sum(1, { keepdim = true }), x:sum { dim = { 1, 2 } }", [[5, 7, 9]], 21),
    LuaCase("x:norm { p = 1 }, x:norm { p = 1, dim = 2 }", 21, [6, 15]),
    LuaCase("x:max {}, x:max { keepdim = true }, x:argmax { keepdim = true }", 6, [[6]], [[6]]),
    LuaCase("x:topk { k = 1, dim = 1, largest = false }", [[1, 2, 3]], [[1, 1, 1]]),
    LuaCase("x:clamp { min = 2 }, x:clamp { max = 2 }", [[2, 2, 3], [4, 5, 6]], [[1, 2, 2], [2, 2, 2]]),
    LuaCase(
      "x:var { dim = 2, correction = 0 }:lt(1), x:cumsum { dim = 2 }", [true, true],
      [[1, 3, 6], [4, 9, 15]]),
    LuaCase(
      "x:flatten { start_dim = 1 }, x:transpose { dim0 = 1, dim1 = 2 }.shape", [1, 2, 3, 4, 5, 6], [3, 2]),
    LuaCase("nj.cat({ x, x }, { dim = 2 }).shape, x:size { dim = 2 }", [2, 6], 3),
    LuaCase(
      "tostring(nj.nn.Dropout { p = 0.25 }), nj.linspace { first = 0, last = 1, count = 3 }", "Dropout(0.25)",
      [0, 0.5, 1]),
    // A tensor equals itself and nothing else; only Lua's == between two tensors has to be refused.
    LuaCase(
      "x == x, x == nil, nil == x, x == 3, x == {}, x ~= nil, x == nj.nn.ReLU()", true, false, false, false,
      false, true, false),
    LuaCase("rawequal(x, x:clone()), ({ [x] = 1 })[x]", false, 1),
  ]

  @Test(arguments: named) func gives(_ c: LuaCase) throws {
    try c.check(in: BindingsState(), locals: "local x = nj.tensor { { 1, 2, 3 }, { 4, 5, 6 } }")
  }

  static let bad = [
    BadScript("nj.ones(2):sum { axis = 1 }", "unknown key 'axis'; write dim, from 1"),
    BadScript("nj.ones(2):sum { keepdims = true }", "write keepdim"),
    BadScript("nj.ones(2):sum(1, { dim = 1 })", "unknown key 'dim'"),
    BadScript("nj.ones(2):sum { 1, keepdim = true }", "'keepdim'"),
    BadScript("nj.ones(2):softmax {}", "argument 1 (dim)"),
    BadScript("nj.ones(2):std { unbiased = false }", "it takes dim, keepdim, correction"),
    BadScript("nj.cat { nj.ones(2), dim = 1 }", "the key 'dim'"),
    BadScript("nj.nn.Conv1d(1, 1, 3, { 2 })", "unknown key '1'"),
    BadScript("nj.ones(2):reshape { shape = { 2 } }", "shape"),
    BadScript("nj.optim.clip_grad_norm({ w = nj.ones(2) }, 1)", "the key 'w'"),
    BadScript("return nj.ones(2) == nj.ones(2)", "x:eq(y) for each element"),
    BadScript("return nj.ones(2) ~= nj.ones(2)", "x:allclose(y)"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
