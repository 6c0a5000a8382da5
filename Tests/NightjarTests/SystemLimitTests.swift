import Foundation
import TestSupport
import Testing

/// What the system grants a process is less than usual: the command works with it, or says what is missing.
@Suite struct SystemLimitTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// Plugins, files and results by the hundred, with forty files that may be open at once.
  @Test func aScriptCannotUseUpTheOpenFiles() throws {
    for i in 1...100 {
      try sandbox.write(
        """
        local nj = require "nightjar"
        return nj.metric { name = "m\(i)", summary = "s", api = 1, start = print, update = print,
          value = function() return \(i) end }
        """, to: "plugins/metrics/m\(i).lua")
    }
    try sandbox.write(
      """
      local nj = require "nightjar"
      local kept, sum = {}, 0
      for i = 1, 100 do
        kept[#kept + 1] = nj.plugin("metric", "m" .. i)
        sum = sum + kept[#kept].new():value()
        nj.fs.write(nj.run.out .. "/" .. i .. ".txt", "text")
        kept[#kept + 1] = nj.fs.read(nj.run.out .. "/" .. i .. ".txt")
        nj.save(nj.run.out .. "/a.safetensors", { a = nj.ones(2) })
        kept[#kept + 1] = nj.load(nj.run.out .. "/a.safetensors")
        kept[#kept + 1] = coroutine.wrap(function() coroutine.yield(nj.fs.read(nj.run.out .. "/1.txt")) end)
        kept[#kept]()
      end
      print(sum)
      """, to: "a.lua")
    let end = try sandbox.run(["run", "a.lua", "--quiet"], limit: "-n 40")
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.output.hasPrefix("5050\n"), "\(end.output)")
  }

  /// Ctrl-Z, or a machine that sleeps: while the process does not run, no limit does.
  @Test func aPauseCountsTowardsNoLimit() throws {
    try sandbox.write(
      """
      print("ready")
      local sum = 0
      for i = 1, 50000000 do sum = sum + i end
      print(sum)
      """, to: "a.lua")
    let end = try sandbox.run(["run", "a.lua", "--quiet", "--limit", "time=4s"]) { process in
      eventually { sandbox.read("stdout").contains("ready") }
      kill(process.processIdentifier, SIGSTOP)
      Thread.sleep(forTimeInterval: 5)
      kill(process.processIdentifier, SIGCONT)
    }
    #expect(end.status == 0 && end.output.hasSuffix("1250000025000000\n"), "\(end.errors)")
  }

  #if DEBUG
    private static let isOptimized = false
  #else
    private static let isOptimized = true
  #endif

  /// With a sixteenth of the stack that a process has by default.
  @Test(.enabled(if: isOptimized, "the frames of a debug build are several times as large"))
  func aSmallStackHolds() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      local function g() g() end
      for _ = 1, 3 do assert(not pcall(g)) end
      local function f() return nj.no_grad(f) end
      assert(not pcall(f))
      local function h() return coroutine.wrap(h)() end
      assert(not pcall(h))
      assert(not pcall(nj.json.decode, ("["):rep(100000)))
      assert(not pcall(string.find, ("a"):rep(200000), ("a?"):rep(2000) .. "b"))
      local x = nj.zeros { 1 }:requires_grad_()
      local y = x
      for _ = 1, 20000 do y = y * 1 end
      y:sum():backward()
      print(x.grad:item())
      """, to: "a.lua")
    let end = try sandbox.run(["run", "a.lua", "--quiet"], limit: "-s 512")
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.output.hasPrefix("1.0\n"), "\(end.output)")
  }

  /// A plugin that is replaced on disk while it runs goes on as it was read; the next run has the new one.
  @Test func aPluginReplacedWhileItRunsStaysAsItWas() throws {
    func plugin(_ value: Int) -> String {
      """
      local nj = require "nightjar"
      return nj.metric { name = "m", summary = "s", api = 1, start = print, update = print,
        value = function() return \(value) + require("lib.part") end }
      """
    }
    try sandbox.write(plugin(1), to: "plugins/metrics/m.lua")
    try sandbox.write("return 10", to: "plugins/lib/part.lua")
    try sandbox.write(
      """
      local nj = require "nightjar"
      local metric = nj.plugin("metric", "m")
      local before = metric.new():value()
      print(before)
      nj.fs.write("plugins/metrics/m.lua", nj.fs.read("new.lua"))
      nj.fs.write("plugins/lib/part.lua", "error('never')")
      print(metric.new():value(), nj.plugin("metric", "m").new():value())
      nj.fs.write("plugins/lib/part.lua", "return 10")
      """, to: "a.lua")
    try sandbox.write(plugin(2), to: "new.lua")
    let grants = ["--allow", "fs.read=.", "--allow", "fs.write=plugins", "--quiet"]
    let end = try sandbox.run(["run", "a.lua"] + grants)
    #expect(end.output.hasPrefix("11\n11\t11\n"), "\(end.output)\(end.errors)")
    let next = try sandbox.run(["run", "a.lua"] + grants)
    #expect(next.output.hasPrefix("12\n12\t12\n"), "\(next.output)\(next.errors)")
  }
}
