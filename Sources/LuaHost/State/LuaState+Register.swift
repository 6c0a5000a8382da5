import CLua
import LuaBridge

/// Giving host functions, classes and modules to a state.
extension LuaState {
  private static let binary: Set<String> = [
    "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__idiv", "__band", "__bor", "__bxor", "__shl",
    "__shr",
    "__concat", "__lt", "__le", "__eq",
  ]

  /// The class of functions made at run time.
  func registerClosures() { classes[Int(classNumber("host function"))].metatable = closureMetatable() }

  private func closureMetatable() -> LuaReference {
    let stack = stack
    stack.pushTable(fields: 4)
    nj_set_lifecycle(stack.thread)
    return stack.takeReference()
  }

  /// Adds a function to the dispatch table.
  func bind(_ function: LuaFunction, _ style: BoundFunction.Style) -> Int64 {
    functions.append(.passRetained(BoundFunction(function, style, in: self)))
    return Int64(functions.count - 1)
  }

  /// Pushes a Lua function that keeps its Swift body alive, and lets go of it when it is collected.
  func pushClosure(_ function: LuaFunction, on stack: LuaStack) throws {
    let bound = BoundFunction(function, .function, in: self)
    try push(LuaObject(className: "host function", storage: bound), on: stack)
    nj_push_closure(stack.thread)
  }

  /// A Lua function with this body.
  public func function(_ function: LuaFunction) throws -> LuaReference {
    try pushClosure(function, on: stack)
    return stack.takeReference()
  }

  /// Makes a class known; values of its type can be pushed from then on.
  public func register(_ description: LuaClass) throws {
    let number = classNumber(description.name)
    let bound = classes[Int(number)]
    guard bound.metatable == nil else {
      throw ScriptError("the class '\(description.name)' was registered twice")
    }
    let stack = stack
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(16)
    bound.isScoped = description.holdsMemory
    bound.bytes = description.bytes
    bound.members = description.methods.map(\.name) + description.properties.map(\.name)
    if description.keepsIdentity { bound.known = try weakTable() }

    stack.pushTable(fields: 20)
    nj_set_lifecycle(stack.thread)
    stack.pushString(description.name)
    stack.setField("__name", of: -2)
    stack.pushString(description.name)
    stack.setField("__metatable", of: -2)
    for function in description.operators where !["__index", "__newindex"].contains(function.name) {
      let isBinary = Self.binary.contains(function.name)
      nj_push_function(stack.thread, bind(function, isBinary ? .binaryOperator : .metamethod(number)))
      stack.setField(function.name, of: -2)
    }
    pushIndex(description, number, on: stack)
    stack.setField("__index", of: -2)
    pushNewIndex(description, number, on: stack)
    stack.setField("__newindex", of: -2)
    bound.metatable = stack.takeReference()
  }

  /// Methods by a table in C, then properties, then the class's own `__index`, else an error.
  private func pushIndex(_ description: LuaClass, _ number: Int32, on stack: LuaStack) {
    stack.pushTable(fields: description.methods.count)
    for method in description.methods {
      nj_push_function(stack.thread, bind(method, .method(number)))
      stack.setField(method.name, of: -2)
    }
    stack.pushTable(fields: description.properties.count)
    for property in description.properties {
      stack.push(Int(bind(property.read, .metamethod(number))))
      stack.setField(property.name, of: -2)
    }
    let members = classes[Int(number)].members
    let unknown = LuaFunction("__index", "", [.any("key", optional: true)]) { call in
      throw Self.unknownMember(call.stack, description.name, members)
    }
    pushFallback(description, number, "__index", unknown) { nj_push_index(stack.thread, $0, $1) }
  }

  private func pushNewIndex(_ description: LuaClass, _ number: Int32, on stack: LuaStack) {
    stack.pushTable()
    for property in description.properties {
      guard let write = property.write else { continue }
      stack.push(Int(bind(write, .metamethod(number))))
      stack.setField(property.name, of: -2)
    }
    let unknown = LuaFunction("__newindex", "", [.any("key", optional: true), .any("value", optional: true)])
    {
      call in
      let key = call.stack.string(2).map { "'\($0)'" } ?? "a \(call.stack.typeName(2))"
      throw ScriptError("\(description.name): \(key) cannot be set")
    }
    pushFallback(description, number, "__newindex", unknown) { nj_push_newindex(stack.thread, $0, $1) }
  }

  /// The class's own operator takes the keys that its first parameter admits; the rest is unknown.
  private func pushFallback(
    _ description: LuaClass, _ number: Int32, _ event: String, _ unknown: LuaFunction,
    push: (_ names: Int64, _ others: Int64) -> Void
  ) {
    let refusing = bind(unknown, .metamethod(number))
    guard let own = description.operators.first(where: { $0.name == event }) else {
      return push(refusing, refusing)
    }
    let bound = bind(own, .metamethod(number))
    let takesNames = own.parameters.first.map { $0.type.admitsNames } ?? true
    push(takesNames ? bound : refusing, bound)
  }

  private static func unknownMember(_ stack: LuaStack, _ name: String, _ members: [String]) -> ScriptError {
    guard let key = stack.string(2) else {
      return ScriptError("\(name): cannot be indexed with a \(stack.typeName(2))")
    }
    let hint = key.nearest(in: members).map { "; did you mean '\($0)'?" } ?? ""
    return ScriptError("\(name) has no '\(key)'\(hint)")
  }

  private func weakTable() throws -> LuaReference {
    stack.pushTable()
    stack.pushTable(fields: 1)
    stack.pushString("v")
    stack.setField("__mode", of: -2)
    stack.setMetatable(of: -2)
    return stack.takeReference()
  }
}
