import Foundation
import LuaHost
import Networks
import Scripting
import Support
import Synchronization
import Tensors
import TestSupport
import Testing

/// Attacks that need more than one script of `Tests/Lua/hostile`: several calls, several plugins, the end of a state,
/// a small stack.
@Suite(.serialized) struct HostileWorldTests {
  // MARK: A coroutine made before any limit

  @Test func aCoroutineMadeBeforeTheLimitsIsEnded() throws {
    let host = try BindingsState()
    let environment = try host.state.makeEnvironment()
    func call(_ text: String) throws {
      try host.state.call(host.state.load(text, path: "test.lua", environment: environment))
    }
    try call(
      """
      local function loop() while true do end end
      kept = coroutine.wrap(function() coroutine.yield() while true do pcall(loop) end end)
      kept()
      """)
    try host.state.limits.set("time=100ms")
    let failure = #expect(throws: ScriptError.self) { try call("kept()") }
    #expect((failure?.cause as? LimitError)?.limit == .time)
    try call("assert(not pcall(kept) and 1 + 1 == 2)")
  }

  // MARK: The end of a state

  @Test func aStateClosesQuickly() throws {
    var host: BindingsState? = try BindingsState()
    try host?.run(
      """
      local meta = { __close = function() while true do end end }
      kept = {}
      for i = 1, 1000 do
        kept[i] = coroutine.wrap(function()
          local _ <close>, x = setmetatable({}, meta), nj.zeros(1000)
          coroutine.yield()
        end)
        kept[i]()
      end
      for i = 1, 1e5 do kept[i + 1000] = nj.zeros(1) end
      """)
    let elapsed = ContinuousClock().measure { host = nil }
    #expect(elapsed < .seconds(1), "no code of the script runs while its state is closed")
  }

  // MARK: A small stack

  /// Ways to overflow the C stack: through Lua's C functions, the parser, and Swift.
  static let descents = [
    "local function f() return (('x'):gsub('x', f)) end f()",
    "local function f() return coroutine.wrap(f)() end f()",
    "local function f(...) return pcall(pcall, f, ...) end error(select(-1, f()))",
    "local function f() table.sort({ 2, 1 }, f) end f()",
    "local t = setmetatable({}, { __index = function(t, k) return t[k] end }) return t.x",
    "local t t = setmetatable({}, { __concat = function(a) return a .. a end }) return t .. t",
    "local function f() return load(f)() end f()", "local function f() return nj.no_grad(f) end f()",
    "local function f() return nj.no_grad(coroutine.wrap(f)) end f()",
    "local m = nj.nn.module { forward = function(self, x) return self(x) end }() m(nj.ones(1))",
    "local f f = nj.func { forward = function(_, x) return f(x) end, backward = print } f(nj.ones(1))",
    "local m, s = nj.nn.Linear(1, 1) s = { model = m, optimizer = nj.optim.SGD(m:parameters()), loss = function() nj.train(s) "
      + "end, batches = { { features = nj.ones(1, 1), labels = nj.ones({ 1 }, { dtype = 'int32' }) } } } nj.train(s)",
    "error(select(2, load('return ' .. ('('):rep(1e6))))", "error(select(2, load(('do '):rep(1e6))))",
    "return ('a'):rep(3e5):find(('a?'):rep(3e5) .. 'b')",
    "local t = {} for i = 1, 1e5 do t = { t } end nj.json.encode(t)", "nj.json.decode(('['):rep(1e6))",
    "local c for i = 1, 1e4 do local inner = c c = coroutine.create(function() local _ <close> = setmetatable({}, "
      + "{ __close = function() if inner then assert(coroutine.close(inner)) end end }) coroutine.yield() end) coroutine.resume(c) end "
      + "assert(coroutine.close(c))",
  ]

