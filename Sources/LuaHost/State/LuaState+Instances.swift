extension LuaState {
  /// A table that finds what it does not have in `prototype`, which itself stays out of reach.
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
