import CLua
import LuaBridge

/// Registration of host functions and classes.
extension LuaState {
  private static let binary: Set<String> = [
    "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__idiv", "__band", "__bor", "__bxor", "__shl",
    "__shr",
    "__concat", "__lt", "__le", "__eq",
  ]

  /// Registers the class of functions that are made at run time.
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

  /// Pushes a Lua function that retains its Swift body until it is collected.
  ///
  /// - Throws: ``ScriptError`` when the stack cannot grow.
  func pushClosure(_ function: LuaFunction, on stack: LuaStack) throws {
    let bound = BoundFunction(function, .function, in: self)
    try push(LuaObject(className: "host function", storage: bound), on: stack)
    nj_push_closure(stack.thread)
  }

  /// A new Lua function.
  ///
  /// - Throws: ``ScriptError`` when the stack cannot grow.
  public func function(_ function: LuaFunction) throws -> LuaReference {
    try pushClosure(function, on: stack)
    return stack.takeReference()
  }

  /// Registers a class; values of its type can be pushed from then on.
  ///
  /// - Throws: ``ScriptError`` for a class that was registered already.
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
    bound.brief = description.brief
    bound.members = description.methods.map(\.name) + description.properties.map(\.name)
    bound.properties = Set(description.properties.map(\.name))
    if description.keepsIdentity { bound.instances = try weakTable() }

    stack.pushTable(fields: 20)
    nj_set_lifecycle(stack.thread)
    if description.keepsIdentity { nj_set_shared(stack.thread) }
    stack.pushString(description.name)
    stack.setField("__name", of: -2)
    stack.pushString(description.name)
    stack.setField("__metatable", of: -2)
    for function in description.operators where !["__index", "__newindex"].contains(function.name) {
      let style: BoundFunction.Style =
        switch function.name {
        case let name where Self.binary.contains(name): .binaryOperator
        case "__call": .method(number)
        default: .metamethod(number)
        }
      nj_push_function(stack.thread, bind(function, style))
      stack.setField(function.name, of: -2)
    }
    pushIndex(description, number, on: stack)
    stack.setField("__index", of: -2)
    pushNewIndex(description, number, on: stack)
    stack.setField("__newindex", of: -2)
    bound.metatable = stack.takeReference()
  }

  /// Sets `__index`: methods by a table lookup in C, then properties, then the class's own `__index`, else an error.
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
      throw call.state.unknownMember(call.stack, description.name, members)
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
      let what = "\(description.name): \(key) cannot be set"
      throw ScriptError(what, hint: call.state.advice(what, .messages))
    }
    pushFallback(description, number, "__newindex", unknown) { nj_push_newindex(stack.thread, $0, $1) }
  }

  /// The class's own operator gets the keys that its first parameter admits; other keys are unknown members.
  private func pushFallback(
    _ description: LuaClass, _ number: Int32, _ event: String, _ unknown: LuaFunction,
    push: (_ names: Int64, _ others: Int64) -> Void
  ) {
    let rejecting = bind(unknown, .metamethod(number))
    guard let own = description.operators.first(where: { $0.name == event }) else {
      return push(rejecting, rejecting)
    }
    let bound = bind(own, .metamethod(number))
    let takesNames = own.parameters.first.map { $0.type.admitsNames } ?? true
    push(takesNames ? bound : rejecting, bound)
  }

  private func unknownMember(_ stack: LuaStack, _ name: String, _ members: [String]) -> ScriptError {
    guard let key = stack.string(2) else {
      return ScriptError("\(name): cannot be indexed with a \(stack.typeName(2))")
    }
    return unknownName("\(name) has no '\(key)'", key, in: .classNamed(name), known: members)
  }

  /// The error for a name that does not exist: with advice for one of another library, else with a close one.
  package func unknownName(
    _ fact: String, _ name: String, in owner: NameOwner, known: [String]
  ) -> ScriptError {
    if let advice = advice(name, owner) { return ScriptError(fact, hint: advice) }
    if let nearest = name.nearest(in: known) { return ScriptError(fact + "; did you mean '\(nearest)'?") }
    // All of a few names help where none is close.
    return ScriptError(fact, hint: known.count > 8 ? nil : "it has \(known.sorted().joined(separator: ", "))")
  }

  /// Advice for an unknown key among `known` ones: "write …" instead of one of another library; nil for any other
  /// key, and where the advice names a key that is not taken here.
  func optionAdvice(_ name: String, _ known: [String]) -> String? {
    guard let advice = advice(name, .options) else { return nil }
    let key = advice.prefix { $0.isLetter || $0 == "_" }
    let isKey = key.endIndex == advice.endIndex || advice[key.endIndex] == ","
    return isKey && !known.contains(String(key)) ? nil : "write \(advice)"
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

/// Installation of host modules, and environments.
extension LuaState {
  /// Makes a module available as `require "name"`; its submodules are fields of it.
  ///
  /// - Throws: ``ScriptError`` for a value in it that cannot be pushed.
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
    for submodule in module.modules {
      try push(submodule, named: path + "." + submodule.name, on: stack)
      stack.setField(submodule.name, of: -2)
    }
    try pushReader(module, path, on: stack)
    nj_make_readonly(stack.thread, path)
  }

  /// Sets the metatable of the table on top: it computes properties and rejects unknown names.
  private func pushReader(_ module: LuaModule, _ path: String, on stack: LuaStack) throws {
    let members =
      module.functions.map(\.name) + module.values.map(\.name) + module.modules.map(\.name)
      + module.properties.map(\.name)
    moduleProperties[path] = module.properties.map(\.name)
    let unknown = LuaFunction("__index", "", [.any("key", optional: true)]) { call in
      guard let key = call.stack.string(2) else { return try call.push(LuaValue.nil) }
      throw call.state.unknownName("\(path) has no '\(key)'", key, in: .module(path), known: members)
    }
    stack.pushTable(fields: 1)
    stack.pushTable()  // no methods: the module's own fields take precedence over its metatable
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

  /// A new environment: copies of the safe libraries, and `globals`. The stream of its `math.random` derives from
  /// `purpose` and the state's seed.
  ///
  /// - Throws: ``ScriptError`` for globals of another state.
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

  /// An installed module; nil for an unknown name.
  public func module(_ name: String) -> LuaReference? { modules[name] }
}
