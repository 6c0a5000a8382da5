import LuaHost
import TestSupport
import Testing

/// Limits end a script wherever it is, and the state runs the next one.
@Suite(.serialized) struct LimitTests {
  /// The failure that a script under limits ends with; a good script runs in the same state afterwards.
  private func failure(
    _ script: String, _ limits: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> ScriptError? {
    let test = try TestState()
    for limit in ["time=200ms", "lua-memory=64MiB"] + limits { try test.state.limits.set(limit) }
    test.state.print = { _ in }
    let start = ContinuousClock.now
    let failure = #expect(throws: ScriptError.self, sourceLocation: sourceLocation) { try test.run(script) }
    // Generous: collections of the script's whole memory come before the end, and other tests run beside this one.
    #expect(ContinuousClock.now - start < .seconds(30), sourceLocation: sourceLocation)
    #expect(failure?.exitCode == .limit, "\(failure?.line ?? "")", sourceLocation: sourceLocation)
    #expect(
      failure?.line.hasPrefix("test.lua:") == true, "\(failure?.line ?? "")",
      sourceLocation: sourceLocation)
    #expect(
      try test.run("return ('a-b'):gsub('%a', 'x'), pcall(error)")[0] == "x-x", sourceLocation: sourceLocation
    )
    return failure
  }

  static let endless = [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "local L = function() while true do end end while true do pcall(pcall, L) end",
    "local L = function() while true do end end xpcall(L, L)",
    "local L = function() while true do end end ('x'):gsub('x', function() xpcall(L, L) end)",
    "local c = coroutine.create(function() while true do end end) while true do coroutine.resume(c) end",
    "while true do coroutine.wrap(function() for i = 1, 900 do end end)() end",
    "coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)()",
    "local x <close> = setmetatable({}, {__close = function() while true do end end})",
    // An error leaves hooks off in a coroutine: what it closes then must not run.
    "coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end end)()",
    "local t = setmetatable({}, {__index = function(t, k) while true do end end}) local x = t.x",
    "for x in function() while true do end end do end",
    "table.sort({1, 2, 3}, function() while true do end end)",
    "('a'):rep(26):find(('a-'):rep(25) .. 'b')", "for w in ('x'):rep(3e5):gmatch('.-b') do end",
    "('a'):rep(1e5):find('.-.-.-b$')", "string.rep('x', 1e6):rep(2000, '') error('made')",
    "table.move({}, 1, 1e9, 2)", "table.insert(setmetatable({}, {__len = function() return 2e9 end}), 1, 1)",
    "table.remove(setmetatable({}, {__len = function() return 2e9 end}), 1)",
    "table.concat(setmetatable({}, {__len = function() return math.maxinteger end, __index = setmetatable({}, {__index = tostring, __name = ''})}))",
    "local s = ('x'):rep(1e6) local t = {} for i = 1, 1e5 do t[i] = s end table.sort(t)",
    "('x'):rep(3e7):gsub('x', rawlen)",
    "local t = {} for i = 1, 3e5 do t[i] = {} end while true do collectgarbage() end",
    "local s = ('x'):rep(2e7) while true do local u = s:upper() end",
    "local s = ('a'):rep(2^24) while true do s:find(s:sub(2) .. 'b', 1, true) end",
    "local v = nj.vector{1} while true do v:map(function() while true do end end) end",
    "load(function() return 'x=1 ' end)",
    "while true do local ok = pcall(error, setmetatable({}, {__tostring = error})) end",
    "error(setmetatable({}, {__tostring = function() while true do end end}))",
  ]

  @Test(arguments: endless) func timeEnds(_ script: String) throws {
    let failure = try failure(script)
    let limit = (failure?.cause as? LimitError)?.limit
    #expect(limit == .time || limit == .luaMemory, "\(failure?.line ?? "")")
    #expect(failure?.line.contains("Hint: ") == true)
  }

  static let greedy = [
    "local t = {} for i = 1, 1e9 do t[i] = {} end", "return ('x'):rep(1e9)",
    "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1e6) .. #t end) end",
    "local t = {} while true do t[#t + 1] = coroutine.wrap(function() coroutine.yield() end) t[#t]() end",
    "local t = {} for i = 1, 1e9 do t['k' .. i] = i end", "local s = 'x' while true do s = s .. s end",
    "coroutine.wrap(function() local s = 'x' while true do s = s .. s end end)()",
    "load(function() local s = ('x=1 '):rep(1e6) return s end)",
    "return table.unpack({}, 1, 9e5), ('y'):rep(6e7) .. ('x'):rep(6e7)",
  ]

  @Test(arguments: greedy) func luaMemoryEnds(_ script: String) throws {
    let failure = try failure(script, "time=60s")
    #expect((failure?.cause as? LimitError)?.limit == .luaMemory, "\(failure?.line ?? "")")
  }

  /// Instructions in coroutines count as those outside: a thousand loops of 900 as one of 900,000.
  @Test func instructionsAreCountedInCoroutines() throws {
    let test = try TestState()
    test.state.limits[.instructions] = 100_000_000
    func count(_ script: String) throws -> Double {
      let probe = try test.state.function(
        LuaFunction("probe", "", returns: "integer") { call in call.push(call.state.instructions) })
      let body = try test.state.load(
        "local probe = ... \(script) return probe()", path: "test.lua",
        environment: test.state.makeEnvironment())
      return try test.state.call(body, [probe]).first?.number ?? 0
    }
    let plain = try count("for i = 1, 1000 do local n = 0 for j = 1, 900 do n = n + j end end")
    let fresh = try count(
      "for i = 1, 1000 do coroutine.wrap(function() local n = 0 for j = 1, 900 do n = n + j end end)() end")
    let one = try count(
      """
      local step = coroutine.wrap(function()
        for i = 1, 1000 do local n = 0 for j = 1, 900 do n = n + j end coroutine.yield() end
      end)
      for i = 1, 1000 do step() end
      """)
    // The calls themselves take some instructions.
    #expect(abs(fresh / plain - 1) < 0.02 && abs(one / plain - 1) < 0.02, "\(plain) \(fresh) \(one)")
  }

  /// What a script executes between two samples does not matter: every instruction is counted.
  @Test func instructionsAreCountedWhateverTheRhythm() throws {
    let test = try TestState()
    test.state.limits[.instructions] = 1_000_000_000
    let probe = try test.state.function(
      LuaFunction("probe", "", returns: "integer") { call in call.push(call.state.instructions) })
    func count(_ body: String) throws -> Double {
      let text = "local probe = ... local s, t = ('x'):rep(2^16), {} \(body) return probe()"
      let function = try test.state.load(text, path: "test.lua", environment: test.state.makeEnvironment())
      return try test.state.call(function, [probe]).first?.number ?? 0
    }
    let start = try count("")
    func count(of body: String) throws -> Double { try count(body) - start }
    let fast = try count(of: "for i = 1, 2000000 do end")
    let slow = try count(of: "for i = 1, 5000 do t[1] = s .. i end")
    let mixed = try count(
      of: "for j = 1, 100 do for i = 1, 20000 do end for i = 1, 50 do t[1] = s .. i end end")
    #expect(
      abs(fast / 2_000_000 - 1) < 0.01 && abs(mixed / (fast + slow) - 1) < 0.01, "\(fast) \(slow) \(mixed)")
  }

  /// Ways to a deep stack that stays deep: there the checks must not take longer than what they check.
  static let deep = [
    "local function f() f() end while true do pcall(f) end",
    "local function f(n) if n > 0 then local r = f(n - 1) return r end while true do end end pcall(function() f() end) f(150000)",
    "local function f() f() end pcall(f) pcall(f) local function g(n) if n == 0 then return 0 end return 1 + g(n - 1) end "
      + "while true do g(150000) end",
    "local function f() f() end for i = 1, 3 do pcall(f) end coroutine.wrap(function() pcall(f) while true do pcall(f) end end)()",
  ]

  @Test(arguments: deep) func limitsHoldOnADeepStack(_ script: String) throws {
    for limits in [["time=500ms"], ["time=20s", "instructions=5e6"]] {
      let test = try TestState()
      for limit in limits { try test.state.limits.set(limit) }
      let start = ContinuousClock.now
      let failure = #expect(throws: ScriptError.self) { try test.run(script) }
      #expect(ContinuousClock.now - start < .seconds(10), "\(limits)")
      #expect(failure?.exitCode == .limit, "\(limits): \(failure?.line ?? "")")
    }
  }

  @Test func ctrlCEndsADeepStack() throws {
    let test = try TestState()
    let start = ContinuousClock.now
    test.state.isInterrupted = { ContinuousClock.now - start > .milliseconds(500) }
    let failure = #expect(throws: ScriptError.self) { try test.run(Self.deep[0]) }
    #expect(failure?.exitCode == .interrupted && ContinuousClock.now - start < .seconds(5))
  }

  static let counted = [
    "while true do end", "while true do coroutine.wrap(function() for i = 1, 900 do end end)() end",
    "while true do pcall(function() while true do end end) end", "('a'):rep(26):find(('a-'):rep(25) .. 'b')",
    "table.move({}, 1, 1e9, 2)", "while true do string.rep('x', 1e3) end",
    "while true do collectgarbage() end",
  ]

  @Test(arguments: counted) func instructionsEnd(_ script: String) throws {
    let failure = try failure(script, "time=20s", "instructions=1e6")
    #expect((failure?.cause as? LimitError)?.limit == .instructions, "\(failure?.line ?? "")")
  }

  static let loud = [
    "while true do print('x') end", "print(('x'):rep(1e7))", "while true do pcall(print, 'x') end",
  ]

  @Test(arguments: loud) func outputEnds(_ script: String) throws {
    let failure = try failure(script, "time=5s", "output=1MiB")
    #expect((failure?.cause as? LimitError)?.limit == .output, "\(failure?.line ?? "")")
  }

  @Test func messagesSayWhatWhereAndHowToMend() throws {
    let failure = try failure("local n = 0\nwhile true do n = n + 1 end")
    #expect(
      failure?.line
        == "test.lua:3: time: the script ran longer than 0.2 s. Hint: check for an endless loop, or raise the "
        + "limit with --limit time=0.4s")
    #expect(failure?.traceback.first == "test.lua:3: in the main chunk")
  }

  static let texts: [(text: String, says: String)] = [
    ("tme=1s", "did you mean 'time'?"), ("time", "write it as time=60s"), ("time=x", "expected an amount"),
    ("time=-1s", "expected an amount"), ("instructions=0", "expected an amount"),
    ("memory=1GiB", "there is time"),
    ("lua-memory=", "expected an amount"), ("output=1XB", "expected an amount"),
    ("time=nans", "expected an amount"),
  ]

  @Test(arguments: texts) func badLimitsAreRefused(_ text: String, _ says: String) throws {
    var limits = Limits()
    let failure = #expect(throws: LimitSyntaxError.self) { try limits.set(text) }
    #expect(failure?.description.contains(says) == true, "\(failure?.description ?? "")")
  }

  @Test func limitsAreReadAndLifted() throws {
    var limits = Limits.forRuns
    for text in ["time=1.5m", "call=300ms", "instructions=1e9", "lua-memory=64MiB", "output=none"] {
      try limits.set(text)
    }
    #expect(limits[.time] == 90 && limits[.call] == 0.3 && limits[.instructions] == 1_000_000_000)
    #expect(limits[.luaMemory] == Double(64 << 20) && limits[.output] == nil)
  }
}