  /// Runs on an eighth of the stack that a command's main thread has.
  @Test(arguments: descents) func theStackOfASmallThreadHolds(_ script: String) {
    let result = Mutex<String?>(nil)
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      let message = Self.failure(of: script)
      result.withLock { $0 = message }
      done.signal()
    }
    thread.stackSize = 1 << 20
    thread.start()
    done.wait()
    let message = result.withLock { $0 } ?? ""
    #expect(!message.hasPrefix("no"), "\(message)")
  }

  /// The error of a script under limits; the state has to be usable afterwards.
  private static func failure(of script: String) -> String {
    do {
      let host = try BindingsState()
      for limit in ["time=2s", "lua-memory=64MiB"] { try host.state.limits.set(limit) }
      let failure = Result { try host.run(script) }
      try host.run("assert(nj.ones(2):sum():item() == 2 and ('x'):rep(3) == 'xxx')")
      guard case .failure(let error) = failure else { return "no error" }
      return "\(error)"
    } catch { return "not usable afterwards: \(error)" }
  }

  // MARK: One plugin overwrites all that it can reach, another is not affected

  private static let vandal = """
    local nj = require "nightjar"
    pcall(function() getmetatable("").__index = error end)
    pcall(function() getmetatable(nj.zeros(1)).__index = error end)
    for name, library in pairs(_G) do
      if type(library) == "table" and library ~= _G then
        for key in pairs(library) do library[key] = error end
      end
    end
    for _, part in ipairs { nj, nj.nn, nj.fs, nj.json, nj.run } do
      local f, t = pairs(part)
      for key in pairs(part) do
        pcall(function() part[key] = error end)
        pcall(rawset, part, key, error)
        if type(t) == "table" then pcall(rawset, t, key, error) end
      end
    end
    require("lib.shared").vandalized = true
    vandalized = true
    pcall(setmetatable, _G, { __index = error, __newindex = error })
    return nj.metric { name = "vandal", summary = "s", api = 1, start = print, update = print, value = print }
    """
  private static let honest = """
    local nj = require "nightjar"
    assert(not vandalized and not require("lib.shared").vandalized)
    assert(("a"):upper() == "A" and string.format("%d", 3) == "3" and math.max(1, 2) == 2 and table.concat { 1 } == "1")
    assert(nj.zeros(2):sum():item() == 0 and nj.nn.Linear(1, 1) and nj.json.encode {} == "{}")
    return nj.metric { name = "honest", summary = "s", api = 1, start = print, update = print,
      value = function() return nj.ones(3):sum():item() end }
    """

  @Test func aPluginCannotChangeAnother() throws {
    let folder = try TemporaryFolder(files: [
      "metrics/vandal.lua": Self.vandal, "metrics/honest.lua": Self.honest, "lib/shared.lua": "return {}",
    ])
    let host = try BindingsState()
    let library = PluginLibrary(folders: [folder.path], shipped: nil, standard: false)
    host.state.attach(library)
    _ = try library.plugin(.metric, "vandal", in: host.state)
    let metric = try library.plugin(.metric, "honest", in: host.state)
      .makeInstance(options: LuaTable(), seed: 0, in: host.state)
    #expect(try metric.call("value") == [3])
  }

  // MARK: Ways out of the folders that require reads

  @Test func requireStaysInItsFolders() throws {
    let folder = try TemporaryFolder(files: [
      "base/lib/inside.lua": "return 1", "base/lib/x.txt": "", "outside/secret.lua": "return 'secret'",
      "json.lua": "return 'of the current folder'",
    ])
    let links = [
      ("base/lib/out.lua", "outside/secret.lua"), ("base/lib/folder", "outside"),
      ("base/lib/again.lua", "base/lib/out.lua"),
      ("base/lib/back.lua", "base/lib/inside.lua"),
    ]
    for (link, target) in links {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + link, withDestinationPath: folder.path + "/" + target)
    }
    let host = try BindingsState()
    let space = try ScriptSpace(in: host.state, roots: [folder.path + "/base"])
    func required(_ name: String) throws -> [LuaValue] {
      try host.state.call(
        host.state.load("return require(...)", path: "test.lua", environment: space.environment), [name])
    }
    for name in [
      "lib.out", "lib.again", "lib.folder.secret", "LIB.inside", "lib.Inside", "json", "lib.x", "lib",
    ] {
      #expect(throws: ScriptError.self, "\(name)") { try required(name) }
    }
    #expect(try required("lib.inside") == [1])
    #expect(try required("lib.back") == [1], "a link to a file inside the folders is allowed")
  }

  // MARK: The limit is reached in the middle of an operation

  @Test func aPluginIsUsableAfterItsLimit() throws {
    let folder = try TemporaryFolder(files: [
      "metrics/slow.lua": """
      local nj = require "nightjar"
      return nj.metric { name = "slow", summary = "s", api = 1,
        start = function(self) self.x, self.count = nj.eye(400) * 2, 0 end,
        update = function(self) while true do self.count, self.y = self.count + 1, self.x:matmul(self.x) end end,
        value = function(self) return self.x:matmul(self.x):sum():item(), self.count > 0, self.y:sum():item() end,
      }
      """
    ])
    let host = try BindingsState()
    let library = PluginLibrary(folders: [folder.path], shipped: nil, standard: false)
    let metric = try library.plugin(.metric, "slow", in: host.state)
      .makeInstance(options: LuaTable(), seed: 0, in: host.state)
    try metric.call("start")
    for limit in ["time=200ms", "call=200ms"] {
      host.state.limits = Limits()
      try host.state.limits.set(limit)
      for _ in 0..<3 {
        let failure = #expect(throws: ScriptError.self) { try metric.call("update") }
        #expect(failure?.exitCode == .limit && failure?.line.contains("slow.lua:4: ") == true)
        #expect(try metric.call("value") == [1600, true, 1600])
      }
    }
  }

  // MARK: Hostile plugin folders

  @Test func hostilePluginFoldersAreSurveyed() throws {
    let manifest = "return require('nightjar').model { name = 'NAME', summary = 's', api = 1, build = print }"
    func named(_ name: String) -> String { manifest.replacing("NAME", with: name) }
    let folder = try TemporaryFolder(files: [
      "models/good.lua": named("good"), "models/good/init.lua": named("good"),
      "models/huge.lua": "--" + String(repeating: "x", count: 20 << 20), "models/other.lua": named("good"),
      "models/circle.lua": "require 'lib.a'\n" + named("circle"), "lib/a.lua": "return require 'lib.b'",
      "lib/b.lua": "return require 'lib.a'", "models/loop.lua": "while true do end",
      "models/eats.lua": "local t = {} while true do t[#t + 1] = { {} } end",
      "models/prints.lua": "while true do print(('x'):rep(1000)) end", "models/\u{1b}[31m.lua": named("x"),
      "models/a b.lua": named("a b"), "models/yields.lua": "coroutine.yield()",
      "models/binary.lua": "\u{1b}Lua",
    ])
    let host = try BindingsState()
    host.state.limits = .forLoading
    try host.state.limits.set("time=300ms")
    let library = PluginLibrary(folders: [folder.path], shipped: nil, standard: false)
    var loaded: [String] = []
    for (entry, result) in library.survey(in: host.state) {
      switch result {
      case .success: loaded.append(entry.name)
      case .failure(let failure):
        let text = "\(failure)"
        #expect(text.utf8.count < 10_000 && !text.contains("\u{1b}"), "\(entry.name)")
      }
    }
    #expect(loaded == ["good"])
  }

  // MARK: Reloads

  @Test func aThousandReloadsLeakNothing() throws {
    let text = """
      local nj = require "nightjar"
      local weight, kept = nj.zeros(25000), {}
      for i = 1, 10 do
        kept[i] = coroutine.wrap(function() local x = weight * i coroutine.yield(x) end)
        kept[i]()
      end
      return nj.metric { name = "m", summary = "s", api = 1, start = print, update = print,
        value = function(self) return NUMBER, weight, kept end }
      """
    let folder = try TemporaryFolder(files: ["metrics/m.lua": text.replacing("NUMBER", with: "1")])
    let host = try BindingsState(memory: 64 << 20)
    let library = PluginLibrary(folders: [folder.path], shipped: nil, standard: false)
    func load() throws -> PluginInstance {
      library.forget()
      return try library.plugin(.metric, "m", in: host.state)
        .makeInstance(options: LuaTable(), seed: 0, in: host.state)
    }
    var bytes = (lua: 0, native: 0)
    for number in 0..<1000 {
      _ = try load()
      if number == 100 {
        host.state.collectGarbage()
        bytes = (host.state.luaBytes, host.context.device.pool.usage.live)
      }
    }
    host.state.collectGarbage()
    #expect(host.state.luaBytes < bytes.lua + 100_000)
    #expect(host.context.device.pool.usage.live <= bytes.native)

    let old = try load()
    try AtomicFile.write("x = = 1", to: folder.path + "/metrics/m.lua")
    #expect(throws: ScriptError.self) { try load() }
    #expect(try old.call("value")[0] == 1, "the instance loaded before still works")
  }

  // MARK: Two runs of one seed

  @Test func oneSeedGivesOneRun() throws {
    func run() throws -> [LuaValue] {
      try BindingsState().state.runFile(HostileScript.folder + "/sandbox/determinism.lua")
    }
    let first = try run()
    #expect(first.first?.string?.isEmpty == false)
    for _ in 0..<3 { #expect(try run() == first) }
  }
}
