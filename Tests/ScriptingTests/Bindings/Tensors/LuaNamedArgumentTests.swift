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
    // A function's options are named beside its other arguments, and PyTorch's names are taken too.
    LuaCase(
      "tostring(nj.nn.Linear { ['in'] = 3, out = 4 }), tostring(nj.nn.Linear { in_features = 3, out_features = 4 })",
      "Linear(3, 4)", "Linear(3, 4)"),
    LuaCase("#nj.nn.Linear { in_features = 3, out = 4, bias = false }:parameters()", 1),
    LuaCase("#nj.nn.Linear(3, { out_features = 4, bias = false }):parameters()", 1),
    LuaCase(
      "nj.nn.Conv1d { in_channels = 3, out_channels = 4, kernel_size = 2, stride = 2 }(nj.ones(1, 5, 3)).shape",
      [1, 2, 4]),
    LuaCase(
      "nj.nn.LayerNorm { width = 3 }(x).shape, nj.nn.LayerNorm { normalized_shape = 3, eps = 1e-3 }(x).shape",
      [2, 3], [2, 3]),
    LuaCase("nj.nn.GRU { input_size = 3, hidden_size = 5 }(nj.ones(1, 2, 3)).shape", [1, 2, 5]),
    LuaCase("nj.nn.MaxPool1d { kernel_size = 2, stride = 1 }(nj.ones(1, 4, 1)).shape", [1, 3, 1]),
    LuaCase("nj.arange { start = 1, last = 5, step = 2, dtype = 'int32' }", [1, 3, 5]),
    LuaCase("nj.linspace { start = 0, ['end'] = 1, steps = 3 }", [0, 0.5, 1]),
    LuaCase(
      "nj.randint { low = 2, last = 2, size = { 1, 2 } }, nj.randint { first = 3, last = 3 }", [[2, 2]], 3),
    LuaCase("x:reshape { shape = { 3, 2 } }.shape, x:view { shape = 6 }.shape", [3, 2], [6]),
    LuaCase("x:permute { dims = { 2, 1 } }.shape, nj.rand { size = { 2, 2 } }.shape", [3, 2], [2, 2]),
    LuaCase("nj.zeros { shape = { 1, 2 } }, nj.ones { shape = { 2 }, dtype = 'int32' }", [[0, 0]], [1, 1]),
    LuaCase("nj.einsum { equation = 'ij->j', tensors = { x } }", [5, 7, 9]),
    LuaCase("x:at { indices = { 2, 3 } }", 6),
    LuaCase(
      "(nj.loss.cross_entropy { input = x * 0, target = nj.tensor({ 1, 2 }, { dtype = 'int32' }), reduction = 'sum' } "
        + "- 2 * math.log(3)):item() < 1e-5", true),
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
    BadScript(
      "nj.ones(2):reshape { form = { 2 } }", "reshape: argument 1: unknown key 'form'; it takes shape"),
    BadScript(
      "nj.nn.Linear { in_features = 3, features = 4 }", "unknown key 'features'; it takes in, out, bias"),
    BadScript(
      "nj.nn.Linear { in_features = 3 }", "Linear: argument 2 (out): expected integer of at least 1, got nil"),
    BadScript(
      "nj.nn.Linear { ['in'] = 3, in_features = 3, out = 1 }", "'in' and 'in_features' are the same argument"),
    BadScript(
      "nj.nn.Linear { 3, 4, bias = false }",
      "by position it is Linear(in, out, options?); a table has names alone: { [\"in\"] = … }"),
    BadScript("nj.nn.Linear { ['in'] = 3, out = 4, bias = 1 }", "field 'bias': expected boolean"),
    BadScript("nj.arange { start = 0, ['end'] = 4 }", "write last, which is included; PyTorch leaves"),
    BadScript(
      "nj.randint { low = 0, high = 4, size = { 2 } }", "unknown key 'high'; write last, which is included"),
    BadScript("nj.tensor { data = { 1, 2 } }", "nj.tensor({ 1, 2 }, { dtype = \"int32\" })"),
    BadScript("nj.nn.Sequential { conv = nj.nn.ReLU() }", "a part with a name is { \"conv\", module }"),
    BadScript("nj.optim.clip_grad_norm({ w = nj.ones(2) }, 1)", "the key 'w'"),
    BadScript("return nj.ones(2) == nj.ones(2)", "x:eq(y) for each element"),
    BadScript("return nj.ones(2) ~= nj.ones(2)", "x:allclose(y)"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
