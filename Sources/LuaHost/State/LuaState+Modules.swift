import CLua
import LuaBridge

/// Host modules and environments.
extension LuaState {
  /// Makes a module what `require "name"` gives to scripts; its parts are fields of it.
  public func install(_ module: LuaModule) throws {
    let stack = stack
    let base = stack.top
    defer { stack.top = base }
    try push(module, named: module.name, on: stack)
    modules[module.name] = stack.takeReference()
  }

  private func push(_ module: LuaModule, named path: String, on stack: LuaStack) throws {
    try stack.reserve(8)
    stack.pushTable(fields: module.functions.count + module.values.count + module.modules.count)
    for function in module.functions {
      nj_push_function(stack.thread, bind(function, .function))
      stack.setField(function.name, of: -2)
    }
    for value in module.values {
      try stack.push(value.value)
      stack.setField(value.name, of: -2)
    }
    for part in module.modules {
      try push(part, named: path + "." + part.name, on: stack)
      stack.setField(part.name, of: -2)
    }
    try pushReader(module, path, on: stack)
    nj_make_readonly(stack.thread, path)
  }

  /// Gives the table on top the metatable that computes properties and complains about unknown names.
  private func pushReader(_ module: LuaModule, _ path: String, on stack: LuaStack) throws {
    let members =
      module.functions.map(\.name) + module.values.map(\.name) + module.modules.map(\.name)
      + module.properties.map(\.name)
    let unknown = LuaFunction("__index", "", [.any("key", optional: true)]) { call in
      guard let key = call.stack.string(2) else { return try call.push(LuaValue.nil) }
      let hint = key.nearest(in: members).map { "; did you mean '\($0)'?" } ?? ""
      throw ScriptError("\(path) has no '\(key)'\(hint)")
    }
    stack.pushTable(fields: 1)
    stack.pushTable()  // the module's own fields are found before its metatable is asked
    stack.pushTable(fields: module.properties.count)
    for property in module.properties {
      stack.push(Int(bind(property.read, .binaryOperator)))
      stack.setField(property.name, of: -2)
    }
    let fallback = bind(unknown, .binaryOperator)
    nj_push_index(stack.thread, fallback, fallback)
    stack.setField("__index", of: -2)
    stack.setMetatable(of: -2)
  }

  /// A new environment: the safe libraries, copied, and `globals`.
  ///
  /// - Parameter purpose: what its `math.random` is for: numbers derive from it and the state's seed.
  public func makeEnvironment(_ globals: [String: LuaReference] = [:], purpose: String = "script") throws
    -> LuaReference
  {
    let stack = stack
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(16)
    nj_push_environment(
      stack.thread, lua_Integer(truncatingIfNeeded: deriveSeed(seed, "math.random of \(purpose)")))
    for (name, value) in globals.sorted(by: { $0.key < $1.key }) {
      try stack.push(value)
      stack.setField(name, of: -2)
    }
    return stack.takeReference()
  }

  /// A module that was installed.
  public func module(_ name: String) -> LuaReference? { modules[name] }

  /// A reference to a value.
  public func reference(to value: any LuaPushable) throws -> LuaReference {
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(4)
    try stack.push(value.luaValue)
    return stack.takeReference()
  }

  /// What a reference stands for, as data.
  public func value(of reference: LuaReference) throws -> LuaValue {
    try reading(reference) { try $0.value($1) }
  }

  /// A field of a referenced table, by raw access; nil when it has none.
  public func field(_ name: String, of table: LuaReference) throws -> LuaReference? {
    try reading(table) { stack, index in
      guard stack.kind(index) == .table, stack.getField(name, of: index) != .nil else { return nil }
      return stack.takeReference()
    }
  }

  /// A function of a referenced table, or of the tables that its metatables' `__index` lead to; nil when there is none.
  public func method(_ name: String, of table: LuaReference) throws -> LuaReference? {
    try reading(table) { stack, index in
      let base = stack.top
      defer { stack.top = base }
      try stack.reserve(40)
      stack.copy(index)
      for _ in 0..<16 where stack.kind(-1) == .table {
        if stack.getField(name, of: -1) == .function { return stack.takeReference() }
        stack.pop()
        guard lua_getmetatable(stack.thread, -1) != 0 else { return nil }
        stack.getField("__index", of: -1)
      }
      return nil
    }
  }

  /// Sets a field of a referenced table, by raw access.
  public func setField(_ name: String, of table: LuaReference, to value: any LuaPushable) throws {
    try reading(table) { stack, index in
      guard stack.kind(index) == .table else { throw ScriptError("field '\(name)': the value is no table") }
      try stack.push(value.luaValue)
      stack.setField(name, of: index)
    }
  }

  /// Lets `body` look at a referenced value on the stack.
  package func reading<R>(_ reference: LuaReference, _ body: (LuaStack, Int32) throws -> R) throws -> R {
    let stack = stack
    let base = stack.top
    defer { stack.top = base }
    try stack.reserve(8)
    try stack.push(reference)
    return try body(stack, stack.top)
  }
}

extension LuaState {
  /// The type of a referenced value.
  package func kind(of reference: LuaReference) throws -> LuaKind { try reading(reference) { $0.kind($1) } }
}
