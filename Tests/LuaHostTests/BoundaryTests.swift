import Foundation
import LuaHost
import TestSupport
import Testing

/// Host objects, errors and memory across the boundary.
@Suite(.serialized) struct BoundaryTests {
  @Test func thrownErrorsLeakNothing() throws {
    let test = try TestState()
    let before = VectorError.Payload.alive
    try test.run("for i = 1, 1000 do local ok, e = pcall(nj.fail) assert(not ok and e:find('too long')) end")
    for _ in 0..<1000 { #expect(throws: ScriptError.self) { try test.run("nj.fail()") } }
    #expect(VectorError.Payload.alive <= before + 1)
    test.state.collectGarbage()
    #expect(test.census.alive == 0)
  }

  @Test func erringCallbacksLeakNothing() throws {
    let test = try TestState()
    try test.run("local v = nj.vector{1}\nfor i = 1, 1e5 do pcall(v.map, v, error) end")
    test.state.collectGarbage()
    #expect(test.census.alive == 0)
    #expect(test.state.luaBytes < 1 << 20)
  }

  @Test func garbageWithNativeWeightIsCollected() throws {
    let test = try TestState()
    try test.run("for i = 1, 2e4 do local x = nj.vector({}, 4e6) end")
    #expect(test.state.nativeBytes <= 68_000_000)
    #expect(test.census.alive < 20)
    test.state.nativeBudget = 40_000_000
    try test.run("for i = 1, 2e4 do local x = nj.vector({}, 4e6) end")
    #expect(test.state.nativeBytes <= 68_000_000)
  }

  @Test func aClosedStateReleasesItsObjects() throws {
    let census: Vector.Census
    do {
      let test = try TestState()
      census = test.census
      try test.run(
        "kept = nj.vector{1} local co = coroutine.wrap(function() local x = nj.vector{2} "
          + "coroutine.yield() end) co()"
      )
      #expect(census.alive == 2)
    }
    #expect(census.alive == 0)
  }

  @Test func scopesRelease() throws {
    let test = try TestState()
    let result = try test.run(
      """
      local kept, lost
      do
        local scope <close> = nj.scope()
        kept = scope:keep(nj.vector{1, 2})
        do
          local inner <close> = nj.scope()
          lost = inner:keep(nj.vector{1})
        end
        assert(lost:size() == 1)
      end
      return kept:size(), pcall(lost.size, lost)
      """)
    #expect(result[0] == 2 && result[1] == false)
    #expect(result[2].string?.contains("used after release") == true)
    #expect(test.census.alive == 1)
  }

  @Test func closeVariablesRelease() throws {
    let test = try TestState()
    try test.run("do local x <close> = nj.vector{1} end")
    #expect(test.census.alive == 0)
  }

  static let truths = [
    "local v = nj.vector{1, 2} return #v == 2 and v[2] == 2 and v.first == 1 and tostring(v) == "
      + "'vector[1.0, 2.0]'",
    "local v = nj.vector{1, 2} v[1] = 5 v.first = v.first + 1 return v[1] == 6",
    "local v = nj.vector{1} + nj.vector{2} return v[1] == 3",
    "local v = nj.vector{1} return nj.echo(v) == v and v:reshape{1} == v",
    "return nj.vector{1} ~= nj.vector{1}",
    "return nj.point(7).x == 7 and nj.echo(nj.point(8)).x == 8",
    "local n = 0 for i in nj.count(3) do n = n + i end return n == 6",
    "local a, b, c, d = nj.mfcc(nj.vector{}, {rate = 8000, bands = {1, 2}}) return a == 20 and b == "
      + "8000.0 and c == 'htk' and d[2] == 2",
    "local s = nj.sizes return #s{2, 3} == 2 and #s(2, 3, 4) == 3 and #s() == 0",
    "local v = nj.vector{1, 2}:map(function(x) return x * 10 end) return v[2] == 20",
    "return nj.apply(nj.apply, nj.echo, 3) == 3",
    "return nj.answer == 42 and nj.version == '1.0' and nj.nn.one() == 1",
    "local names = {} for k in pairs(nj) do names[#names + 1] = k end return #names > 5",
    "return type(getmetatable(nj.vector{})) == 'string' and not getmetatable(nj) and not getmetatable('')",
    "local t = nj.echo{1, 'a', {x = true}, y = 2.5} return t[2] == 'a' and t[3].x and t.y == 2.5",
    "return nj.echo{setmetatable({}, {__index = error})}[1].x == nil",
    "local co = coroutine.wrap(function() local v = nj.vector{1} coroutine.yield(v:size()) return "
      + "v:size() + 1 end) return co() + co() == 3",
    "local ok, e = pcall(function() nj.apply(coroutine.yield) end) return not ok and e:find('yield') ~= nil",
    "local co = coroutine.create(function() nj.apply(coroutine.yield) end) local ok, e = "
      + "coroutine.resume(co) return not ok and e:find('yield') ~= nil",
    "local ok, e = pcall(string.rep) return e == \"bad argument #1 to 'string.rep' (string expected, "
      + "got no value)\" or e",
    "local ok, e = xpcall(error, function(e) return 'h:' .. tostring(e) end, 'x') return e == 'h:x'",
    "local a, b, c = xpcall(function(...) return ... end, print, 1, 2) return a and b == 1 and c == 2",
    "local a, b = coroutine.wrap(function() return pcall(function() return coroutine.yield() end) "
      + "end) return a() == nil and a(5)",
    "return not xpcall(error, function(e) error(e) end)",
    "return tostring(print) == 'function' and tostring({}) == 'table' and ('%s %5.1f "
      + "%d%%'):format({}, 2, 3) == 'table   2.0 3%'",
    "return load('return 1')() == 1 and not load('\\27Lua', 'x', 'b') and not load('\\27Lua')",
    "x = 3 return load('return x')() == 3 and load('return y', 'c', 't', {y = 4})() == 4",
    "local t = {} for k in pairs{b = 1, a = 2, [true] = 3, 9} do t[#t + 1] = tostring(k) end return "
      + "table.concat(t, ' ') == '1 true a b'",
    "local t = {a = 1, b = 2, c = 3} for k in pairs(t) do t[k] = nil end return next(t) == nil",
    "local t = {a = 1, b = 2, c = 3} local n = 0 for k in pairs(t) do n = n + 1 t.b, t.c = nil end "
      + "return n == 1",
    "return collectgarbage('count') > 0 and collectgarbage() == 0 and not pcall(collectgarbage, 'stop')",
  ]

  @Test(arguments: truths) func holds(_ script: String) throws {
    let results = try TestState().run(script)
    #expect(results.first == true, "\(results)")
  }

  @Test func referencesKeepValues() throws {
    let test = try TestState()
    let list = try test.state.load(
      "return function(x) return x + 1 end", path: "f.lua", environment: test.state.makeEnvironment())
    let function = try #require(try test.state.callForReferences(list).first)
    #expect(try test.state.call(function, [41]) == [42])
    let other = try TestState()
    #expect(throws: ScriptError.self) { try other.state.call(function, [1]) }
  }

  @Test func droppedReferencesFreeTheirValues() throws {
    let test = try TestState()
    let vector = try test.state.callForReferences(
      test.state.load("return ...", path: "f.lua", environment: test.state.makeEnvironment()),
      [Vector([1], test.census)])
    #expect(vector.count == 1 && test.census.alive == 1)
    _ = consume vector
    test.state.collectGarbage()
    #expect(test.census.alive == 0)
  }

  @Test func interruptionStopsEveryLoop() throws {
    for loop in [
      "while true do end", "while true do pcall(function() while true do end end) end",
      "local function l() while true do end end xpcall(l, l)",
      "while true do coroutine.wrap(function() while true do end end)() end",
      "('x'):gsub('x', function() local function l() while true do end end xpcall(l, l) end)",
      "nj.apply(function() while true do end end)",
      "local x <close> = setmetatable({}, {__close = function() while true do end end})",
    ] {
      let test = try TestState()
      // The test's own flag: the process-wide one would stop other tests.
      let start = ContinuousClock.now
      test.state.isInterrupted = { ContinuousClock.now - start > .milliseconds(20) }
      let failure = #expect(throws: ScriptError.self) { try test.run(loop) }
      test.state.isInterrupted = { false }
      #expect(
        failure?.exitCode == .interrupted && failure?.line.hasPrefix("test.lua:2: ") == true, "\(loop)")
      #expect(try test.run("local n = 0 for i = 1, 1e5 do n = n + 1 end return n") == [100000])
    }
  }

  @Test func luaMemoryHasALimit() throws {
    let test = try TestState()
    test.state.limits[.luaMemory] = Double(10 << 20)
    let failure = #expect(throws: ScriptError.self) {
      try test.run("local t = {} for i = 1, 1e9 do t[i] = {} end")
    }
    #expect(failure?.exitCode == .limit)
    #expect(throws: ScriptError.self) { try test.run("return ('x'):rep(1e9)") }
    #expect(try test.run("return 1") == [1])
  }

  @Test func printGoesToTheHost() throws {
    let test = try TestState()
    var lines: [String] = []
    test.state.print = { lines.append($0) }
    try test.run("print(1, 'a', nil, {}, '\\27[0m')")
    #expect(lines == ["1\ta\tnil\t{}\t\\u{1b}[0m\n"])
  }

  @Test func randomNumbersFollowTheSeed() throws {
    let script = "local t = {} for i = 1, 5 do t[i] = math.random(1e9) end return table.concat(t, ',')"
    let first = try TestState(seed: 3).run(script)
    #expect(try TestState(seed: 3).run(script) == first)
    #expect(try TestState(seed: 4).run(script) != first)
  }
}
