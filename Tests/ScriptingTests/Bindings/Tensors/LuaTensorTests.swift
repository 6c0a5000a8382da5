import Testing

@Suite struct LuaTensorTests {
  static let making = [
    LuaCase("nj.tensor(3)", 3),
    LuaCase("nj.tensor { { 1, 2 }, { 3, 4 } }", [[1, 2], [3, 4]]),
    LuaCase("nj.tensor({ 1, 2 }, { dtype = 'int32' }).dtype", "int32"),
    LuaCase("nj.tensor { true, false }", [true, false]),
    LuaCase("nj.tensor({ true, false }, { dtype = 'float32' }), nj.tensor { true, 2 }", [1, 0], [1, 2]),
    LuaCase("nj.tensor { nj.ones(2):gt(0):all(), false }", [true, false]),
    LuaCase("nj.tensor({ 0, 2 }, { dtype = 'bool' })", [false, true]),
    LuaCase("nj.zeros { 2, 3 }", [[0, 0, 0], [0, 0, 0]]),
    LuaCase("nj.zeros(2, 1)", [[0], [0]]),
    LuaCase("nj.zeros({ 2 }, { dtype = 'int32' }).dtype", "int32"),
    LuaCase("nj.ones(2, { dtype = 'bool' })", [true, true]),
    LuaCase("nj.ones()", 1),
    LuaCase("nj.full({ 2 }, 7)", [7, 7]),
    LuaCase("nj.full({ 2 }, 7, { dtype = 'int32' }).dtype", "int32"),
    LuaCase("nj.arange(1, 3)", [1, 2, 3]),
    LuaCase("nj.arange(0, 1, 0.25)", [0, 0.25, 0.5, 0.75, 1]),
    LuaCase("nj.arange(3, 1, -1, { dtype = 'int32' })", [3, 2, 1]),
    LuaCase("#nj.arange(1, 0)", 0),
    LuaCase("nj.linspace(0, 1, 3)", [0, 0.5, 1]),
    LuaCase("nj.eye(2)", [[1, 0], [0, 1]]),
    LuaCase("nj.one_hot(nj.tensor({ 3, 1 }, { dtype = 'int32' }), 3)", [[0, 0, 1], [1, 0, 0]]),
    LuaCase("nj.one_hot(nj.tensor({ { 2 }, { 1 } }, { dtype = 'int32' }), 2)", [[[0, 1]], [[1, 0]]]),
    LuaCase("nj.one_hot(nj.zeros({ 0 }, { dtype = 'int32' }), 4).shape", [0, 4]),
    LuaCase("nj.randn(2, 3).shape, nj.randn { 2, 3 }.shape, nj.rand(4).shape", [2, 3], [2, 3], [4]),
    LuaCase("nj.randint(3, 3, { 2 }), nj.randint(3, 3, 1, 2)", [3, 3], [[3, 3]]),
    LuaCase("(nj.randperm(4):sort())", [1, 2, 3, 4]),
    LuaCase("nj.cat({ nj.ones(1, 2), nj.zeros(1, 2) }, 1)", [[1, 1], [0, 0]]),
    LuaCase("nj.stack({ nj.arange(1, 2), nj.arange(3, 4) }, 2)", [[1, 3], [2, 4]]),
    LuaCase("nj.where(nj.arange(1, 3):gt(1), nj.arange(1, 3), -1)", [-1, 2, 3]),
    LuaCase("nj.einsum('ij,jk->ik', nj.eye(2), nj.tensor { { 1, 2 }, { 3, 4 } })", [[1, 2], [3, 4]]),
  ]

  /// x = {{1, 2, 3}, {4, 5, 6}}.
  static let looking = [
    LuaCase(
      "x.shape, x.dtype, #x, x:size(1), x:size(-1), x:dim(), x:numel()", [2, 3], "float32", 2, 2, 3, 2, 6),
    LuaCase("x[1], x[-1], x[2][1], x[1][-1]", [1, 2, 3], [4, 5, 6], 4, 3),
    LuaCase("x:at(2, 3), x:at(-1, -1), nj.tensor(4):item()", 6, 6, 4),
    LuaCase(
      "(function() local t = {} for i, row in ipairs(x) do t[i] = #row + i end return t end)()", [4, 5]),
    LuaCase("(function() local t = {} for i, v in ipairs(x[2]) do t[i] = v end return t end)()", [4, 5, 6]),
    LuaCase("x:slice(2, 2, 3)", [[2, 3], [5, 6]]),
    LuaCase("x:slice(2, -2, -1), x:slice(2, 1, 3, 2)", [[2, 3], [5, 6]], [[1, 3], [4, 6]]),
    LuaCase("x:slice(2, 3, 2).shape", [2, 0]),
    LuaCase("x:narrow(2, 2, 2)", [[2, 3], [5, 6]]),
    LuaCase("x:select(2, -1)", [3, 6]),
    LuaCase("x:index_select(2, nj.tensor({ 3, 1 }, { dtype = 'int32' }))", [[3, 1], [6, 4]]),
    LuaCase("x:gather(2, nj.tensor({ { 3 }, { 1 } }, { dtype = 'int32' }))", [[3], [4]]),
    LuaCase("nj.zeros(3):scatter_add(1, nj.tensor({ 3, 3 }, { dtype = 'int32' }), nj.ones(2))", [0, 0, 2]),
    LuaCase("x:masked_select(x:gt(4))", [5, 6]),
    LuaCase("x:argmax(2), x:argmax(), x:argmin(1)", [3, 3], 6, [1, 1, 1]),
    LuaCase("x:topk(1, 2)", [[3], [6]], [[3], [3]]),
    LuaCase("nj.tensor { 3, 1, 2 }:sort(1, true)", [3, 2, 1], [1, 3, 2]),
    LuaCase("x:max(2)", [3, 6], [3, 3]),
    LuaCase("nj.tensor { 2, 5, 2 }:unique()", [2, 5], [1, 2, 1], [2, 1]),
  ]

