import CLua
import LuaBridge

/// Calls from Lua into Swift.
extension LuaState {
  /// Runs host function `number`; a count of results, or -1 with the error's text on top.
  func dispatch(_ thread: OpaquePointer, _ number: Int) -> Int32 {
    let caller = current
    current = thread
    defer { current = caller }
    let stack = LuaStack(thread: thread, state: self)
    // Looked at where they lie: counting references would be a tenth of a small call.
    if number >= 0 { return functions[number]._withUnsafeGuaranteedRef { run($0, on: stack) } }
    guard let closure = closure(thread) else {
      pushThrown(ScriptError("a host function was used after its state dropped it"), on: stack)
      return -1
    }
    return run(closure, on: stack)
  }

  private func run(_ function: BoundFunction, on stack: LuaStack) -> Int32 {
    do {
      let call = LuaCall(state: self, stack: stack, function: function)
      try function.check(call)
      return try function.body(call).count
    } catch {
      noteRefusal(error)
      pushThrown(error, on: stack)
      return -1
    }
  }

  private func closure(_ thread: OpaquePointer) -> BoundFunction? {
    guard let object = nj_closure_object(thread) else { return nil }
    return Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue() as? BoundFunction
  }

  /// Pushes the text of an error, and remembers the error itself for the time it is back in Swift.
  func pushThrown(_ error: any Error, on stack: LuaStack) {
    _ = lua_checkstack(stack.thread, 4)
    var failure = error as? ScriptError ?? ScriptError(cause: translate(error))
    if !failure.isPlaced { failure = failure.located(in: stack.position()) }
    thrown = (failure.line, failure)
    stack.pushString(failure.line)
  }
}
