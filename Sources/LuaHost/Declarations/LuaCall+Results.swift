import Support

/// What a host function gives back.
extension LuaCall {
  public func push(_ value: Bool) -> LuaResults {
    stack.push(value)
    return LuaResults(count: 1)
  }

  public func push(_ value: Int) -> LuaResults {
    stack.push(value)
    return LuaResults(count: 1)
  }

  public func push(_ value: Double) -> LuaResults {
    stack.push(value)
    return LuaResults(count: 1)
  }

  public func push(_ value: Float) -> LuaResults { push(Double(value)) }

  public func push(_ value: String) -> LuaResults {
    stack.pushString(value)
    return LuaResults(count: 1)
  }

  /// A string of any bytes.
  public func push(bytes: [UInt8]) -> LuaResults {
    stack.pushBytes(bytes)
    return LuaResults(count: 1)
  }

  /// A host object of a registered class.
  public func push<T: LuaHosted>(_ value: T) throws -> LuaResults {
    try state.push(LuaObject(value), on: stack)
    return LuaResults(count: 1)
  }

  /// Several results, or tables, lists and dictionaries.
  public func push(_ values: any LuaPushable...) throws -> LuaResults {
    try stack.reserve(values.count)
    for value in values { try stack.push(value.luaValue) }
    return LuaResults(count: Int32(values.count))
  }

  /// All elements as results of their own.
  public func push(all values: [LuaValue]) throws -> LuaResults {
    try stack.reserve(values.count)
    for value in values { try stack.push(value) }
    return LuaResults(count: Int32(values.count))
  }

  /// One of the arguments itself, for methods that give `self` back.
  public func push(argument: Int) -> LuaResults {
    stack.copy(index(argument))
    return LuaResults(count: 1)
  }

  /// A new Lua function; for iterators: `for batch in …` calls it until it gives nil.
  public func push(function name: String, _ body: @escaping LuaFunction.Body) throws -> LuaResults {
    try push(LuaFunction(name, "", [.rest("arguments")], body))
  }

  /// A new Lua function; it lives as long as Lua can reach it.
  public func push(_ function: LuaFunction) throws -> LuaResults {
    try state.pushClosure(function, on: stack)
    return LuaResults(count: 1)
  }

  /// Gives an object's memory back; later use is an error.
  public func release(_ argument: Int) { stack.release(index(argument)) }

  /// Tells the collector how many native bytes hang on an object now.
  public func setBytes(_ argument: Int, _ bytes: Int) { stack.setBytes(bytes, index(argument)) }

  /// Where in the script this call is.
  public var position: [ErrorLocation] { stack.position() }
}