  static let shaping = [
    LuaCase("x:reshape(3, -1), x:view { 6 }", [[1, 2], [3, 4], [5, 6]], [1, 2, 3, 4, 5, 6]),
    LuaCase("x:permute(2, 1).shape, x:transpose(1, -1).shape", [3, 2], [3, 2]),
    LuaCase(
      "x:unsqueeze(1).shape, x:unsqueeze(-1).shape, x:unsqueeze(2):squeeze(2).shape", [1, 2, 3], [2, 3, 1],
      [2, 3]),
    LuaCase("nj.ones(2, 1):expand(2, 3), nj.ones(1):expand(-1).shape", [[1, 1, 1], [1, 1, 1]], [1]),
    LuaCase("x:flatten(), nj.zeros(2, 3, 4):flatten(2).shape", [1, 2, 3, 4, 5, 6], [2, 12]),
    LuaCase("x:to('int32').dtype, x:to 'bool' :dim()", "int32", 2),
    LuaCase("x:transpose(1, 2):is_contiguous(), x:transpose(1, 2):contiguous():is_contiguous()", false, true),
  ]

  static let computing = [
    LuaCase(
      "x + 1, 1 - x, x * x, 6 / x, -x", [[2, 3, 4], [5, 6, 7]], [[0, -1, -2], [-3, -4, -5]],
      [[1, 4, 9], [16, 25, 36]], [[6, 3, 2], [1.5, .number(Double(Float(1.2))), 1]],
      [[-1, -2, -3], [-4, -5, -6]]),
    LuaCase("x ^ 2, 2 ^ x[1]", [[1, 4, 9], [16, 25, 36]], [2, 4, 8]),
    LuaCase("x + nj.tensor { 10, 20, 30 }, x:mean(2, true).shape", [[11, 22, 33], [14, 25, 36]], [2, 1]),
    LuaCase(
      "x:clamp(2, 4), x:clamp(nil, 3), x:clamp(5)", [[2, 2, 3], [4, 4, 4]], [[1, 2, 3], [3, 3, 3]],
      [[5, 5, 5], [5, 5, 6]]),
    LuaCase(
      "x:sum(), x:sum(1), x:sum { 1, 2 }, x:mean(-1), x:prod(2), x:cumsum(2)", 21, [5, 7, 9], 21, [2, 5],
      [6, 120],
      [[1, 3, 6], [4, 9, 15]]),
    LuaCase("x:any(2), x:all(), x:count_nonzero(1), x:gt(5):any()", [true, true], true, [2, 2, 2], true),
    LuaCase("x:var(2), x:std(2, false, 0):square():sub(2 / 3):abs():lt(1e-6)", [1, 1], [true, true]),
    LuaCase("nj.tensor { 3, 4 }:norm(), nj.tensor { 3, -4 }:norm(nil, false, 1)", 5, 7),
    LuaCase(
      "nj.tensor { 0 / 0, 1 / 0, 1 }:isnan(), nj.tensor { 0 / 0, 1 / 0, 1 }:isfinite()",
      [true, false, false], [false, false, true]),
    LuaCase(
      "x:eq(2), x:ge(x), x:gt(2):logical_and(x:lt(5))", [[false, true, false], [false, false, false]],
      [[true, true, true], [true, true, true]], [[false, false, true], [true, false, false]]),
    LuaCase("x:matmul(x:transpose(1, 2))", [[14, 32], [32, 77]]),
    LuaCase("x:allclose(x + 1e-9), x:allclose(x + 1), x:allclose(x + 1, { atol = 1 })", true, false, true),
  ]

