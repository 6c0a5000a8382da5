import TestSupport
import Testing

/// What `print` writes for tables.
@Suite struct TableTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let value: String
    let text: String
    var testDescription: String { value }

    init(_ value: String, _ text: String) {
      self.value = value
      self.text = text
    }
  }

  static let small = [
    Case("{}", "{}"),
    Case("{ 2, 3 }", "{2, 3}"),
    Case("{ 1.5, true, 'a\"b', print }", "{1.5, true, \"a\\\"b\", function}"),
    Case("{ b = 1, a = { 2, { x = 3 } } }", "{a = {2, {x = 3}}, b = 1}"),
    Case(
      "{ [7] = 1, [0.5] = 2, [true] = 3, ['a b'] = 4, ['end'] = 5, [10] = 6 }",
      "{[0.5] = 2, [7] = 1, [10] = 6, [true] = 3, [\"a b\"] = 4, [\"end\"] = 5}"),
    Case("{ 1, nil, 3 }", "{1, nil, 3}"),
    Case("{ [{}] = 1, [print] = 2 }", "{[function] = …, [table] = …}"),
    Case("{ v = nj.vector { 1 } }", "{v = vector}"),
    Case("{ { { { { 1 } } } } }", "{{{{{…}}}}}"),
    Case("(function() local t = { 1 } t.t = t return t end)()", "{1, t = {…}}"),
    Case("setmetatable({}, { __tostring = function() return 'mine' end })", "mine"),
    Case("setmetatable({ 1 }, { __index = error, __len = error, __pairs = error })", "{1}"),
    Case("nj.nn", "nightjar.nn"),
  ]

  @Test(arguments: small) func isWrittenAsInLua(_ c: Case) throws {
    #expect(try printed("print(\(c.value))") == c.text + "\n")
  }

  @Test func textOfATableIsAsBefore() throws {
    #expect(try printed("print(tostring({ 1 }), ('%s'):format({ 1 }))") == "table\ttable\n")
  }

  @Test func longTablesAreCut() throws {
    #expect(
      try printed("local t = {} for i = 1, 1000 do t[i] = i end print(t)") == "{1, 2, 3, …, 998, 999, 1000}\n"
    )
    let names = try printed("local t = {} for i = 1, 100 do t['k' .. i] = i end print(t)")
    #expect(names.hasSuffix("  … 100 names in all,\n}\n") && names.split(separator: "\n").count == 63)
    #expect(
      try printed("local t = {} for i = 1, 5000 do t['k' .. i] = i end print(t)")
        == "{… more than 1000 names}\n")
    #expect(try printed("print { ('x'):rep(1e6) }").utf8.count < 300)
  }

  @Test func aWideTableHasALineForEveryEntry() throws {
    let text = try printed("print { name = ('n'):rep(50), summary = ('s'):rep(50), list = { 1, 2 } }")
    #expect(text.hasPrefix("{\n  list = {1, 2},\n  name = \"nnn"))
    let list = try printed("local t = {} for i = 1, 50 do t[i] = i * 1000 end print(t)")
    #expect(list.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func aTableThatRepeatsItselfEverywhereEnds() throws {
    let text = try printed(
      "local t = {} for i = 1, 60 do t[i] = {} end for i = 1, 60 do for j = 1, 60 do t[i][j] = t[j] end end print(t)"
    )
    #expect(text.utf8.count < 100_000)
  }

  private func printed(_ script: String) throws -> String {
    let state = try TestState()
    var text = ""
    state.state.print = { text += $0 }
    _ = try state.run(script)
    return text
  }
}
