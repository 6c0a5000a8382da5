import Foundation
import TestSupport
import Testing

/// `nightjar repl`, driven through standard input: what is typed, and what is displayed.
@Suite struct PromptTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let typed: String
    let displayed: String
    var testDescription: String { name }

    init(_ name: String, _ typed: String, _ displayed: String) {
      self.name = name
      self.typed = typed
      self.displayed = displayed
    }
  }

  static let cases = [
    Case(
      "expressions display their values", "1 + 1\n'a\\tb'\n'a\\nb'\nnil\nprint()\n2, nil, 3\n=4",
      "2\n\"a\\tb\"\na\nb\nnil\n\n2\nnil\n3\n4\n"),
    Case("tensors", "nj.arange(1, 4):reshape(2, 2)", "tensor([[1., 2.],\n        [3., 4.]])\n"),
    Case("shapes and tables", "nj.zeros(2, 3).shape\n{ a = { 1 } }", "{2, 3}\n{a = {1}}\n"),
    Case("results have numbers", "10\n20\n_1 + _2\n_", "10\n20\n30\n30\n"),
    Case(
      "old results are released", (1...21).map { "\($0)" }.joined(separator: "\n") + "\nprint(_1, _2)",
      (1...21).map { "\($0)\n" }.joined() + "nil\t2\n"),
    Case(
      "statements over several lines",
      "for i = 1, 2 do\nprint(i)\nend\nfunction f(x)\n\nreturn x\nend\nf(\n1)", "1\n2\n1\n"),
    Case("an open string continues", "[[a\nb]]", "a\nb\n"),
    Case("an open expression continues", "1 +\n2\nnj.zeros {\n2 }", "3\ntensor([0., 0.])\n"),
    Case(
      "local variables stay",
      "local x, y <const> = 1, 2\nlocal z\nlocal function f() return x + y end\nf()\nz == nil", "3\ntrue\n"),
    Case(
      "those of blocks do not",
      "do local x = 1 end\nx == nil\nlocal f = function() local y = 2 return y end\nf()\ny == nil",
      "true\n2\ntrue\n"),
    Case(
      "words in strings and comments are none", "s = 'local x = 1' -- local y = 2\ns", "\"local x = 1\"\n"),
    Case(
      "a last expression after statements",
      "x = nj.arange(1, 4):reshape(2, 2); x.shape\na, b = x:max(2); b\ny = 3 y\nf = function(n) return -n end; f(1) - 1\n"
        + "z = 1; -z\nz = 2; z = 3\nz",
      "{2, 2}\ntensor([2, 2])\n3\n-2\n-1\n3\n"),
    Case("an expression after a statement continues", "x = 1; x +\n1", "2\n"),
    Case("lines that are empty or comments", "\n   \n-- nothing\n1", "1\n"),
    Case("words of other prompts", "quit = 1\nquit\nexit()\n'not read'", "1\n"),
    Case("require reads the current folder", "require('lib').answer", "42\n"),
  ]

  @Test(arguments: cases) func displays(_ c: Case) throws {
    try sandbox.write("return { answer = 42 }", to: "lib.lua")
    let end = try sandbox.run(["repl"], input: c.typed + "\n")
    #expect(end.output == c.displayed, "\(end.errors)")
    #expect(end.status == (end.errors.isEmpty ? 0 : 1))
  }

  /// A line, what is said about it, and the session that goes on.
  static let failures = [
    Case("an error", "error('boo')", "prompt:1: boo"),
    Case("a syntax error", "x = = 1", "prompt:1: unexpected symbol near '='"),
    Case("an error in the middle", "x = 7; x.T.y; x.z = )", "prompt:1: "),
    Case("100 GB of tensors", "nj.zeros(25e9)", "GiB, but"),
    Case("100 GB of text", "('x'):rep(1e11)", "lua-memory: "),
    Case("an endless loop", "while true do end", "time: the script ran longer than 0.5 s"),
    Case("one that catches errors", "while true do pcall(error) end", "time: "),
    Case(
      "a text without end", "setmetatable({}, { __tostring = function() while true do end end })", "time: "),
    Case("an error without a text", "error({})", "table without __tostring"),
    Case("a denied file", "nj.fs.read('/etc/passwd')", "--allow fs.read="),
    Case("a loop of Python", "for i in range(3):", "Lua writes for i = 1, n"),
    Case("an unknown command", ":hlp", "did you mean ':help'?"),
    Case("a command without its argument", ":load", "write it as :load FILE"),
    Case("a file that is not there", ":load nowhere.lua", "cannot read nowhere.lua: no such file"),
    Case("the help of nothing", ":help nn.LTSM", "did you mean nj.nn.LSTM?"),
    Case("a plot of nothing", ":plot 1", "no figure displays a number"),
    Case("a time of half a line", ":time 1 +", "'1 +' is not complete"),
  ]

  @Test(arguments: failures) func aFailureLeavesTheSessionAlive(_ c: Case) throws {
    let end = try sandbox.run(
      ["repl", "--limit", "time=0.5s", "--memory", "1GiB"], input: "x = 7\n\(c.typed)\nx\n")
    #expect(end.output == "7\n")
    #expect(end.errors.contains(c.displayed), "\(end.errors)")
    #expect(end.status == 1)
  }

  @Test func commands() throws {
    try sandbox.write(
      "-- a script\nlocal answer = 42\nlocal function double(x) return 2 * x end\nreturn 'done'", to: "a.lua")
    let input =
      ":load a.lua\nanswer, double(4)\n:time 1 + 1\n:help x:mean\nx = nj.ones(2)\n:help x\n:plot { 1, 2, 3 }\n:help\n:quit\n'not read'\n"
    let end = try sandbox.run(["repl"], input: input)
    #expect(end.status == 0 && end.errors == "", "\(end.errors)")
    #expect(end.output.hasPrefix("\"done\"\n42\n8\n2\ntime: "))
    for part in ["tensor:mean(dim?, keepdim?)", "tensor: An array", "●", ":load file", "local x = 1"] {
      #expect(end.output.contains(part), "\(part)")
    }
    #expect(!end.output.contains("not read"))
  }

  @Test func aFileIsRunFirst() throws {
    try sandbox.write("local nj = require 'nightjar'\nlocal x = nj.ones(2)", to: "lib/a.lua")
    #expect(try sandbox.run(["repl", "lib/a.lua"], input: "x\n").output == "tensor([1., 1.])\n")
    #expect(try sandbox.run(["repl", "nowhere.lua"], input: "1\n").status == 1)
  }

  @Test func anIncompleteEndIsAnError() throws {
    let end = try sandbox.run(["repl"], input: "1\nfor i = 1, 2 do\n")
    #expect(end.output == "1\n" && end.status == 1)
    #expect(end.errors.contains("'end' expected near <eof>"))
  }

  @Test func aLineOfTheCommandLineIsRun() throws {
    #expect(try sandbox.run("-e", "nj.ones(2):sum():item()").output == "2.0\n")
    #expect(try sandbox.run("run", "-e", "print(nj.version)").output == "0.1.0\n")
    let failed = try sandbox.run("-e", "nj.zros(2)")
    #expect(failed.status == 1 && failed.errors.contains("did you mean 'zeros'?"))
    #expect(try sandbox.run("-e", "for").errors.contains("near <eof>"))
    let both = try sandbox.run("run", "a.lua", "-e", "1")
    #expect(both.status == 2 && both.errors.contains("there are a script and -e"))
  }

  @Test func aScriptIsReadFromStandardInput() throws {
    let end = try sandbox.run(["run", "-"], input: "local a = 1\nprint(a)\nerror('x')\n")
    #expect(end.output == "1\n" && end.status == 1)
    #expect(end.errors.hasPrefix("nightjar: stdin:3: x"))
    #expect(try sandbox.run(["-"], input: "print(2)").output == "2\n")
    let broken = try sandbox.run(["-"], input: "x = = 1")
    #expect(broken.status == 1 && broken.errors.hasPrefix("nightjar: stdin:1: unexpected symbol"))
    #expect(try sandbox.run(["run", "-"], input: "").status == 0)
  }
}
