import Foundation
import Tensors
import Testing

/// `nightjar run FILE.lua`: what scripts print, save, and end with.
@Suite struct ScriptTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func run(_ text: String, _ arguments: String...) throws -> Sandbox.Outcome {
    try sandbox.write(text, to: "a.lua")
    return try sandbox.run(["a.lua"] + arguments)
  }

  @Test func printsWhatTheScriptPrints() throws {
    let end = try run("local nj = require 'nightjar' print('sum', (nj.tensor{1, 2, 3} * 2):sum():item())")
    #expect(end.status == 0)
    #expect(end.output == "sum\t12.0\n")
    #expect(end.errors == "")
    #expect(!sandbox.exists("runs"), "nothing was saved, so there is no run")
  }

  /// Only states of trainings that may have to be resumed are kept there.
  @Test func aScriptRunsWithoutAFolderForTheCache() throws {
    try sandbox.write("print('done')", to: "a.lua")
    let nowhere = ["XDG_CACHE_HOME": "/proc/nowhere"]
    let end = try sandbox.run("a.lua", environment: nowhere)
    #expect(end.status == 0 && end.output == "done\n")
    #expect(end.errors.contains("Hint: set XDG_CACHE_HOME to a folder"), "\(end.errors)")
    #expect(try sandbox.run("a.lua", "--resume", environment: nowhere).status == 3)
  }

  /// What a newcomer writes, and the hint.
  static let mistakes: [(text: String, hint: String)] = [
    ("local y = x @ w", "x:matmul(y) multiplies matrices"), ("if a != b then end", "Lua writes a ~= b"),
    ("if a && b then end", "Lua writes `a and b`"), ("x += 1", "Lua writes x = x + y"),
    ("x / 2", "an expression alone is no statement"), ("local y = x ** 2", "Lua writes x ^ 2"),
    ("import numpy as np", "local nj = require"), ("def f(x):", "Lua writes function name(x)"),
    ("local f = lambda x: x + 1", "Lua writes function(x)"),
    ("for i in range(3):", "Lua writes for i = 1, n"),
    ("if x > 0:\n  y = 1", "Lua writes if condition then"), ("let x = 1", "Lua writes local x = 1"),
    ("with torch.no_grad():", "nj.no_grad(function() … end)"),
    ("local y = x:sum(dim=1)", "options are a table"),
    ("local y = x[1, 2]", "x[{ 1, 2 }]"), ("local y = x[:, 1]", "x[{ {}, 1 }]"),
    ("local y = x[1:2]", "is the range from 1 to 2"), ("f([1, 2])", "Lua writes lists as { 1, 2 }"),
    ("f((2, 3))", "Lua writes lists as { 1, 2 }"), ("x:repeat(2)", "'repeat' is a keyword of Lua"),
    ("// text", "Lua's comments begin with --"), ("for i = 1, 3 {", "Lua writes for i = 1, n"),
    ("class = class + 1 @ 2", "x:matmul(y)"),
    ("local f = function() x / 2 end", "return it, or assign it"),
    (
      "local nj = require 'nightjar' local m = nj.nn.Linear(2, 2) nj.train { model = m, step = function() end, "
        + "optimizer = nj.optim.SGD(m:parameters(), { lr = 1 }), "
        + "batches = { { features = nj.ones { 1, 2 }, labels = nj.ones({ 1 }, { dtype = 'int32' }) } } }",
      "step returned no tensor but nothing. Hint: does the function end without return?"
    ),
  ]

  @Test(arguments: mistakes) func hintsAtWhatIsMeant(_ c: (text: String, hint: String)) throws {
    let end = try run(c.text)
    #expect(end.status == 1)
    #expect(end.errors.contains(c.hint), "\(end.errors)")
  }

  /// A script that trains is read first: an error after a training comes late.
  @Test func warnsBeforeAnythingLongStarts() throws {
    let script = """
      local nj = require "nightjar"
      print "started"
      if false then nj.train {} end
      for x in { 1, 2 } do print(len(x)) end
      """
    let end = try run(script, "--set", "k=1")
    #expect(end.output == "started\n")
    for warning in [
      "warning: a.lua:4: a loop with `in` takes an iterator, got a table",
      "warning: a.lua:4: 'len' is not defined", "--set k=1 has no effect: a.lua declares no options",
    ] {
      #expect(end.errors.contains(warning), "\(end.errors)")
    }
    #expect(end.errors.split(separator: "\n").count { $0.contains("--set") } == 1, "\(end.errors)")
  }

  @Test func namesAreLookedUpBeforeAScriptStarts() throws {
    let end = try run(
      """
      local nj = require "nightjar"
      print(nj.ones(2, 3):sum({ dim = 1, keepdim = True }).shape)
      if false then nj.run.tabel("x", {}) end
      """)
    #expect(end.status == 0 && end.output == "{3}\n")
    #expect(
      end.errors.contains("a.lua:2: 'True' is not defined") && end.errors.contains("Hint: true"),
      "\(end.errors)")
    #expect(end.errors.contains("a.lua:3: nj.run has no 'tabel'"), "\(end.errors)")
    let line = try sandbox.run("-e", "x = None; { y = False, None = 1 }")
    #expect(line.errors.contains("prompt:1: 'None' is not defined. Hint: "), "\(line.errors)")
    #expect(line.errors.contains("prompt:1: 'False' is not defined. Hint: false"), "\(line.errors)")
  }

  @Test func aPluginIsNoScript() throws {
    #expect(try sandbox.run("plugins", "new", "learner", "mine").status == 0)
    let end = try sandbox.run("plugins/learners/mine.lua")
    #expect(end.status == 2 && end.errors.contains("nightjar bench --learner mine"), "\(end.errors)")
  }

  @Test func theHelpOfAScriptWithoutOptionsDoesNotRunIt() throws {
    let end = try run("print('runs') options = { a = 1 } while true do end", "--help")
    #expect(end.status == 0)
    #expect(end.output.contains("It declares no options"))
    #expect(!end.output.contains("runs"))
  }

  @Test func readsModulesBesideTheScript() throws {
    try sandbox.write("return { answer = 42 }", to: "lib/numbers.lua")
    #expect(try run("print(require('lib.numbers').answer)").output == "42\n")
  }

  @Test func setsDeclaredOptions() throws {
    let script = """
      local o = require("nightjar").run.options { epochs = { default = 3, min = 1 }, name = { default = "x" } }
      print(o.epochs, o.name)
      """
    #expect(try run(script).output == "3\tx\n")
    #expect(try run(script, "--set", "epochs=5", "--set", "name=a=b").output == "5\ta=b\n")
    let unknown = try run(script, "--set", "epoch=5")
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("a.lua:1"))
    #expect(unknown.errors.contains("did you mean 'epochs'?"))
    let outside = try run(script, "--set", "epochs=0")
    #expect(outside.status == 2)
    #expect(outside.errors.contains("at least 1"))
  }

  @Test func warnsOfOptionsTheScriptDoesNotHave() throws {
    let end = try run("local x = require('nightjar').run.options.epochs", "--set", "epoch=5", "--quiet")
    #expect(end.status == 0)
    #expect(
      end.errors
        == "warning: --set epoch=5 has no effect: the script has no such option. Hint: did you mean epochs?\n"
    )
  }

  @Test func keepsWhatTheScriptSaves() throws {
    let script = "local nj = require 'nightjar' nj.run.log('loss', 0.5, 1) nj.run.save('notes', 'text')"
    let end = try run(script, "--out", "mine", "--seed", "7")
    #expect(end.status == 0)
    #expect(end.errors == "saved in mine\n")
    #expect(sandbox.read("mine/scalars.csv") == "name,step,value\nloss,1,0.5\n")
    #expect(sandbox.read("mine/notes.txt") == "text")
    #expect(sandbox.read("mine/settings.json").contains("\"seed\" : 7"))
  }

  @Test func aRunIsReplacedOnlyOnRequest() throws {
    let script = "require('nightjar').run.save('notes', 'text')"
    #expect(try run(script, "--out", "mine").status == 0)
    try sandbox.write("kept", to: "mine/notes.txt")
    let refused = try run(script, "--out", "mine")
    #expect(
      refused.status == 2 && refused.errors.hasPrefix("nightjar: --out mine: it contains a run already"),
      "\(refused.errors)")
    #expect(sandbox.read("mine/notes.txt") == "kept")
    #expect(try run("local a = 1", "--out", "mine", "--overwrite").status == 0)
    #expect(sandbox.read("mine/notes.txt") == "kept", "a script that saves nothing replaces nothing")
    #expect(try run(script, "--out", "mine", "--overwrite").status == 0)
    #expect(sandbox.read("mine/notes.txt") == "text")
  }

  @Test func saysWhereAScriptFailed() throws {
    let end = try run("local function f()\n  require('nightjar').zeros{2, 3}:matmul(3)\nend\nf()")
    #expect(end.status == 1)
    #expect(end.errors.hasPrefix("nightjar: a.lua:2: matmul"))
    #expect(end.errors.contains("\n  a.lua:4: in the main chunk\n"))
    #expect(try run("x = = 1").errors.hasPrefix("nightjar: a.lua:1: "))
  }

  @Test func deniesFilesUnlessAllowed() throws {
    try sandbox.write("secret", to: "files/a.txt")
    let script = "print(require('nightjar').fs.read('files/a.txt'))"
    let denied = try run(script)
    #expect(denied.status == 1)
    #expect(denied.errors.contains("--allow fs.read="))
    #expect(try run(script, "--allow", "fs.read=files").output == "secret\n")
  }

  @Test func stopsAtTheMemoryLimit() throws {
    let end = try run(
      "local nj, kept = require 'nightjar', {} while true do kept[#kept + 1] = nj.zeros{1000000} end",
      "--memory", "50MB")
    #expect(end.status == 4)
    #expect(end.errors.contains("a.lua:1"))
    #expect(end.errors.contains("--memory"))
  }

  @Test(arguments: [SIGINT, SIGTERM]) func endsWhenInterrupted(_ signal: Int32) throws {
    try sandbox.write("print 'ready' while true do pcall(function() while true do end end) end", to: "a.lua")
    let end = try sandbox.run("a.lua", interruptedBy: signal)
    #expect(end.status == 130)
    #expect(end.output == "ready\n")
    #expect(end.errors.contains("interrupted"))
  }

  @Test func endsQuietlyWhenNobodyReads() throws {
    try sandbox.write("for i = 1, 1e9 do print(i) end", to: "a.lua")
    let end = try sandbox.run(["a.lua"], into: "head -n 1")
    #expect(end.output == "1\n")
    #expect(end.errors == "")
  }
}

