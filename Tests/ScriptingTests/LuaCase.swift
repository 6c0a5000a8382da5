import LuaHost
import Testing

/// Expressions of a script and what they give; tensors are compared as nested lists.
struct LuaCase: Sendable, CustomTestStringConvertible {
  let script: String
  let gives: [LuaValue]
  var testDescription: String { script }

  init(_ script: String, _ gives: LuaValue...) { (self.script, self.gives) = (script, gives) }

  /// - Parameter locals: Lua that goes before.
  func check(
    in state: BindingsState, locals: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let given = try state.run(
      """
      \(locals)
      local function plain(...)
        local values = table.pack(...)
        for i = 1, values.n do
          if type(values[i]) == "userdata" then values[i] = values[i]:totable() end
        end
        return table.unpack(values, 1, values.n)
      end
      return plain(\(script))
      """)
    #expect(given == gives, sourceLocation: sourceLocation)
  }
}
