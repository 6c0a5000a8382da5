import Foundation
import LuaHost
import Scripting
import Support
import TestSupport
import Testing

extension TestState {
  /// A state that plugins can be loaded into.
  static func withPlugins() throws -> TestState {
    try TestState(functions: PluginBindings.functions, classes: [PluginBindings.pluginClass])
  }
}

@Suite struct PluginTests {
  static let learner = """
    local nj = require "nightjar"
    return nj.learner {
      name = "mean", summary = "Means", api = 1, options = { width = { default = 3, min = 1 } },
      start = function(self, base) self.base = base end,
      learn = function(self, support)
        if support == 13 then error("unlucky") end
        self.sum = (self.sum or 0) + support
      end,
      scores = function(self, x) return self.sum * self.options.width + self.seed, x end,
    }
    """

  private func library(_ folder: TemporaryFolder, shipped: String? = nil) throws -> (TestState, PluginLibrary)
  {
    let test = try TestState.withPlugins()
    let library = PluginLibrary(folders: [folder.path], shipped: shipped, standard: false)
    test.state.attach(library)
    return (test, library)
  }

  @Test func anAttachedLibraryKeepsNoState() throws {
    weak var state: LuaState?
    do {
      let test = try TestState.withPlugins()
      test.state.attach(PluginLibrary(shipped: nil, standard: false))
      state = test.state
      #expect(test.message("nj.plugin('model', 'none')").contains("there are none"))
    }
    #expect(state == nil)
  }

  /// Boundary values into the functions for plugins: an error with the argument's number, or a value; never a trap.
  @Test func boundaryValuesAreHandled() throws {
    let test = try TestState.withPlugins()
    try test.run(
      """
      local values = {0/0, 1/0, -1, 0, 2^31, math.mininteger, 1.5, "10", "", {}, print, nj, true, nj.vector{1}, nj.point(1),
        coroutine.create(print)}
      for _, f in ipairs{nj.plugin, nj.model} do
        pcall(f)
        for _, a in ipairs(values) do
          local ok, e = pcall(f, a)
          assert(ok or type(e) == "string")
          pcall(f, nil, a)
          pcall(f, nj.vector{1}, a)
          for _, b in ipairs(values) do pcall(f, a, b) pcall(f, a, b, a) end
        end
      end
      """)
  }

