import CLua
import LuaBridge

/// Marks on tables that a manifest constructor returned, in a table with weak keys that scripts cannot reach.
extension LuaState {
  func pushManifestMarks(on stack: LuaStack) throws {
    if let marks = manifestMarks { return try stack.push(marks) }
    stack.pushTable()
    stack.pushTable(fields: 1)
    stack.pushString("k")
    stack.setField("__mode", of: -2)
    stack.setMetatable(of: -2)
    manifestMarks = stack.reference(-1)
  }

  /// The kind and the line of the constructor call of the manifest at `index`; nil for any other table.
  ///
  /// - Throws: ``ScriptError`` when the stack cannot grow.
  package func manifestMark(_ index: Int32, on stack: LuaStack) throws -> (kind: String, line: Int)? {
    let index = stack.absolute(index)
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(6)
    try pushManifestMarks(on: stack)
    stack.copy(index)
    lua_rawget(stack.thread, -2)
    let parts = (stack.string(-1) ?? "").split(separator: ":")
    return parts.count == 2 ? (String(parts[0]), Int(parts[1]) ?? 0) : nil
  }
}

extension LuaCall {
  /// Marks argument 1 as a checked manifest.
  package func markManifest(_ kind: String) {
    let base = stack.top
    defer { stack.top = base }
    guard (try? state.pushManifestMarks(on: stack)) != nil else { return }
    stack.copy(1)
    stack.pushString("\(kind):\(stack.line)")
    lua_rawset(stack.thread, -3)
  }
}

extension LuaState {
  /// A new table with `fields` that inherits from `prototype`; scripts cannot reach the prototype through it.
  ///
  /// - Throws: ``ScriptError`` for a value of another state.
  package func makeInstance(of prototype: LuaReference, _ fields: [String: LuaValue]) throws -> LuaReference {
    try reading(prototype) { stack, index in
      try stack.push(fields.luaValue)
      stack.pushTable(fields: 1)
      stack.copy(index)
      stack.setField("__index", of: -2)
      stack.push(false)
      stack.setField("__metatable", of: -2)
      stack.setMetatable(of: -2)
      return stack.takeReference()
    }
  }
}
