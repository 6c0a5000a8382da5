import TestSupport
import Testing

/// Our string functions against Lua's own.
@Suite struct PatternTests {
  /// Random subjects and patterns, from signs that mean something in patterns; a line of results for each.
  private static func script(seed: Int) -> String {
    """
    local state = \(seed)
    local function random(n) state = (state * 1103515245 + 12345) % 2147483648 return state // 65536 % n + 1 end
    local signs = {"a", "b", "ab", " ", "1", ".", "%a", "%d", "%w", "%s", "%A", "%.", "%%", "[ab]", "[^a]", "[a-c1]",
      "[%d_]", "[]x]", "[^]]", "*", "+", "-", "?", "(", ")", "()", "^", "$", "%1", "%bab", "%f[%w]", "%f[^a]", "["}
    local letters = {"a", "b", "c", "1", " ", "_", "]", "x", ".", "%"}
    local function text(from, most)
      local parts = {}
      for i = 1, random(most) - 1 do parts[i] = from[random(#from)] end
      return table.concat(parts)
    end
    local function shown(ok, ...)
      if not ok then return "error" end
      local parts = table.pack(...)
      for i = 1, parts.n do parts[i] = tostring(parts[i]) end
      return table.concat(parts, ",")
    end
    local function all(s, p)
      local found = {}
      for a, b in s:gmatch(p) do found[#found + 1] = tostring(a) .. "/" .. tostring(b) end
      return table.concat(found, ";")
    end
    local lines = {}
    for i = 1, 400 do
      local s, p, start = text(letters, 12), text(signs, 7), random(9) - 5
      lines[#lines + 1] = p .. "  " .. s .. "  " .. start .. "  " .. table.concat({
        shown(pcall(string.find, s, p, start)), shown(pcall(string.find, s, p, start, true)),
        shown(pcall(string.match, s, p, start)), shown(pcall(all, s, p)),
        shown(pcall(string.gsub, s, p, "<%0>")), shown(pcall(string.gsub, s, p, {a = "A", ab = 1}, 2)),
        shown(pcall(string.gsub, s, p, function(x) return x ~= "b" and "-" end)),
      }, " | ")
    end
    return table.concat(lines, "\\n")
    """
  }

  /// Ours looks at the whole pattern first, so that it may refuse one whose fault Lua's never comes to.
  @Test(arguments: 1...25) func resultsAreThoseOfLua(seed: Int) throws {
    let ours = try TestState().run("return (function() \(Self.script(seed: seed)) end)()").first?.string ?? ""
    let lines = ours.split(separator: "\n", omittingEmptySubsequences: false)
    let expected = StockLua.run(Self.script(seed: seed)).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 400 && lines.count == expected.count)
    for (line, expected) in zip(lines, expected) where line != expected {
      let parts = zip(line.split(separator: " | "), expected.split(separator: " | "))
      #expect(parts.allSatisfy { $0 == $1 || $0.hasSuffix("error") }, "\(line)\n\(expected)")
    }
  }

  static let refused = [
    ("('a'):find('[a')", "missing ']'"), ("('a'):find('%')", "ends with '%'"),
    ("('a'):match('(a')", "unfinished"),
    ("('a'):match('a)')", "invalid pattern capture"), ("('a'):find('%1')", "invalid capture index %1"),
    ("('a'):gsub('a', '%2')", "invalid capture index %2 in replacement"),
    ("('a'):gsub('a', '%x')", "invalid use of '%'"),
    ("('a'):gsub('a', function() return {} end)", "invalid replacement value (a table)"),
    ("('a'):find('%f')", "missing '['"), ("('a'):find('%ba')", "missing arguments to '%b'"),
    ("('x'):rep(300):match(('x?'):rep(300))", "too complex"),
    ("('a'):gsub('a')", "string/function/table expected"),
  ]

  @Test(arguments: refused) func whatIsWrongIsSaid(_ script: String, _ says: String) throws {
    #expect(try TestState().message(script).contains(says))
  }
}
