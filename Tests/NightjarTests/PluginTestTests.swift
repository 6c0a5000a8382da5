import Foundation
import TestSupport
import Testing

/// `nightjar plugins test`: `describe`, `it` and `expect`.
@Suite struct PluginTestTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func run(_ text: String, _ arguments: String...) throws -> Sandbox.Outcome {
    try sandbox.write("local nj = require \"nightjar\"\n" + text, to: "plugins/learners/x_test.lua")
    return try sandbox.run(["plugins", "test"] + arguments)
  }

  /// The body of a test, and what is printed of it; nothing for one that passes.
  struct ExpectCase: Sendable, CustomTestStringConvertible {
    let text: String
    let says: [String]
    var testDescription: String { text }

    init(_ text: String, _ says: String...) { (self.text, self.says) = (text, says) }
  }

  static let expectations = [
    ExpectCase("expect(1):to_equal(1)"),
    ExpectCase("expect('a'):to_equal('b')", "expected \"b\", got \"a\""),
    ExpectCase("expect(nj.tensor { 1, 2 }):to_equal { 1, 2 }"),
    ExpectCase(
      "expect(nj.zeros { 2, 3 }):to_equal(nj.zeros { 3, 2 })",
      "expected a tensor of shape [3, 2], got shape [2, 3]"),
    ExpectCase(
      "expect(nj.tensor { { 1, 2 }, { 3, 4 } }):to_be_close { { 1, 2 }, { 3, 4.5 } }",
      "[2, 2], float32; 1 of 4 elements differ",
      "most at     [2, 2]: expected 4.5, got 4, 0.5 apart (tolerance 1e-05",
      "expected    { 1, 2, 3, 4.5 }"),
    ExpectCase("expect(nj.ones(2)):to_be_close { 1, 1.00001 }"),
    ExpectCase(
      "expect(nj.tensor({ 1 }, { dtype = 'int32' })):to_equal(nj.ones(1))",
      "expected a tensor of float32, got int32"),
    ExpectCase(
      "expect { a = { 1, 2, x = true } }:to_equal { a = { 1, 3, x = true } }", "expected 3 at a[2], got 2"),
    ExpectCase("expect { a = 1 }:to_equal {}", "expected no field 'a', got 1"),
    ExpectCase("expect { 1, 2 }:to_equal { 1 }", "expected a list of 1, got one of 2"),
    ExpectCase(
      "expect(nj.zeros { 2, 3 }):to_have_shape(3, 2)", "expected a tensor of shape [3, 2], got shape [2, 3]"),
    ExpectCase("expect(nj.tensor { 1, 0 / 0 }):to_be_finite()", "got nan at element 2 of 2"),
    ExpectCase("expect(3):to_be_above(4)", "expected a number above 4, got 3"),
    ExpectCase("expect(nj.tensor { 3 }):to_be_below(4)"),
    ExpectCase("expect(nil):to_be_true()", "expected true, got nil"),
    ExpectCase("expect(2).never:to_equal(2)", "expected anything but 2, and got that"),
    ExpectCase("expect(function() error('boom') end):to_raise('boom')"),
    ExpectCase("expect(function() error('boom') end):to_raise('bang')", "got the error", "boom"),
    ExpectCase("expect(function() end):to_raise()", "expected an error, but the function returned"),
    ExpectCase("expect(1):to_eqal(1)", "expectation has no 'to_eqal'; did you mean 'to_equal'?"),
    ExpectCase("expect(1).to_equal(1)", "call it as x:to_equal(…)"),
    ExpectCase("error('unlucky')", "x_test.lua:4: unlucky"),
  ]

  @Test(arguments: expectations) func expects(_ c: ExpectCase) throws {
    let end = try run("describe('group', function()\nit('works', function()\n\(c.text)\nend)\nend)")
    #expect(end.status == (c.says.isEmpty ? 0 : 1), "\(end.output)\(end.errors)")
    let mark = c.says.isEmpty ? "✓" : "✗"
    #expect(end.output.contains("  \(mark) group › works "), "\(end.output)")
    for text in c.says { #expect(end.output.contains(text), "\(end.output)") }
    guard !c.says.isEmpty else { return }
    #expect(end.output.contains("plugins/learners/x_test.lua:4: "), "\(end.output)")
    #expect(
      end.output.contains(
        "run again: nightjar plugins test plugins/learners/x_test.lua --filter works --seed 1"))
    #expect(end.output.contains("1 test: 0 passed, 1 failed in "))
  }

  @Test func everyTestHasAStateOfItsOwn() throws {
    let end = try run(
      """
      local shared = { count = 0 }
      local order = {}
      before_each(function() table.insert(order, "file") end)
      describe("outer", function()
        before_each(function() table.insert(order, "outer") end)
        describe("inner", function()
          before_each(function() table.insert(order, "inner") end)
          for name = 1, 2 do
            it("is the first " .. name, function()
              shared.count = shared.count + 1
              string.leaked = true
              expect(shared.count):to_equal(1)
              expect(order):to_equal { "file", "outer", "inner" }
            end)
          end
        end)
        after_each(function() expect(shared.count):to_equal(1) end)
      end)
      local first
      for name = 1, 2 do
        it("draws the same numbers " .. name, function() expect(nj.rand(1)[1]):to_be_above(0) print(nj.rand(1)[1]) end)
      end
      """)
    #expect(end.status == 0, "\(end.output)")
    let printed = end.output.split(separator: "\n").compactMap { Double($0) }
    #expect(printed.count == 2 && printed[0] == printed[1], "\(end.output)")
    let other = try sandbox.run("plugins", "test", "--seed", "2", "--filter", "numbers 1")
    #expect(other.output.contains("1 test: 1 passed") && other.output.contains("(seed 2)"))
    #expect(!other.output.contains("\(printed[0])"))
    #expect(try sandbox.run("plugins", "test", "--filter", "nothing").status == 2)
  }

  /// Files that are wrong as a whole.
  static let files = [
    ExpectCase("local x = = 1", "✗ the file", "x_test.lua:2: unexpected symbol near '='"),
    ExpectCase(
      "describe('a', function() error('early') end)\ndescribe('b', function() it('c', function() end) end)",
      "✗ a", "x_test.lua:2: early", "✓ b › c"),
    ExpectCase(
      "describe('a', function() while true do end end)", "✗ the file", "the script ran longer than 3 s"),
    ExpectCase("it('a', function() while true do end end)", "✗ a", "the script ran longer than 3 s"),
    ExpectCase("it('a', function() it('b', function() end) end)", "it: a test is running"),
    ExpectCase(
      "it('a', function() end)\nit('b', function() expect(missng):to_be_nil() end)",
      "✗ the names in the file",
      "x_test.lua:3: 'missng' is not defined"),
    ExpectCase(
      "before_each(function() error('hook') end)\nit('a', function() end)", "✗ a", "x_test.lua:2: hook"),
    ExpectCase(
      "it('a', function() local t = {} while true do t[#t + 1] = ('x'):rep(9999) .. #t end end)", "✗ a",
      "lua-memory"),
  ]

  @Test(arguments: files) func saysWhatIsWrongWithAFile(_ c: ExpectCase) throws {
    let end = try run(c.text, "--limit", "time=3s", "--limit", "lua-memory=16MiB")
    #expect(end.status == 1)
    for text in c.says { #expect(end.output.contains(text), "\(end.output)") }
  }

  @Test func globalsThatLeakAreNamed() throws {
    let end = try run(
      "it('a', function() counter = 1 end)\nit('b', function() expect(counter):to_be_nil() end)")
    #expect(end.status == 0, "\(end.output)")
    #expect(end.output.contains("! the names in the file") && end.output.contains("✓ b"))
    #expect(end.output.contains("x_test.lua:2: warning: 'counter' is set as a global"), "\(end.output)")
  }

  @Test func resultsAreJSON() throws {
    let end = try run(
      "it('good', function() print('noise') end)\nit('bad', function() expect(1):to_equal(2) end)", "--json")
    #expect(end.status == 1)
    let list = try #require(
      JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [[String: Any]], "\(end.output)")
    #expect(list.compactMap { $0["outcome"] as? String } == ["passed", "failed"])
    #expect(list.last?["line"] as? Int == 3)
  }

  @Test func aFileThatIsNoTestIsRefused() throws {
    try sandbox.write("return 1", to: "plugins/learners/x.lua")
    let none = try sandbox.run("plugins", "test")
    #expect(none.status == 3 && none.errors.contains("it contains no tests"))
    try sandbox.write("", to: "plugins/learners/x_test.lua")
    let wrong = try sandbox.run("plugins", "test", "plugins/learners/x.lua")
    #expect(wrong.status == 2 && wrong.errors.contains("nightjar plugins test plugins/learners/x_test.lua"))
    let checked = try sandbox.run("plugins", "check", "plugins/learners/x_test.lua")
    #expect(checked.status == 2 && checked.errors.contains("is a test"))
    #expect(try sandbox.run("plugins", "list").output.contains("x_test") == false)
  }

  @Test func watchesFilesUntilItIsStopped() throws {
    try sandbox.write("it('a', function() expect(1):to_equal(2) end)", to: "plugins/learners/x_test.lua")
    let end = try sandbox.run(["plugins", "test", "--watch"]) { process in
      func wait(_ text: String) {
        eventually { !process.isRunning || sandbox.read("stdout").contains(text) }
      }
      wait("1 failed in ")
      usleep(200_000)
      try? sandbox.write("it('a', function() expect(1):to_equal(1) end)", to: "plugins/learners/x_test.lua")
      wait("1 passed in ")
      kill(process.processIdentifier, SIGINT)
      eventually { !process.isRunning }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    #expect(end.status == 130)
    #expect(end.output.contains("✗ a ") && end.output.contains("✓ a "), "\(end.output)")
  }
}
