import LuaHost
import TestSupport
import Testing

struct MessageCase: Sendable, CustomTestStringConvertible {
  let script: String, expected: String
  var testDescription: String { script }
  init(_ script: String, _ expected: String) { (self.script, self.expected) = (script, expected) }
}

/// What scripts are told.
@Suite struct MessageTests {
  static let cases = [
    MessageCase(
      "nj.vector{1}:reshape('a')",
      "test.lua:2: reshape: argument 1 (shape): expected list of integers, got string"),
    MessageCase(
      "nj.vector{1}:reshape{1, 'x'}",
      "test.lua:2: reshape: argument 1 (shape): expected list of integers; element 2: expected "
        + "integer, got string"
    ),
    MessageCase("nj.vector{1}:size(1.5)", "test.lua:2: size: argument 1 (dim): expected integer, got 1.5"),
    MessageCase("nj.vector{1}:size(0/0)", "test.lua:2: size: argument 1 (dim): expected integer, got nan"),
    MessageCase("nj.vector{1}:size('1')", "test.lua:2: size: argument 1 (dim): expected integer, got string"),
    MessageCase(
      "nj.vector{1}:size(1, 2)", "test.lua:2: size: takes at most 1 argument, got 2. Hint: it is size(dim?)"),
    MessageCase(
      "nj.vector()", "test.lua:2: vector: argument 1 (elements): expected list of numbers, got nothing"),
    MessageCase(
      "nj.vector({}, -1)", "test.lua:2: vector: argument 2 (weight): expected integer of at least 0, got -1"),
    MessageCase("nj.count(11)", "test.lua:2: count: argument 1 (n): expected integer of at most 10, got 11"),
    MessageCase(
      "nj.vector{1}.size(3)",
      "test.lua:2: size: expected vector before ':', got number. Hint: call it as x:size(…)"),
    MessageCase("local x = nj.vector{1} x:release() x:size()", "test.lua:2: size: vector used after release"),
    MessageCase(
      "local x = nj.vector{1} x:release() return x + x",
      "test.lua:2: add: argument 1 (left): vector used after release"),
    MessageCase(
      "return nj.vector{1} + 1", "test.lua:2: add: argument 2 (right): expected vector, got number"),
    MessageCase("return nj.vector{1}.sise", "test.lua:2: vector has no 'sise'; did you mean 'size'?"),
    MessageCase("return nj.vector{1}[2]", "test.lua:2: index: 2 is past the end (1)"),
    MessageCase(
      "return nj.vector{1}[0]", "test.lua:2: index: argument 1 (i): expected integer of at least 1, got 0"),
    MessageCase("nj.vector{1}.foo = 1", "test.lua:2: vector: 'foo' cannot be set"),
    MessageCase(
      "nj.vector{1}.first = 'a'", "test.lua:2: first: argument 1 (value): expected number, got string"),
    MessageCase("nj.vektor{1}", "test.lua:2: nightjar has no 'vektor'; did you mean 'vector'?"),
    MessageCase(
      "nj.x = 1", "test.lua:2: cannot set nightjar.x: 'nightjar' belongs to the host and is read-only"),
    MessageCase(
      "nj.nn.one = 1",
      "test.lua:2: cannot set nightjar.nn.one: 'nightjar.nn' belongs to the host and is read-only"),
    MessageCase("rawset(nj, 'x', 1)", "test.lua:2: rawset: 'nightjar' belongs to the host and is read-only"),
    MessageCase(
      "nj.mfcc(nj.vector{}, { n_mfc = 2 })",
      "test.lua:2: mfcc: argument 2 (options): unknown key 'n_mfc'; did you mean 'n_mfcc'?"),
    MessageCase(
      "nj.mfcc(nj.vector{}, { scale = 'hkt' })",
      "test.lua:2: mfcc: argument 2 (options): field 'scale': expected one of 'htk', 'slaney', got "
        + "'hkt'; did you mean 'htk'?"
    ),
    MessageCase(
      "nj.mfcc(nj.vector{}, { n_mfcc = 0 })",
      "test.lua:2: mfcc: argument 2 (options): field 'n_mfcc': expected integer of at least 1, got 0"),
    MessageCase(
      "local t = {} t.t = t nj.echo(t)",
      "test.lua:2: a table is nested more than 64 levels deep, or contains itself"
    ),
    MessageCase(
      "nj.echo{[1] = 1, [3] = 2}", "test.lua:2: a table has the key 3, which leaves a hole in its list"),
    MessageCase("nj.echo(coroutine.create(print))", "test.lua:2: a thread cannot be passed to the host"),
    MessageCase("error('plain')", "test.lua:2: plain"),
    MessageCase("error('no place', 0)", "no place"),
    MessageCase("error(nil)", "test.lua:2: error with nil as its message"),
    MessageCase("error({})", "test.lua:2: error with a table without __tostring as its message"),
    MessageCase("error(setmetatable({}, {__tostring = function() return 'made' end}))", "made"),
    MessageCase(
      "error(setmetatable({}, {__tostring = function() error('x') end}))",
      "(an error that cannot be converted to text)"),
    MessageCase("error('\\27[31mfake\\0\\x9b', 0)", "\\u{1b}[31mfake\\u{0}\u{FFFD}"),
    MessageCase("local x = y.z", "test.lua:2: attempt to index a nil value (global 'y')"),
    MessageCase("x = = 1", "test.lua:2: unexpected symbol near '='"),
    MessageCase(
      "setmetatable({}, {__gc = print})",
      "setmetatable: __gc is not available; use __close with a <close> variable"),
    MessageCase("return ('%p'):format({})", "test.lua:2: format: %p shows an address; use %s"),
    MessageCase(
      "return ('%d'):format({})", "test.lua:2: bad argument #1 to 'format' (number expected, got table)"),
    MessageCase(
      "return ('%d %d'):format(1)", "test.lua:2: bad argument #2 to 'format' (no value)"),
    MessageCase("return ('%d %y'):format(1, 2)", "test.lua:2: invalid conversion '%y' to 'format'"),
    MessageCase(
      "setmetatable(1, {})", "test.lua:2: bad argument #1 to 'setmetatable' (table expected, got number)"),
    MessageCase("math.randomseed()", "randomseed: argument 1 (seed): expected number, got nothing"),
    MessageCase("local function f() return f() + 1 end f()", "test.lua:2: stack overflow"),
    MessageCase("string.rep('x', -1, 5, nj.fail())", "test.lua:2: vector: too long"),
  ]

