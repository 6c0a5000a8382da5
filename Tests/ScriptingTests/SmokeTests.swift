import Scripting
import Testing

@Suite struct SmokeTests {
  @Test func runs() throws {
    let state = try LuaState()
    try state.install(
      LuaModule(
        "nj", "",
        functions: [
          LuaFunction("add", "", [.integer("a"), .integer("b", default: 3)]) { call in
            try call.give(call.integer(1) + call.integer(2))
          },
          LuaFunction("fail", "", [.sizes("shape")]) { call in throw ScriptFailure("fail: no") },
        ]))
    let nj = try #require(state.module("nj"))
    #expect(try state.run("return nj.add(1), nj.add(2, 5)", path: "a.lua", globals: ["nj": nj]) == [4, 7])
    do {
      try state.run(
        "local x = 1\nlocal function f() nj.add('x') end\n f()", path: "a.lua", globals: ["nj": nj])
    } catch { print(error) }
    do {
      try state.run(
        "local x = 1\nlocal function f() nj.ad('x') end\n f()", path: "a.lua", globals: ["nj": nj])
    } catch { print(error) }
    do {
      try state.run(
        "local x = 1\nlocal function f() nj.fail{1,2} end\n f()", path: "a.lua", globals: ["nj": nj])
    } catch { print(error) }
    do {
      try state.run(
        "local x = 1 + nil",
        path: "a/very/long/path/indeed/that/is/longer/than/sixty/characters/and/more/a.lua",
        globals: ["nj": nj])
    } catch { print(error) }
    do {
      try state.run(
        "x = = 1 + nil", path: "a/very/long/path/indeed/that/is/longer/than/sixty/characters/and/more/a.lua",
        globals: ["nj": nj])
    } catch { print(error) }
  }
}
