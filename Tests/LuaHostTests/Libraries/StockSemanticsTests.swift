import Foundation
import LuaHost
import TestSupport
import Testing

/// Functions that are replaced, and still have to do what Lua's own do.
@Suite struct StockSemanticsTests {
  /// Scripts that return a string, the same in Lua as it comes. `text` joins values.
  static let same = [
    // `next` knows the keys of its table, and those that were cleared on the way.
    "text(pcall(next, {a = 1}, 'b'))", "text(pcall(next, {}, 1))", "text(pcall(next, {1, 2}, 7))",
    "text(pcall(next, {1, 2}, 0/0))", "text(pcall(next, {[3] = 1}, 4))", "text(pcall(next, {a = 1}, {}))",
    "(function() local t = {1, 2, 3, a = 4} for k in next, t do t[k] = nil end return text(next(t)) end)()",
    "(function() local t = {1, 2, 3} for k in next, t do t[1] = nil t[2] = nil t[3] = nil end return text(next(t)) end)()",
    "(function() local t = {a = 1} local k = next(t) t.a = nil return text(k, next(t, k)) end)()",
    "(function() local t = {[2.5] = 1} local k = next(t) t[k] = nil return text(pcall(next, t, 2)) end)()",
    // `__pairs` may yield, in the call and in the iterator.
    """
    (function()
      local t = setmetatable({}, {__pairs = function(t) coroutine.yield("in") return next, {7}, nil end})
      local f = coroutine.wrap(function() for k, v in pairs(t) do coroutine.yield(k, v) end return "out" end)
      return text(f(), f(), f())
    end)()
    """,
    // A mode that does not fit the chunk is a result, not an error.
    "text(load('return 1', 'x', 'b'))", "text(load('\\27Lua', 'x', 't'))", "text(load('return 1', 'x', 'q'))",
    "text(load('return 1', 'x', 'bt')())", "text(load(';', '=x', 't') ~= nil)",
    // The seeds are returned.
    "text(math.randomseed(42))", "text(math.randomseed(1, 2))", "text(math.randomseed(2.0))",
    "text(('a\\0b'):find('%z'))", "text(('\\0\\0a'):find('%Z'))", "text(('a\\0b'):gsub('[%z]', '0'))",
  ]

  @Test(arguments: same) func isLikeLuaAsItComes(_ expression: String) throws {
    let script = """
      local function text(...)
        local parts = table.pack(...)
        for i = 1, parts.n do parts[i] = tostring(parts[i]) end
        return table.concat(parts, " ")
      end
      return \(expression)
      """
    #expect(try TestState().run(script) == [.string(StockLua.run(script))])
  }

  // MARK: Methods of strings

  private static let trim = "function string.trim(s) return (s:gsub('^%s+', ''):gsub('%s+$', '')) end\n"

  /// Code that calls the method, by itself, from a function without globals, from loaded text, in a coroutine.
  static let callers = [
    "return (' x '):trim()", "local function f(s) return s:trim() end return f(' x ')",
    "return load('local s = ... return s:trim()')(' x ')", "return (' x ').trim(' x ')",
    "return coroutine.wrap(function() local s = ' x ' return s:trim() end)()",
    "return load('local s = ... return s:trim()', '@elsewhere.lua', 't', {})(' x ')",
    "local s = string function s.trim(s) return 'x' end return ('y'):trim()",
  ]

  @Test(arguments: callers) func aFunctionAddedToStringIsAMethod(_ caller: String) throws {
    #expect(try TestState().run(Self.trim + caller) == ["x"])
  }

  @Test func aMethodIsSeenByItsOwnScriptAlone() throws {
    let test = try TestState()
    try test.run(Self.trim + "assert((' x '):trim() == 'x')", path: "one.lua")
    #expect(test.message("return (' x '):trim()", path: "two.lua").contains("method 'trim'"))
    // Not even a chunk that claims to be of the other file sees it.
    let forged = "return load('local s = ... return s:trim()', '@one.lua', 't', {})(' x ')"
    #expect(test.message(forged, path: "two.lua").contains("method 'trim'"))
  }

  @Test func aMethodOfTheLibraryCannotBeReplaced() throws {
    #expect(try TestState().run("string.upper = error return ('x'):upper()") == ["X"])
  }

  // MARK: require

  @Test func luasLibrariesCanBeRequired() throws {
    let folder = try TemporaryFolder(files: ["math.lua": "error('a file')"])
    let test = try TestState()
    let space = try ScriptSpace(in: test.state, roots: [folder.path])
    let check = """
      for _, name in ipairs { "_G", "coroutine", "math", "string", "table", "utf8" } do
        assert(require(name) == _G[name], name)
      end
      return pcall(require, "os")
      """
    let function = try test.state.load(check, path: "test.lua", environment: space.environment)
    #expect(try test.state.call(function).first == false)
  }

  /// A long chunk is compiled in parts, between which limits hold; nobody notices.
  @Test func longChunksAreLoadedAsShortOnes() throws {
    let script = """
      local long = ("x = 1 "):rep(30000)
      local f = load(long .. "return x", nil, "t", {})
      local _, message = load(long .. "(")
      local _, named = load(long .. "(", "=name")
      local g, binary = load("\\27" .. long)
      return f(), message, named, g, binary
      """
    let values = try TestState().run(script)
    #expect(values[0] == 1)
    #expect(values[1].string?.hasPrefix("[string \"x = 1 x = 1") == true, "\(values[1])")
    #expect(values[2].string?.hasPrefix("name:1: ") == true, "\(values[2])")
    #expect(
      values[3].isNil && values[4].string?.contains("attempt to load a binary chunk") == true, "\(values[4])")
  }

  @Test func muchGarbageIsCollectedInSteps() throws {
    let script = """
      local keys = setmetatable({}, { __mode = "k" })
      local kept = {}
      for i = 1, 300000 do kept[i] = { i } end
      for i = 1, 300000 do keys[kept[i]] = i if i % 3 > 0 then kept[i] = false end end
      local before = collectgarbage("count")
      collectgarbage()
      local count = 0
      for i = 3, 300000, 3 do if keys[kept[i]] == i then count = count + 1 end end
      return collectgarbage("count") < before, count
      """
    #expect(try TestState().run(script) == [true, 100_000])
  }
}
