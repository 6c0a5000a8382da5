import LuaHost
import TestSupport
import Testing

/// The order of pairs and next, which no hash seed and no address decides.
@Suite struct OrderTests {
  static let listings = [
    (
      "{b = 1, a = 2, 10, 20, [0] = 3, [-1.5] = 4, [true] = 5, [false] = 6, [7] = 8}",
      "1=10 2=20 -1.5=4 0=3 7=8 false=6 true=5 a=2 b=1"
    ),
    ("{}", ""), ("{5}", "1=5"), ("{x = 1}", "x=1"), ("{[3] = 'c', [1] = 'a', [2] = 'b'}", "1=a 2=b 3=c"),
    ("{[2^53] = 1, [1e300] = 2, [-1e300] = 3, z = 0}", "-1e+300=3 9007199254740992=1 1e+300=2 z=0"),
    ("{[print] = 1}", "function=1"),
  ]

  @Test(arguments: listings) func keysComeInOrder(_ table: String, _ expected: String) throws {
    let script = """
      local function list(iterator, state, key)
        local parts = {}
        for k, v in iterator, state, key do parts[#parts + 1] = tostring(k) .. "=" .. tostring(v) end
        return table.concat(parts, " ")
      end
      local t = \(table)
      return list(pairs(t)), list(next, t), next(t) == nil
      """
    #expect(
      try TestState().run(script) == [.string(expected), .string(expected), .boolean(expected.isEmpty)])
  }

  /// Many keys of all kinds, in states with hash seeds of their own.
  @Test func allStatesAgree() throws {
    let script = """
      local t = {}
      for i = 1, 500 do t["key" .. i * 7919 % 1000] = i t[i * 31 % 97 - 40] = i t[i / 7] = i end
      for i = 1, 50 do t["key" .. i] = nil end
      local parts = {}
      for k, v in pairs(t) do parts[#parts + 1] = k .. "=" .. v end
      for k, v in next, t do parts[#parts + 1] = k .. "=" .. v end
      return table.concat(parts, " ")
      """
    let first = try TestState().run(script)
    for _ in 0..<5 { #expect(try TestState().run(script) == first) }
  }

  @Test func hostObjectsComeByAgeAndFunctionsByLine() throws {
    let script = """
      local t, names = {}, {}
      for i = 1, 40 do local v = nj.vector{i} names[v] = i end
      local function b() end
      local function a() end
      t[a] = "a" t[b] = "b"
      local order = {}
      for _, i in pairs(names) do order[#order + 1] = i end
      for _, name in pairs(t) do order[#order + 1] = name end
      for i = 1, 40 do assert(order[i] == i) end
      return order[41] .. order[42]
      """
    #expect(try TestState().run(script) == ["ba"])
  }

  @Test func tablesAsKeysHaveNone() throws {
    let test = try TestState()
    #expect(test.message("for k in pairs({[{}] = 1, [{}] = 2}) do end").contains("several tables as keys"))
    for keys in [
      "[{}] = 1, [{}] = 2", "[print] = 1, [{}] = 2, [type] = 3", "[coroutine.create(print)] = 1, [{}] = 2",
    ] {
      #expect(test.message("next({\(keys)})").contains("as keys, which have no fixed order"), "\(keys)")
    }
    #expect(
      test.message("local t = {[{}] = 1, [{}] = 2, x = 3} next(t, (next(t)))").contains(
        "several tables as keys"))
    #expect(try test.run("return next({[{}] = 1, [{}] = 2, x = 3}), next({[{}] = 1}) ~= nil") == ["x", true])
    #expect(try test.run("local n = 0 for k in pairs({a = 1, [{}] = 2, 3}) do n = n + 1 end return n") == [3])
  }

  /// A traversal may change and clear fields that are there.
  @Test func fieldsMayBeClearedOnTheWay() throws {
    let script = """
      local function fresh()
        local t = {}
        for i = 1, 60 do t[i] = i t["k" .. i] = i end
        return t
      end
      local seen = {}
      for _, step in ipairs{pairs, function(t) return next, t end} do
        local t, n = fresh(), 0
        for k in step(t) do t[k] = nil n = n + 1 end
        seen[#seen + 1] = n
        seen[#seen + 1] = next(t) == nil
        local queue, m = fresh(), 0
        while next(queue) do queue[next(queue)] = nil m = m + 1 end
        seen[#seen + 1] = m
      end
      return table.unpack(seen)
      """
    #expect(try TestState().run(script) == [120, true, 120, 120, true, 120])
  }

  @Test func aTraversalOfAHostTableGivesNoTableToWrite() throws {
    let script = """
      local f, s, k = pairs(nj)
      assert(type(f) == "function" and s == nil and k == nil)
      local names = {}
      for name in pairs(nj) do names[#names + 1] = name end
      return #names > 3 and table.concat(names, " "):find("apply") ~= nil
      """
    #expect(try TestState().run(script) == [true])
  }

  @Test func aNewTraversalSeesNewKeys() throws {
    let script = """
      local t = {a = 1, c = 3}
      for k in next, t do end
      local k = next(t)
      t.b = 2
      local order = {}
      for k in next, t do order[#order + 1] = k end
      return table.concat(order)
      """
    #expect(try TestState().run(script) == ["abc"])
  }

  /// What is left in a weak table depends on when Lua collects garbage; its traversal does not.
  static let weak: [(script: String, result: [LuaValue])] = [
    (
      """
      local t = setmetatable({}, { __mode = "v" })
      local kept = {}
      for i = 1, 100 do t["k" .. i] = {} if i % 10 == 0 then kept[i] = t["k" .. i] end end
      local names = {}
      for name in pairs(t) do names[#names + 1] = name end
      return table.concat(names, " ")
      """, ["k10 k100 k20 k30 k40 k50 k60 k70 k80 k90"]
    ),
    (
      """
      local t = setmetatable({}, { __mode = "k" })
      for i = 1, 100 do t[{}] = i end
      t[nj.vector { 1 }] = 1
      return next(t), t[1]
      """, [nil]
    ),
    (
      """
      local t = setmetatable({}, { __mode = "v" })
      local kept = {}
      for i = 1, 20 do kept[i] = { i } t["k" .. i] = kept[i] end
      local count = 0
      for _, value in pairs(t) do kept = nil collectgarbage() count = count + value[1] end
      return count
      """, [210]
    ),
    (
      """
      local t = setmetatable({ a = "text", b = 1 }, { __mode = "kv" })
      local sum = {}
      for name, value in pairs(t) do sum[#sum + 1] = name .. value end
      return table.concat(sum, " "), (next(t))
      """, ["atext b1", "a"]
    ),
  ]

  @Test(arguments: weak.indices) func weakTablesHaveAnOrderToo(_ index: Int) throws {
    let values = try TestState().run(Self.weak[index].script)
    for (value, expected) in zip(values, Self.weak[index].result) { #expect(value == expected) }
  }

  @Test func nextOfAWeakTableIsRefusedAfterItsStart() throws {
    let message = try TestState().message("next(setmetatable({ a = 1 }, { __mode = 'k' }), 'a')")
    #expect(message.contains("Hint: use pairs"), "\(message)")
  }
}
