import Testing

/// Operations of scripts on int32 tensors: the results are exact, or refused.
@Suite struct LuaIntegerTests {
  /// big = {16777217, -16777217}, which float32 does not have; n = {3, -2}.
  static let exact = [
    LuaCase(
      "big:neg(), -big, big:abs()", [-16_777_217, 16_777_217], [-16_777_217, 16_777_217],
      [16_777_217, 16_777_217]),
    LuaCase("n:square(), n:prod(), big:cumsum(1)", [9, 4], -6, [16_777_217, 0]),
    LuaCase("big:clamp(0, 16777217), big:clamp { min = -5 }", [16_777_217, 0], [16_777_217, -5]),
    LuaCase("n:clamp(-0.5, 2)", [2, -0.5]),
    LuaCase(
      "n ^ 3, big:pow(1), 2 ^ n:abs(), 0 ^ n:abs()", [27, -8], [16_777_217, -16_777_217], [8, 4], [0, 0]),
    LuaCase("big:matmul(n:sign()), nj.einsum('i,i->', big, n:sign())", 33_554_434, 33_554_434),
    LuaCase("big:maximum(3), big:minimum(n)", [16_777_217, 3], [3, -16_777_217]),
    LuaCase("(big + nj.tensor({ 0, 1 }, { dtype = 'int32' })):mean()", 0.5),
    LuaCase(
      "big:lt(16777216.5), big:ge(-16777216.5), big:eq(16777216)", [false, true], [true, false],
      [false, false]),
    LuaCase("nj.where(n:gt(0), big, 0), nj.where(n:gt(0), 1, n)", [16_777_217, 0], [1, -2]),
    LuaCase("nj.where(n:gt(0), n, 0.5), nj.where(n:gt(0), n, nj.zeros(2))", [3, 0.5], [3, 0]),
    LuaCase("nj.tensor({ { 1, 2 }, { 3, 4 } }, { dtype = 'int32' }):diagonal()", [1, 4]),
    LuaCase("n:relu(), n:sign(), n:floor()", [3, 0], [1, -1], [3, -2]),
    LuaCase("n:clone():neg_(), n:clone():clamp_(0, 9), n:clone():pow_(2)", [-3, 2], [3, 0], [9, 4]),
  ]

  @Test(arguments: exact) func gives(_ c: LuaCase) throws {
    try c.check(
      in: BindingsState(),
      locals: """
        local big = nj.tensor({ 16777217, -16777217 }, { dtype = "int32" })
        local n = nj.tensor({ 3, -2 }, { dtype = "int32" })
        """)
  }

  private static let big = "local x = nj.tensor({ 16777217 }, { dtype = 'int32' }) return "

  static let refused = [
    BadScript(big + "x:square()", "does not fit an int32"),
    BadScript(big + "x ^ 2", "does not fit an int32"),
    BadScript(big + "x ^ -1", "negative power"),
    BadScript(big + "x:matmul(x)", "does not fit an int32"),
    BadScript(big + "x:exp()", "which has no 16777217"),
    BadScript(big + "x + 0.5", "which has no 16777217"),
    BadScript(big + "x:matmul(nj.ones(1))", "which has no 16777217"),
    BadScript(big + "x:var()", "which has no 16777217"),
    BadScript("return nj.ones(1, { dtype = 'int32' }):exp_()", "the results are float32"),
    BadScript(big + "x:div_(2)", "float32"),
    BadScript(big + "x:fill_(1e10)", "is not an int32"),
    BadScript("return nj.full({ 2 }, 2.5, { dtype = 'int32' })", "2.5 is not an int32"),
    BadScript("return nj.arange(0, 1, 0.5, { dtype = 'int32' })", "0.5 is not an int32"),
    BadScript("return nj.tensor { true }:add_(1)", "the tensor holds bool"),
  ]

  @Test(arguments: refused) func isRefused(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