  @Test(arguments: cases) func says(_ c: MessageCase) throws {
    let message = try TestState().message(c.script)
    #expect(message.contains(c.expected), "\(message)")
  }

  @Test func cutsHugeMessages() throws {
    let message = try TestState().message("error(('x'):rep(1e7), 0)")
    #expect(message.utf8.count < 5000 && message.hasSuffix("10000000 bytes in all)"))
  }

  @Test func keepsLongPathsWhole() throws {
    let path = String(repeating: "folder/", count: 20) + "x.lua"
    #expect(try TestState().message("local x = 1 + nil", path: path).hasPrefix(path + ":2: "))
    #expect(try TestState().message("local x = = nil", path: path).hasPrefix(path + ":2: "))
    #expect(try TestState().message("nj.fail()", path: path).hasPrefix(path + ":2: "))
  }

  @Test func tracesTheScriptsOwnCalls() throws {
    let text = "local function inner() nj.fail() end\nlocal function outer() inner() return 1 end\nouter()"
    let failure = #expect(throws: ScriptError.self) { try TestState().run(text) }
    #expect(
      failure?.traceback == [
        "test.lua:2: in function 'inner'", "test.lua:3: in function 'outer'", "test.lua:4: in the main chunk",
      ])
    #expect(failure?.exitCode == .limit)
    #expect(failure?.cause is VectorError)
  }

  @Test func tracesThroughCallbacks() throws {
    let text = "local function f(x)\n  error('inside')\nend\nnj.vector{1}:map(f)"
    let failure = #expect(throws: ScriptError.self) { try TestState().run(text) }
    #expect(failure?.line == "test.lua:3: inside")
    #expect(failure?.traceback == ["test.lua:3: in the function at line 2", "test.lua:5: in the main chunk"])
  }

  @Test func keepsTheCauseThroughCallbacksAndCoroutines() throws {
    for text in [
      "nj.apply(function() nj.fail() end)", "coroutine.wrap(function() nj.fail() end)()",
      "table.sort({3, 2, 1}, function(a, b) nj.fail() end)", "('x'):gsub('x', function() nj.fail() end)",
      "local ok, e = pcall(nj.fail) error(e, 0)",
    ] {
      let failure = #expect(throws: ScriptError.self) { try TestState().run(text) }
      #expect(failure?.cause is VectorError, "\(text)")
    }
    let failure = #expect(throws: ScriptError.self) { try TestState().run("pcall(nj.fail) error('other')") }
    #expect(failure?.cause == nil && failure?.exitCode == .script)
  }

  @Test func cutsDeepTracebacks() throws {
    let failure = #expect(throws: ScriptError.self) {
      try TestState().run("local function f(n) if n == 0 then nj.fail() end f(n - 1) return 1 end f(100)")
    }
    #expect(failure?.traceback.count == 17)
  }
}
