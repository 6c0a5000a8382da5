import LuaHost
import Testing

/// `%` and `//` of tensors, as Lua has them of numbers.
@Suite struct LuaRemainderTests {
  static let cases = [
    LuaCase("nj.tensor { 5, -5, 5.5 } % 3", [2, 1, 2.5]),
    LuaCase("nj.tensor { 5, -5 } % nj.tensor { -3, 3 }", [-1, 1]),
    LuaCase("7 % nj.tensor { 2, 4 }", [1, 3]),
    LuaCase("nj.tensor { { 5, 6 }, { 7, 8 } } % nj.tensor { 2, 5 }", [[1, 1], [1, 3]]),
    LuaCase("nj.tensor { 5, -5 } // 2", [2, -3]),
    LuaCase("(nj.tensor({ 5, -5 }, { dtype = 'int32' }) % 3)", [2, 1]),
    LuaCase("(nj.tensor({ 5, -5 }, { dtype = 'int32' }) // 3).dtype", "int32"),
    LuaCase(
      "(function() local x = nj.tensor { 5 }:requires_grad_(); (x % 3):sum():backward() return x.grad end)()",
      [1]),
  ]

  @Test(arguments: cases) func givesWhatLuaGives(_ c: LuaCase) throws { try c.check(in: BindingsState()) }

  /// Operators that tensors do not have, and the method that each message names.
  static let missing = [
    ("'loss ' .. nj.ones(1)", "x:item() of a single number"), ("nj.ones(1) .. 'x'", "print(\"loss\", x)"),
    ("nj.ones(1) & nj.ones(1)", "x:logical_and(y)"), ("nj.ones(1) | 1", "x:logical_or(y)"),
    ("nj.tensor({ 1 }, { dtype = 'int32' }) % 0", "an integer is divided by 0"),
  ]

  @Test(arguments: missing) func errorsNameWhatIsMeant(_ c: (script: String, says: String)) throws {
    let state = try BindingsState()
    let error = #expect(throws: ScriptError.self) { try state.run("return \(c.script)") }
    #expect(error?.description.contains(c.says) == true, "\(String(describing: error))")
  }
}