  @Test func instancesHaveTheirOwnSelf() throws {
    let folder = try TemporaryFolder(files: ["learners/mean.lua": Self.learner])
    let (test, library) = try library(folder)
    let plugin = try library.plugin(.learner, "mean", in: test.state)
    #expect(plugin.line == 2 && plugin.summary == "Means" && plugin.options.names == ["width"])
    let a = try plugin.makeInstance(options: ["width": 10], seed: 7, in: test.state)
    let b = try plugin.makeInstance(options: LuaTable(), seed: 0, in: test.state)
    for x in [1, 2] { try a.call("learn", x) }
    try b.call("learn", 5)
    #expect(try a.call("scores", "x") == [37, "x"])
    #expect(try b.call("scores", "x") == [15, "x"])
    let failure = #expect(throws: ScriptError.self) { try a.call("learn", 13) }
    #expect(failure?.line == "plugin learner/mean: \(folder.path)/learners/mean.lua:6: unlucky")
    #expect(failure?.traceback.count == 1)
    let wrong = #expect(throws: OptionError.self) {
      try plugin.makeInstance(options: ["widht": 1], seed: 0, in: test.state)
    }
    #expect(wrong?.description == "plugin learner/mean: unknown option 'widht'; did you mean 'width'?")
  }

  @Test func scriptsUsePlugins() throws {
    let folder = try TemporaryFolder(files: [
      "learners/mean.lua": Self.learner,
      "models/m.lua": """
      local nj = require "nightjar"
      return nj.model { name = "m", summary = "M", api = 1, options = { c = { default = 4 }, d = { default = 5 } },
        build = function(options, task) return options.c * 100 + options.d, task end }
      """,
    ])
    let (test, _) = try library(folder)
    let results = try test.run(
      """
      local m = nj.plugin("model", "m")
      local a, task = m.build({ c = 1 }, 9)
      local l = nj.plugin("learner", "mean").new({}, 1)
      l:learn(2)
      return a, task, l:scores(), m == nj.plugin("model", "m"), m.name
      """)
    #expect(results == [105, 9, 7, true, "m"])
    #expect(test.message("nj.plugin('model', 'n')").contains("no model plugin named 'n'; there is m"))
    #expect(test.message("nj.plugin('modle', 'n')").contains("did you mean 'model'?"))
  }

  struct BrokenCase: Sendable, CustomTestStringConvertible {
    let text: String, message: String
    var testDescription: String { message }
  }
  static let broken = [
    BrokenCase(text: "return nj.model { }", message: "p.lua:2: nj.model: 'name' is missing: expected string"),
    BrokenCase(
      text: "return nj.model { name = 'p' }",
      message: "p.lua:2: nj.model 'p': 'summary' is missing: expected string"),
    BrokenCase(
      text: "return nj.model { name = '../p' }", message: "expected letters, digits and _, got '../p'"),
    BrokenCase(
      text: "return nj.model { name = 'p', summary = 's', api = 999 }",
      message:
        "nj.model 'p': it needs version 999 of the plugin interface, this nightjar has version 1. Hint: update nightjar"
    ),
    BrokenCase(
      text: "return nj.model { name = 'p', summary = 's' }",
      message: "nj.model 'p': 'api' is missing: write api = 1"),
    BrokenCase(
      text: "return nj.model { name = 'p', summary = 's', api = 1, biuld = print }",
      message: "p.lua:2: nj.model 'p': unknown key 'biuld'; did you mean 'build'?"),
    BrokenCase(
      text: "return nj.model { name = 'p', summary = 's', api = 1 }",
      message: "'build' is missing: expected function build(options, task) → module"),
    BrokenCase(
      text: "return nj.model { name = 'p', summary = 's', api = 1, build = 3 }", message: "got number"),
    BrokenCase(
      text:
        "return nj.model { name = 'p', summary = 's', api = 1, build = print, options = { a = { "
        + "default = 0, min = 1 } } }",
      message: "p.lua:2: nj.model 'p': invalid default of option 'a': expected integer of at least 1, got 0"),
    BrokenCase(
      text: "return nj.model { name = 'q', summary = 's', api = 1, build = print }",
      message: "p.lua:2: the plugin is named 'q', but its file 'p'"),
    BrokenCase(
      text: "return nj.test { name = 'p', summary = 's', api = 1, run = print }",
      message: "p.lua:2: expected a model, got a test"),
    BrokenCase(
      text: "return { name = 'p' }", message: "a plugin file must return the result of one of nj.model"),
    BrokenCase(text: "", message: "a plugin file must return the result of one of nj.model"),
    BrokenCase(text: "x = = 1", message: "plugin model/p: "),
    BrokenCase(text: "error 'at load'", message: "p.lua:2: at load"),
    BrokenCase(text: "setmetatable(nj, {})", message: "p.lua:2: cannot change a protected metatable"),
    BrokenCase(text: "require 'io'", message: "p.lua:2: require: no module 'io' in "),
    BrokenCase(text: "require '../secret'", message: "require: '../secret' is not a module name"),
    BrokenCase(text: "require '..secret'", message: "is not a module name"),
    BrokenCase(text: "require '/etc/passwd'", message: "is not a module name"),
    BrokenCase(text: "require 'a\\0b'", message: "is not a module name"),
    BrokenCase(text: "require ''", message: "is not a module name"),
    BrokenCase(text: "require 'links.out'", message: "through a symbolic link, which is not allowed"),
    BrokenCase(text: "require 'lib.circle'", message: "modules require each other in a cycle"),
    BrokenCase(text: "require 'LIB.tool'", message: "no module 'LIB.tool'"),
    BrokenCase(text: "require 'lib.bad'", message: "lib/bad.lua:1: "),
  ]

  @Test(arguments: broken) func brokenPluginsSayWhy(_ c: BrokenCase) throws {
    let folder = try TemporaryFolder(files: [
      "base/models/p.lua": "local nj = require 'nightjar'\n" + c.text, "base/links/x.txt": "",
      "secret.lua": "return 1",
      "base/lib/circle.lua": "return require 'lib.circle'", "base/lib/tool.lua": "return 1",
      "base/lib/bad.lua": "x = = 2",
      "base/learners/mean.lua": Self.learner,
    ])
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/base/links/out.lua", withDestinationPath: folder.path + "/secret.lua")
    let test = try TestState.withPlugins()
    let library = PluginLibrary(folders: [folder.path + "/base"], shipped: nil, standard: false)
    let failure = #expect(throws: (any Error).self) { try library.plugin(.model, "p", in: test.state) }
    #expect("\(failure as Any)".contains(c.message), "\(failure as Any)")
    // The list survives, and the healthy plugin is there.
    let survey = library.survey(in: test.state)
    #expect(survey.count == 2)
    #expect(
      survey.filter { if case .success = $0.result { true } else { false } }.map(\.entry.name) == ["mean"])
  }

  @Test func environmentsAreApart() throws {
    let spy = """
      local nj = require "nightjar"
      shared = (shared or 0) + 1
      local tool = require "lib.tool"
      tool.n = (tool.n or 0) + 1
      string.upper = function() return "spoiled" end
      local value = ("%d %d %s"):format(shared, tool.n, ("a"):upper())
      return nj.task { name = "NAME", summary = value, api = 1, run = print }
      """
    let folder = try TemporaryFolder(files: [
      "tasks/a.lua": spy.replacing("NAME", with: "a"), "tasks/b/init.lua": spy.replacing("NAME", with: "b"),
      "tasks/b/lib/tool.lua": "return { n = 10 }", "lib/tool.lua": "return {}",
    ])
    let (test, library) = try library(folder)
    #expect(try library.plugin(.task, "a", in: test.state).summary == "1 1 A")
    #expect(try library.plugin(.task, "b", in: test.state).summary == "1 11 A")
    #expect(try library.plugin(.task, folder.path + "/tasks/b", in: test.state).summary == "1 11 A")
    #expect(try library.plugin(.task, folder.path + "/tasks/a.lua", in: test.state).name == "a")
  }

  @Test func earlierFoldersShadow() throws {
    let first = try TemporaryFolder(files: [
      "learners/mean.lua": Self.learner.replacing("Means", with: "First")
    ])
    let second = try TemporaryFolder(files: [
      "learners/mean.lua": Self.learner, "learners/other.lua": "broken",
    ])
    let (test, library) = try library(first, shipped: second.path)
    let entries = library.entries(.learner)
    #expect(entries.map(\.name) == ["mean", "other"])
    #expect(entries.first?.shadows == [second.path + "/learners/mean.lua"])
    #expect(try library.plugin(.learner, "mean", in: test.state).summary == "First")
    #expect(throws: OptionError.self) { try library.plugin(.learner, "maen", in: test.state) }
  }

  @Test func reloadsLeaveNothingBehind() throws {
    let folder = try TemporaryFolder(files: [
      "learners/mean.lua": Self.learner + "\n--" + String(repeating: "x", count: 1000)
    ])
    let (test, library) = try library(folder)
    var bytes = 0
    for i in 0..<300 {
      library.forget()
      _ = try library.plugin(.learner, "mean", in: test.state)
      test.state.collectGarbage()
      if i == 100 { bytes = test.state.luaBytes }
    }
    #expect(test.state.luaBytes < bytes + 50_000)
  }

  @Test func scriptFilesRun() throws {
    let folder = try TemporaryFolder(files: [
      "x.lua": "#!/usr/bin/env nightjar\nlocal u = require 'util'\nreturn u.f(2)",
      "util.lua": "return { f = function(x) return x * 2 end }",
      "bytes.lua": "\u{1b}Lua",
    ])
    let test = try TestState.withPlugins()
    #expect(try test.state.runFile(folder.path + "/x.lua") == [4])
    #expect(throws: ScriptError.self) { try test.state.runFile(folder.path + "/bytes.lua") }
    let failure = #expect(throws: FileError.self) { try test.state.runFile(folder.path + "/none.lua") }
    #expect(failure?.exitCode == .data)
  }
}
