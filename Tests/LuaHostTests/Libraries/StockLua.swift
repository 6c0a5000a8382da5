import CLua

/// Lua as it comes, with all its libraries: what ours are compared with.
struct StockLua {
  /// What a script that returns a string returns, or the message it fails with.
  static func run(_ text: String) -> String {
    guard let state = luaL_newstate() else { return "no memory" }
    defer { lua_close(state) }
    luaL_openlibs(state)
    if luaL_loadstring(state, text) == LUA_OK { lua_pcallk(state, 0, 1, 0, 0, nil) }
    return lua_tolstring(state, -1, nil).map { String(cString: $0) } ?? "(no text)"
  }
}
