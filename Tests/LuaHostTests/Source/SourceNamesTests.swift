import LuaHost
import Testing

/// The names that a text uses.
@Suite struct SourceNamesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    /// Globals that are read, as `name:line`, and those that are set, as `name=:line`.
    let globals: [String]
    var paths: [String] = []
    var testDescription: String { text }
  }

  static let cases = [
    Case(text: "local a = 1 return a + b", globals: ["b:1"]),
    Case(text: "local a = a", globals: ["a:1"]),
    Case(text: "a = 1", globals: ["a=:1"]),
    Case(text: "a.b = 1", globals: ["a:1"]),
    Case(text: "a.b, c = d, 2", globals: ["a:1", "c=:1", "d:1"]),
    Case(text: "function f() end\nfunction t.g:h(x) return self, x, y end", globals: ["f=:1", "t:2", "y:2"]),
    Case(text: "local function f(n) return f(n - 1) end", globals: []),
    Case(
      text: "for i, v in pairs(t) do print(i, v) end return i", globals: ["pairs:1", "t:1", "print:1", "i:1"]),
    Case(text: "for i = 1, n do local x = i end return x", globals: ["n:1", "x:1"]),
    Case(text: "repeat local done = f() until done", globals: ["f:1"]),
    Case(text: "do local x end return x", globals: ["x:1"]),
    Case(text: "if a then local b elseif b then goto c end ::c::", globals: ["a:1", "b:1"]),
    Case(text: "while x do break end", globals: ["x:1"]),
    Case(text: "return function(a, ...) return a, ..., b end", globals: ["b:1"]),
    Case(text: "local x <const>, y <close> = 1 return x, y, z", globals: ["z:1"]),
    Case(text: "return { a = b, [c] = d; e, f = { g } }", globals: ["b:1", "c:1", "d:1", "e:1", "g:1"]),
    Case(text: "--[[ a\nb ]] --[==[ c ]==]\n-- d\nreturn [[e\nf]], 'g\\'h', \"i\", j", globals: ["j:5"]),
    Case(text: "#!/usr/bin/lua\nreturn x", globals: ["x:2"]),
    Case(
      text: "return 0x1p-4, 1e+3, 3., .5, a.b.c, -#d, not e, f // g",
      globals: ["a:1", "d:1", "e:1", "f:1", "g:1"]),
    Case(
      text: "f'x' f[[x]] f{x} f(x)(y).z:w'v'", globals: ["f:1", "f:1", "f:1", "x:1", "f:1", "x:1", "y:1"]),
    Case(
      text:
        "local nj = require 'nightjar'\nlocal nn = nj.nn\nreturn nn.Linear(1, 2), nj.zeros, nj.loss.mse(x)",
      globals: ["require:1", "x:3"], paths: ["nn:2", "nn.Linear:3 2", "zeros:3", "loss.mse:3 1"]),
    Case(
      text: "local nj = require('nightjar') nj = 1 return nj.x", globals: ["require:1"], paths: []),
    Case(
      text: "local nj = require 'nightjar' return nj.train { model = m, k = 1 }, nj.rand(f())",
      globals: ["require:1", "m:1", "f:1"], paths: ["train:1 1 {model k}", "rand:1 1…"]),
    Case(
      text: "local nj = require 'nightjar' local nj = 2 return nj.a", globals: ["require:1"]),
    // Not Lua: it ends.
    Case(text: "local = = ) } end until (((", globals: []),
  ]

  /// Statements that Lua compiles and that other languages give another meaning.
  static let habits: [(text: String, kind: SourceNames.Habit.Kind?)] = [
    ("for x in { 1, 2 } do end", .loopOverTable), ("for x in pairs { 1, 2 } do end", nil),
    ("for i = 1, 2 do end", nil), ("for x in next, { 1 } do end", nil),
    ("local a, b = x.shape", .unpackedShape), ("a, b = f(x).shape", .unpackedShape),
    ("local shape = x.shape", nil), ("local a, b = x.shape, 1", nil),
    ("local a, b = table.unpack(x.shape)", nil), ("return x.shape[0]", .shapeIndex("0")),
    ("return f(x):g().shape[-1]", .shapeIndex("-1")), ("return x.shape[1]", nil), ("return x.shape[i]", nil),
  ]

  @Test(arguments: habits.indices) func findsHabits(_ index: Int) {
    let c = Self.habits[index]
    #expect(SourceNames(c.text).habits.map(\.kind) == c.kind.map { [$0] } ?? [], "\(c.text)")
  }

  @Test(arguments: cases) func findsNames(_ c: Case) {
    let names = SourceNames(c.text)
    if c.text.contains("until (((") { return }
    #expect(names.globals.map { "\($0.name)\($0.isSet ? "=" : ""):\($0.line)" } == c.globals)
    let paths = names.paths.map { path in
      let arguments = path.arguments.map { arguments in
        let keys = arguments.keys.compactMap(\.self).map { "{" + $0.map(\.name).joined(separator: " ") + "}" }
        return " " + (["\(arguments.keys.count)\(arguments.isOpen ? "…" : "")"] + keys).joined(separator: " ")
      }
      return "\(path.names.joined(separator: ".")):\(path.line)\(arguments ?? "")"
    }
    #expect(paths == c.paths)
  }
}
