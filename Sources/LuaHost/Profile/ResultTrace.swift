import CLua
import LuaBridge

/// Receives the host objects that a state's Lua code gets from the host, and all that it returns to it.
public protocol ResultObserver: AnyObject {
  /// A host function, called by a line of Lua, has returned objects.
  func observe(_ objects: [LuaObject], of function: String, file: String, line: Int)

  /// A Lua function that the host called has returned values; one that is no data is nil. `line` is that of the
  /// function.
  func observe(returned values: [LuaValue?], file: String, line: Int)
}

extension LuaState {
  /// Reports results to an observer from now on.
  public func startTrace(_ observer: any ResultObserver) {
    resultObserver = observer
    host.pointee.calls.dispatch = { owner, thread, function in
      guard let thread else { return -1 }
      return LuaState.from(owner) { $0.tracedDispatch(thread, Int(function)) } ?? -1
    }
  }

  private func tracedDispatch(_ thread: OpaquePointer, _ number: Int) -> Int32 {
    // Before the call: it may change the stack.
    let (file, line) = Self.line(of: thread)
    let name = functionName(thread, number)
    let count = dispatch(thread, number)
    guard count > 0, let resultObserver else { return count }
    let stack = LuaStack(thread: thread, state: self)
    let objects = objects(on: stack, from: stack.top - count + 1)
    if !objects.isEmpty { resultObserver.observe(objects, of: name, file: file, line: line) }
    return count
  }

  /// Reports the results of a Lua function, which are the values on the stack from `first` on.
  func traceReturn(on stack: LuaStack, from first: Int32, of function: LuaReference) {
    guard let resultObserver else { return }
    guard first <= stack.top, let definition = try? reading(function, { $0.definition($1) }).first,
      case .script(let path, let line) = definition
    else { return }
    resultObserver.observe(
      returned: (first...stack.top).map { try? stack.value($0) }, file: path, line: line)
  }

  private func objects(on stack: LuaStack, from first: Int32) -> [LuaObject] {
    guard first <= stack.top else { return [] }
    return (first...stack.top).compactMap { index in
      guard stack.kind(index) == .userdata, case .object(let object) = try? stack.value(index) else {
        return nil
      }
      return object
    }
  }
}
