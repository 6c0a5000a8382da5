import TestSupport
import Testing

/// What scripts cannot reach, and cannot do to each other.
@Suite struct SandboxTests {
  static let absent = [
    "debug", "io", "os", "package", "require", "dofile", "loadfile", "loadstring", "warn", "string.dump",
    "nj",
  ]

  @Test(arguments: absent) func isAbsent(_ name: String) throws {
    #expect(try TestState().run("nj = nil return load('return \(name)')() == nil").first == true)
  }

  /// Walks everything that can be reached from an environment, against a list of what may be there.
  @Test func onlyKnownFunctionsAreReachable() throws {
    let names = try TestState().run(
      """
      local seen, names = {[nj] = true}, {}
      local function walk(value, path)
        if type(value) == "function" then names[#names + 1] = path end
        if type(value) ~= "table" or seen[value] then return end
        seen[value] = true
        assert(not getmetatable(value), path)
        for k, v in pairs(value) do walk(v, path .. "." .. tostring(k)) end
      end
      walk(_G, "")
      table.sort(names)
      return names
      """)
    let found = Set(names.first?.strings ?? [])
    // Debian's Lua has the old names of some math functions as well.
    let old = Set(["atan2", "cosh", "frexp", "ldexp", "log10", "pow", "sinh", "tanh"].map { ".math." + $0 })
    #expect(
      found.subtracting(old) == Set(Self.allowed.split(whereSeparator: \.isWhitespace).map { "." + $0 }))
  }

  private static let allowed = """
    assert collectgarbage error getmetatable ipairs load next pairs pcall print rawequal rawget rawlen rawset
    select setmetatable tonumber tostring type xpcall
    coroutine.close coroutine.create coroutine.isyieldable coroutine.resume coroutine.running coroutine.status
    coroutine.wrap coroutine.yield
    math.abs math.acos math.asin math.atan math.ceil math.cos math.deg math.exp math.floor math.fmod math.log
    math.max math.min math.modf math.rad math.random math.randomseed math.sin math.sqrt math.tan math.tointeger
    math.type math.ult
    string.byte string.char string.find string.format string.gmatch string.gsub string.len string.lower
    string.match string.pack string.packsize string.rep string.reverse string.sub string.unpack string.upper
    table.concat table.insert table.move table.pack table.remove table.sort table.unpack
    utf8.char utf8.codepoint utf8.codes utf8.len utf8.offset
    """

  static let attacks = [
    "string.format = nil string.upper = error table.sort = nil setmetatable(string, {__index = error})",
    "rawset(_G, 'type', error) setmetatable(_G, {__index = error, __newindex = error}) x = 1",
    "pcall(function() getmetatable('').__index = error end)", "_G.math.random = error  _ENV = nil",
    "pcall(rawset, nj, 'vector', error) pcall(table.insert, nj, 1)",
    "pcall(function() for k, v in pairs(nj.nn) do nj.nn[k] = error end end)",
    "local f = nj.vector pcall(setmetatable, nj, {})", "pcall(load, 'string.upper = nil')",
    "for i = 1, 300 do pcall(load, ('('):rep(i * 1000)) end", "pcall(load, ('a..'):rep(1e5) .. 'a')",
    "local f f = function() return coroutine.wrap(f)() end pcall(f)",
    "local function r() return ('x'):gsub('x', r) end pcall(r)",
    "local t = setmetatable({}, {}) getmetatable(t).__index = t pcall(function() return t.x end)",
    "local t = setmetatable({}, {__index = function(t, k) return t[k] end}) pcall(function() return t.x end)",
    "pcall(table.unpack, {}, 1, 1e7) pcall(table.unpack, {}, math.mininteger, math.maxinteger)",
    "pcall(function() return math.mininteger // -1, 1 // 0 end) pcall(string.rep, 'x', 2^53)",
    "local t = {} t.t = t pcall(nj.echo, t) local d = {} for i = 1, 1e5 do d = {d} end pcall(nj.echo, d)",
    "pcall(nj.sizes, setmetatable({}, {__len = function() return 2e9 end}))",
    "local v = nj.vector{1, 2, 3} pcall(v.map, v, function() v:release() end)",
    "pcall(nj.apply, function() local function f() return nj.apply(f) end return f() end)",
    "local c = coroutine.wrap(function() nj.apply(function() coroutine.yield() end) end) pcall(c)",
    "kept = setmetatable({}, {__close = error}) pcall(function() local x <close> = kept end)",
  ]

  /// After each attack, a good script in the same state finds its world whole.
  @Test(arguments: attacks) func survives(_ attack: String) throws {
    let test = try TestState()
    test.state.limits[.luaMemory] = Double(200 << 20)
    _ = test.message(attack)
    let good = """
      assert(("%d"):format(3) == "3" and ("a"):upper() == "A" and type(1) == "number" and x == nil)
      assert(math.random(1, 1) == 1 and nj.nn.one() == 1 and #nj.vector{1, 2} == 2)
      local t = {3, 1, 2} table.sort(t) return t[1]
      """
    #expect(try test.run(good) == [1])
    test.state.collectGarbage()
  }

  /// Boundary values into every function: an error with the argument's number, or a value; never a trap.
  @Test func boundaryValuesAreHandled() throws {
    let test = try TestState()
    test.state.print = { _ in }
    try test.run(
      """
      local values = {0/0, 1/0, -1/0, -1, 0, 2^31, 2^53, math.mininteger, math.maxinteger, 1.5, "10", "", {}, print, nj, true,
        nj.vector{1}, nj.point(1), coroutine.create(print)}
      local targets = {nj.vector, nj.mfcc, nj.sizes, nj.count, nj.point, nj.echo, nj.scope, nj.apply}
      local v = nj.vector{1, 2}
      for _, name in ipairs{"size", "reshape", "map", "release"} do targets[#targets + 1] = v[name] end
      for _, f in ipairs(targets) do
        pcall(f)
        for _, a in ipairs(values) do
          local ok, e = pcall(f, a)
          assert(ok or type(e) == "string")
          pcall(f, nil, a)
          pcall(f, nj.vector{1}, a)
          for _, b in ipairs(values) do pcall(f, a, b) pcall(f, a, b, a) end
        end
      end
      for _, a in ipairs(values) do
        pcall(function() return nj.vector{1}[a] end)
        pcall(function() nj.vector{1}[a] = a end)
        pcall(function() return nj.vector{1} + a end)
        pcall(function() return nj[a] end)
      end
      """)
  }
}
