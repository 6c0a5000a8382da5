import Foundation
import Networks
import Scripting
import Tensors
import TestSupport
import Testing

/// Everything that a script can reach, against the list in `Tests/Fixtures/api.txt`: what is new there is looked at
/// before it is let in. `NIGHTJAR_RECORD=1` writes the list again, and fails.
@Suite struct ReachabilityTests {
  /// Every function, table and value below `_G` and the `nightjar` module, walked in a state as scripts run in.
  private static let walk = """
    local lines, seen = {}, {}
    local function visit(value, path)
      local kind = type(value)
      lines[#lines + 1] = path .. " " .. kind
      if kind == "userdata" or kind == "thread" then return end
      -- A metatable would be one more way on.
      assert(kind == "string" or not getmetatable(value), path)
      if kind ~= "table" or seen[value] then return end
      seen[value] = true
      for key, entry in pairs(value) do
        assert(type(key) == "string", path)
        visit(entry, path .. "." .. key)
      end
    end
    visit(_G, "_G")
    visit(nj, "nj")
    return lines
    """

  /// Debian's Lua has the old names of some functions as well.
  private static let old = Set(
    ["atan2", "cosh", "frexp", "ldexp", "log10", "pow", "sinh", "tanh"].map { "_G.math.\($0) function" })

  /// What host objects answer to: methods, properties, and what operators do.
  private static let objects = NightjarModule.classes.flatMap { description in
    description.methods.map { "\(description.name):\($0.name)" }
      + description.properties.map { "\(description.name).\($0.name)" }
      + description.operators.map { "\(description.name) \($0.name)" }
  }

  @Test func isWhatTheListSays() throws {
    let walked = try BindingsState().run(Self.walk).first?.strings ?? []
    let found = (walked.filter { !Self.old.contains($0) } + Self.objects).sorted()
    let path = Fixtures.folder + "/api.txt"
    if ProcessInfo.processInfo.environment["NIGHTJAR_RECORD"] != nil {
      try (found.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
      Issue.record("recorded again; look at the difference")
    }
    let listed = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(Set(found).subtracting(listed) == [], "not in the list")
    #expect(Set(listed).subtracting(found) == [], "only in the list")
  }

  /// Nothing answers to a name that its class does not declare, whatever Lua itself would find there.
  @Test func objectsAnswerToNothingElse() throws {
    let script = """
      local objects = { nj.zeros(2), nj.random(1), nj.scope(), nj.nn.Linear(1, 1), nj.optim.SGD({nj.ones(1):requires_grad_()}, {lr = 1}),
        nj.plot.lines { y = {1, 2} }, nj.progress(1), nj.run.options, nj.json.null }
      for _, object in ipairs(objects) do
        assert(type(getmetatable(object)) == "string")
        for _, name in ipairs { "__gc", "__index", "__newindex", "__metatable", "__name", "__close", "__eq", "debug", "" } do
          local ok, value = pcall(function() return object[name] end)
          assert(not ok or value == nil, name)
        end
        assert(not pcall(setmetatable, object, {}) and not pcall(rawset, object, 1, 1))
        assert(not pcall(rawget, object, "__gc") and not pcall(next, object))
      end
      return #objects
      """
    #expect(try BindingsState().run(script) == [9])
  }
}
