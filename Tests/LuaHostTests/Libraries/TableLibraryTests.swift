import TestSupport
import Testing

/// Our table functions against Lua's own, and what ours promise beyond it.
@Suite struct TableLibraryTests {
  static let calls = [
    "table.insert(t, 9)", "table.insert(t, 1, 9)", "table.insert(t, #t + 1, 9)", "table.insert(t, 3, 9)",
    "table.insert(t, 0, 9)", "table.insert(t, 9, 9)", "table.insert(t)", "table.insert(t, 1, 2, 3)",
    "table.remove(t)", "table.remove(t, 1)", "table.remove(t, #t)", "table.remove(t, #t + 1)",
    "table.remove(t, 7)",
    "table.remove({}, 0)", "table.remove({})", "table.remove({[0] = 5}, 0)", "table.remove(t, 'x')",
    "table.move(t, 1, 3, 2)", "table.move(t, 2, 4, 1)", "table.move(t, 1, 4, 3, {1, 2, 3})",
    "table.move(t, 3, 2, 1)",
    "table.move(t, 1, math.maxinteger, 2)", "table.move(t, math.mininteger, 0, 1)",
    "table.move({}, 1, 3, 2, t)",
    "table.move(t, math.maxinteger - 1, math.maxinteger, math.maxinteger - 2)",
    "table.concat(t)", "table.concat(t, ', ')", "table.concat(t, '-', 2, 3)", "table.concat(t, 1)",
    "table.concat(t, '', 3, 2)", "table.concat({1, {}, 3})", "table.concat({}, 'x')",
    "table.concat(t, 'x', 1, 9)",
    "table.concat({[math.maxinteger] = 7}, 'x', math.maxinteger, math.maxinteger)",
    "table.sort(t)", "table.sort(t, function(a, b) return a > b end)", "table.sort({3, 'a'})",
    "table.sort({1}, 5)",
    "table.sort({1, 2}, 5)", "table.sort(5)", "table.concat(5)", "table.insert(nil, 1)",
    "table.unpack(t, 2, 3)", "select('#', table.unpack({}, 1, 5))", "table.pack(1, nil).n",
  ]

  private static func script(_ call: String) -> String {
    """
    local t = {4, 2, 8, 6}
    local parts = {pcall(function() return \(call) end)}
    local kept = {}
    for i = -1, 9 do kept[#kept + 1] = tostring(t[i]) end
    local shown = {}
    for i = 1, 4 do shown[i] = type(parts[i]) == "table" and "table" or tostring(parts[i]):gsub("^.*: ", "") end
    -- Versions of Lua word some messages differently.
    if shown[1] == "false" then shown[2] = shown[2]:gsub("value %(%a+%)", "value"):gsub("%(?at index %d+%)?", "at"):gsub("#%d", "#") end
    return table.concat(shown, ",") .. " " .. table.concat(kept, ",")
    """
  }

  @Test(arguments: calls) func resultsAreThoseOfLua(_ call: String) throws {
    let ours = try TestState().run("return (function() \(Self.script(call)) end)()").first?.string
    #expect(ours == StockLua.run(Self.script(call)))
  }

  @Test func sortingKeepsTheOrderOfEqualElements() throws {
    let script = """
      local t = {}
      for i = 1, 1000 do t[i] = {key = i * 7919 % 13, place = i} end
      table.sort(t, function(a, b) return a.key < b.key end)
      for i = 2, 1000 do
        local a, b = t[i - 1], t[i]
        assert(a.key < b.key or a.key == b.key and a.place < b.place)
      end
      local numbers = {}
      for i = 1, 5000 do numbers[i] = i * 7919 % 5003 end
      table.sort(numbers)
      for i = 2, 5000 do assert(numbers[i - 1] < numbers[i]) end
      return #t
      """
    #expect(try TestState().run(script) == [1000])
  }

  @Test func metamethodsAreRespected() throws {
    let script = """
      local log = {}
      local t = setmetatable({}, {__len = function() return 3 end, __index = function(_, i) return 10 - i end,
        __newindex = function(_, i, v) log[#log + 1] = i .. "=" .. tostring(v) end})
      table.sort(t) table.insert(t, 5) table.remove(t, 2)
      return table.concat(t, "-"), table.concat(log, " ")
      """
    #expect(try TestState().run(script) == ["9-8-7", "1=7 2=8 3=9 4=5 2=7 3=nil"])
  }

  @Test func aComparatorThatRaisesLeavesTheTableAsItWas() throws {
    let script = """
      local t = {3, 1, 2}
      local ok, e = pcall(table.sort, t, function(a, b) error("no order") end)
      return ok, table.concat(t)
      """
    #expect(try TestState().run(script) == [false, "312"])
  }
}
