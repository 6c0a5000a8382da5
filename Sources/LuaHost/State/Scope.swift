/// What `nj.scope()` gives: closing it releases the host objects with native memory made since.
final class Scope: LuaHosted {
  static let luaClassName = "scope"
  let mark: UInt64

  init(mark: UInt64) { self.mark = mark }
}

extension LuaClass {
  /// `local scope <close> = nj.scope()`; what must live on is handed to `scope:keep(x)`.
  public static var scope: LuaClass {
    LuaClass(
      Scope.self, "Releases what a block made",
      methods: [
        LuaFunction(
          "keep", "Lets values outlive the scope; gives them back", [.rest("values")], returns: "values"
        ) {
          call in
          let scope = try call.object(0, Scope.self)
          for argument in 1..<(call.count + 1) { call.keep(argument, past: scope.mark) }
          return call.pushArguments()
        }
      ],
      operators: [
        LuaFunction("__close", "Releases what was made since the scope opened and not kept") { call in
          call.state.release(since: try call.object(0, Scope.self).mark)
          return .nothing
        }
      ])
  }
}

extension LuaFunction {
  /// `nj.scope`.
  public static let scope = LuaFunction(
    "scope", "Opens a scope: `local scope <close> = nj.scope()`", returns: "scope"
  ) { call in
    try call.push(Scope(mark: call.state.mark))
  }
}

extension LuaCall {
  func keep(_ argument: Int, past mark: UInt64) { stack.keep(index(argument), past: mark) }

  /// All arguments as results.
  func pushArguments() -> LuaResults { LuaResults(count: Int32(count)) }
}
