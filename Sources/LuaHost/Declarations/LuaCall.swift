/// One call of a host function: its arguments, already checked, and its results.
///
/// Arguments count from 1; argument 0 is the object a method was called on.
public struct LuaCall {
  unowned(unsafe) public let state: LuaState
  package let stack: LuaStack
  unowned(unsafe) let function: BoundFunction

  /// The name of the function as messages show it.
  package var functionName: String { function.declaration.shownName }

  /// How many arguments came, without the object itself.
  public var count: Int { Int(stack.top - function.offset) }

  package func index(_ argument: Int) -> Int32 { Int32(truncatingIfNeeded: argument) + function.offset }

  /// Whether an argument came and is not nil.
  public func has(_ argument: Int) -> Bool {
    let kind = stack.kind(index(argument))
    return kind != .nil && kind != .none
  }

  package func isTable(_ argument: Int) -> Bool { stack.kind(index(argument)) == .table }

  private func defaultValue(_ argument: Int) -> LuaValue {
    let parameters = function.declaration.parameters
    return argument >= 1 && argument <= parameters.count ? parameters[argument - 1].defaultValue : .nil
  }

  /// For a body that reads what its declaration does not promise.
  @usableFromInline package func unread(
    _ argument: Int, _ type: String, got: String? = nil, hint: String? = nil
  ) -> ScriptError {
    let got = got ?? stack.typeName(index(argument))
    return ScriptError(
      "\(function.declaration.shownName): argument \(argument): expected \(type), got \(got)", hint: hint)
  }

  private func got<T>(_ argument: Int, _ type: String, _ value: T?) throws -> T {
    guard let value else { throw unread(argument, type) }
    return value
  }

  public func integer(_ argument: Int) throws -> Int {
    if let value = stack.integer(index(argument)) { return value }
    return try got(argument, "integer", has(argument) ? nil : defaultValue(argument).integer)
  }

  public func number(_ argument: Int) throws -> Double {
    if stack.kind(index(argument)) == .number { return stack.number(index(argument)) }
    return try got(argument, "number", has(argument) ? nil : defaultValue(argument).number)
  }

  public func boolean(_ argument: Int) throws -> Bool {
    if stack.kind(index(argument)) == .boolean { return stack.boolean(index(argument)) }
    return try got(argument, "boolean", has(argument) ? nil : defaultValue(argument).boolean)
  }

  public func string(_ argument: Int) throws -> String {
    if let value = stack.string(index(argument)) { return value }
    return try got(argument, "string", has(argument) ? nil : defaultValue(argument).string)
  }

  /// The bytes of a string argument, as they are.
  public func bytes(_ argument: Int) throws -> [UInt8] {
    try got(argument, "string", stack.bytes(index(argument)))
  }

  /// An argument as data, or its default.
  public func value(_ argument: Int) throws -> LuaValue {
    has(argument) ? try stack.value(index(argument)) : defaultValue(argument)
  }

  public func integers(_ argument: Int) throws -> [Int] {
    try got(argument, "list of integers", try value(argument).integers)
  }

  public func numbers(_ argument: Int) throws -> [Double] {
    try got(argument, "list of numbers", try value(argument).numbers)
  }

  public func strings(_ argument: Int) throws -> [String] {
    try got(argument, "list of strings", try value(argument).strings)
  }

  /// Integers from a list or from all further arguments: `f{2, 3}` as `f(2, 3)`.
  public func integers(from argument: Int) throws -> [Int] {
    if stack.kind(index(argument)) == .table, count == argument { return try integers(argument) }
    guard count >= argument else { return [] }
    return try (argument...count).map(integer)
  }

  /// A function, or an object that can be called, kept for as long as the reference lives.
  public func function(_ argument: Int) throws -> LuaReference {
    guard has(argument) else { throw unread(argument, "function") }
    return stack.reference(index(argument))
  }

  /// Any argument, kept for as long as the reference lives.
  public func reference(_ argument: Int) -> LuaReference { stack.reference(index(argument)) }

  /// A host object.
  @inlinable
  public func object<T: LuaHosted>(_ argument: Int, _ type: T.Type = T.self) throws -> T {
    guard let storage = storage(argument), let value = T.fromLuaStorage(storage) else {
      throw unread(argument, T.luaClassName)
    }
    return value
  }

  @usableFromInline func storage(_ argument: Int) -> AnyObject? { stack.storage(index(argument)) }

  /// A host object, or nil when the argument is anything else; for unions.
  @inlinable
  public func objectIfAny<T: LuaHosted>(_ argument: Int, _ type: T.Type = T.self) -> T? {
    guard let storage = storage(argument) else { return nil }
    return T.fromLuaStorage(storage)
  }

  /// Changes the structure that an argument holds.
  public func update<T: LuaHosted>(_ argument: Int, _ change: (inout T) throws -> Void) throws {
    let box = try got(argument, T.luaClassName, stack.storage(index(argument)) as? HostBox<T>)
    try change(&box.value)
  }

  /// A host object of every element of a list.
  public func objects<T: LuaHosted>(_ argument: Int, _ type: T.Type = T.self) throws -> [T] {
    try (try value(argument).list ?? []).map {
      try got(argument, "list of \(T.luaClassName)s", $0.object(type))
    }
  }

  /// The fields of an options table, with the defaults filled in.
  public func options(_ argument: Int) throws -> LuaOptions {
    let parameters = function.declaration.parameters
    guard argument >= 1, argument <= parameters.count,
      case .options(let fields) = parameters[argument - 1].type
    else { throw unread(argument, "table of options") }
    return try LuaOptions(
      of: function.declaration.shownName, fields, stack, has(argument) ? index(argument) : nil)
  }
}