  /// n = {5, -7, 2} of int32.
  static let whole = [
    LuaCase("(n + 1).dtype, (n - n).dtype, (n * 2).dtype, (-n).dtype", "int32", "int32", "int32", "int32"),
    LuaCase(
      "(n / 2).dtype, (n + 0.5).dtype, (n + nj.ones(3)).dtype, (n ^ 2).dtype, (n ^ 0.5).dtype", "float32",
      "float32", "float32", "int32", "float32"),
    LuaCase("n:sum().dtype, n:sum(), n:mean()", "int32", 0, 0),
    LuaCase("nj.full({ 3 }, 16777217, { dtype = 'int32' }):sum()", 50_331_651),
    LuaCase("n:max(), n:max().dtype, n:min(1)", 5, "int32", -7, 2),
    LuaCase("n:gt(0), n:gt(0):sum(), n:gt(0):sum().dtype", [true, false, true], 2, "int32"),
    LuaCase("n:eq(5), n:eq(n):all()", [true, false, false], true),
    LuaCase("math.type(n[1]), math.type(n:sum():item()), type(n:gt(0)[1])", "integer", "integer", "boolean"),
    LuaCase("nj.tensor { 1.9, -1.9 }:to 'int32'", [1, -1]),
    LuaCase("n:add_(1), n:mul_(2)", [12, -12, 6], [12, -12, 6]),
  ]

  @Test(arguments: making + looking + shaping + computing + whole) func gives(_ c: LuaCase) throws {
    try c.check(
      in: BindingsState(),
      locals: """
        local x = nj.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
        local n = nj.tensor({ 5, -7, 2 }, { dtype = "int32" })
        """)
  }

  @Test func viewsWriteThrough() throws {
    let given = try BindingsState().run(
      """
      local x = nj.zeros { 3, 2 }
      x[1] = 1
      x[-1] = nj.tensor { 5, 6 }
      x[2][1] = 7
      x:select(2, 2):slice(1, 1, 2):add_(10)
      x:transpose(1, 2)[1]:mul_(2)
      local copy = x:clone()
      copy:zero_()
      x:reshape(6):slice(1, 6, 6):fill_(-1)
      return x:totable(), copy:sum():item()
      """)
    #expect(given == [[[2, 11], [14, 10], [10, -1]], 0])
  }

  @Test func formsInPlaceGiveTheTensorItself() throws {
    let given = try BindingsState().run(
      """
      local x = nj.tensor { 1, 4, 9 }
      local y = x:sqrt_():add_(1):mul_(x):sub_(2):div_(2):clamp_(0, 4):pow_(2)
      x:copy_(x + 0)
      return x == y, x:totable(), x:maximum_(5):totable(), x:zero_():sum():item()
      """)
    #expect(given == [true, [1, 12.25, 16], [5, 12.25, 16], 0])
  }

  /// Functions that are compared with PyTorch's results.
  static let like = [
    // torch.nn.functional.normalize(x), and with dim=0.
    LuaCase(
      "nj.tensor { { 3, 4 }, { 0, 0 } }:normalize():allclose(nj.tensor { { 0.6, 0.8 }, { 0, 0 } })", true),
    LuaCase(
      "nj.tensor { { 3, 5 }, { 4, 12 } }:normalize(1):allclose(nj.tensor { { 0.6, 5 / 13 }, { 0.8, 12 / 13 } })",
      true),
    LuaCase("nj.tensor { 0, 1e-20, 0 }:normalize():allclose(nj.tensor { 0, 1e-8, 0 })", true),
    LuaCase("nj.tensor({ 3, 4 }, { dtype = 'int32' }):normalize():allclose(nj.tensor { 0.6, 0.8 })", true),
    // The example of torch.cov, whose samples are columns.
    LuaCase("nj.tensor { { 0, 2 }, { 1, 1 }, { 2, 0 } }:cov()", [[1, -1], [-1, 1]]),
    LuaCase("(nj.tensor { { 0, 2 }, { 1, 1 }, { 2, 0 } }:cov(0) * 3)", [[2, -2], [-2, 2]]),
    LuaCase(
      "nj.ones(1, 2):cov():isnan(), nj.ones(1, 2):cov(0)", [[true, true], [true, true]], [[0, 0], [0, 0]]),
    LuaCase("nj.tensor { { 1, 2, 3 } }:t(), nj.zeros(2, 3):t().shape", [[1], [2], [3]], [3, 2]),
  ]

  @Test(arguments: like) func resultsAreThoseOfPyTorch(_ c: LuaCase) throws {
    try c.check(in: BindingsState())
  }

  @Test func theTransposedMatrixIsAView() throws {
    let given = try BindingsState().run("local x = nj.zeros(2, 3) x:t()[3] = 5 return x:totable()")
    #expect(given == [[[0, 0, 5], [0, 0, 5]]])
  }