/// `nightjar script.lua --help`.
@Suite struct ScriptHelpTests {
  @Test func listsTheOptionsOfTheScript() throws {
    let sandbox = try Sandbox()
    let script = """
      -- Counts to a number.
      -- It says so.

      local nj = require "nightjar"
      local o = nj.run.options {
        epochs = { default = 3, min = 1, help = "how often" },
        names = { type = "strings", required = true },
      }
      print("ran", o)
      """
    try sandbox.write(script, to: "a.lua")
    for words in [["a.lua", "--help"], ["run", "a.lua", "-h"], ["--help", "a.lua"]] {
      let end = try sandbox.run(words)
      #expect(end.status == 0 && end.errors == "", "\(end.errors)")
      #expect(end.output.hasPrefix("Counts to a number.\nIt says so.\n\nUsage: nightjar a.lua"))
      #expect(end.output.contains("  epochs  integer of at least 1, default 3: how often\n"))
      #expect(end.output.contains("  names   list of strings, required\n"))
      #expect(!end.output.contains("ran"))
    }
  }

  @Test func aScriptThatDeclaresNoneIsNotRun() throws {
    let sandbox = try Sandbox()
    try sandbox.write("while true do pcall(error) end", to: "a.lua")
    let end = try sandbox.run("a.lua", "--help")
    #expect(end.status == 0 && end.output.contains("declares no options"))
  }

  @Test func aScriptThatCatchesErrorsIsStoppedAllTheSame() throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "while true do pcall(function() require('nightjar').run.options { a = { default = 1 } } end) end",
      to: "a.lua")
    #expect(try sandbox.run("a.lua", "--help").output.contains("  a  integer, default 1"))
  }

  @Test func aBrokenScriptSaysSo() throws {
    let sandbox = try Sandbox()
    try sandbox.write("local options = = 1", to: "a.lua")
    let end = try sandbox.run("a.lua", "--help")
    #expect(end.status == 1 && end.errors.hasPrefix("nightjar: a.lua:1: "))
  }
}