  static let bad = [
    BadScript("return nj.zeros(3):t()", "t: got [3], expected a matrix"),
    BadScript("return nj.zeros(3):cov()", "cov: got [3], expected (samples, features)"),
    BadScript("return nj.zeros(2, 3):normalize(3)", "dimension 3 of a tensor of shape [2, 3]"),
    BadScript(
      "return nj.one_hot(nj.tensor({ 4 }, { dtype = 'int32' }), 3)", "one_hot: index 4 is outside 1 to 3"),
    BadScript(
      "return nj.one_hot(nj.tensor({ 0 }, { dtype = 'int32' }), 3)", "one_hot: index 0 is outside 1 to 3"),
    BadScript("return nj.one_hot(nj.ones(2), 3)", "int32"),
    BadScript("return nj.zeros { 2, 3 } + nj.zeros { 2, 4 }", "[2, 3]"),
    BadScript("return nj.zeros { 2, 3 } + nj.zeros { 2, 4 }", "[2, 4]"),
    BadScript("return nj.zeros { 2, 3 }:matmul(nj.zeros { 4, 2 })", "[4, 2]"),
    BadScript("return nj.zeros { 2, 3 }:reshape(4)", "[2, 3]"),
    BadScript("return nj.ones { 2 } > 1", "< and > compare single numbers"),
    BadScript("return nj.ones { 2 } <= nj.ones { 2 }", "Hint: x:le(y)"),
    BadScript("return nj.zeros { 2 }:view(2, 2)", "[2]"),
    BadScript("return nj.zeros { 2 }[0]", "indices count from 1"),
    BadScript("return nj.zeros { 2 }[3]", "3"),
    BadScript("return nj.zeros { 2, 2 }:sum(0)", "sum: dimensions count from 1"),
    BadScript("return nj.zeros { 2, 2 }:sum(3)", "[2, 2]"),
    BadScript("return nj.zeros { 2, 2 }:size(3)", "[2, 2]"),
    BadScript("return nj.zeros { 2, 2 }:at(1)", "got 1 indices"),
    BadScript("return nj.zeros { 2, 2 }:item()", "[2, 2]"),
    BadScript("return nj.zeros { 2 } + 'x'", "expected"),
    BadScript("return nj.zeros { 2 } .. 'x'", "the operator .. joins text"),
    BadScript("return nj.zeros { 2 }:slice(1, 1, 3)", "index 3 is outside 1 to 2"),
    BadScript("return nj.tensor { { 1 }, { 1, 2 } }", "differ in length"),
    BadScript("return nj.tensor { 'a' }", "got a string"),
    BadScript("return nj.tensor({ 1.5 }, { dtype = 'int32' })", "1.5 is not an int32"),
    BadScript("return nj.zeros({ 2 }, { dtype = 'int' })", "did you mean 'int32'?"),
    BadScript("return nj.zeros({ 2 }, { type = 'int32' })", "dtype"),
    BadScript("return nj.zeros { 2, 'x' }", "element 2"),
    BadScript("return nj.zeros(2, {})", "argument 2"),
    BadScript("return nj.zeros(-1)", "-1"),
    BadScript("return nj.arange(5)", "arange(1, 5), or arange(0, 4) for torch.arange(5)"),
    BadScript("return nj.arange(1, 2, 0)", "no finite number of elements"),
    BadScript("return nj.zeros(3):index_select(1, nj.ones(2))", "int32"),
    BadScript("return nj.zeros(3):index_select(1, nj.zeros({ 1 }, { dtype = 'int32' }))", "0"),
    BadScript("return nj.zeros(3):gather(1, nj.tensor({ 4 }, { dtype = 'int32' }))", "4"),
    BadScript("return nj.loss.cross_entropy(nj.zeros(1, 2), nj.tensor({ 3 }, { dtype = 'int32' }))", "3"),
    BadScript("return nj.loss.cross_entropy(nj.zeros(1, 2), nj.tensor({ 0 }, { dtype = 'int32' }))", "0"),
    BadScript("return nj.loss.cross_entropy(nj.zeros(1, 2), nj.ones(1))", "int32"),
    BadScript("return nj.full({ 2 }, 2 ^ 30, { dtype = 'int32' }):sum() * 2", "does not fit an int32"),
    BadScript("local x = nj.zeros(2) x:release() return x + 1", "used after release"),
    BadScript("return nj.zeros(2):matmull(1)", "did you mean 'matmul'?"),
    BadScript("nj.zeros(2).shape = 3", "'shape' cannot be set"),
    BadScript("return nj.einsum('ij,jk', nj.zeros(2, 3), nj.zeros(2, 3))", "[2, 3]"),
    BadScript("return nj.zeros(2, 2):cholesky()", "positive definite"),
  ]

  @Test(arguments: bad) func mistakesAreExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
