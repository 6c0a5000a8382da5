import LuaBridge
import Support

/// One call of a host function: its checked arguments, and its results.
///
/// Arguments count from 1; argument 0 is the object a method was called on.
public struct LuaCall {
  unowned(unsafe) public let state: LuaState
  package let stack: LuaStack
  unowned(unsafe) let function: BoundFunction
  /// Argument 0 of a method, checked; it stays on the stack during the call.
  let receiver: UnsafeMutablePointer<nj_object>?

  /// The function's name in messages.
  package var functionName: String { function.declaration.displayName }

  /// The number of arguments that were passed, without the object itself.
  public var count: Int { Int(stack.top - function.offset) }

  /// The stack index of an argument.
  package func index(_ argument: Int) -> Int32 { Int32(truncatingIfNeeded: argument) + function.offset }

  /// Whether an argument was passed and is not nil.
  public func has(_ argument: Int) -> Bool {
    let kind = stack.kind(index(argument))
    return kind != .nil && kind != .none
  }

  /// Whether an argument is a table.
  package func isTable(_ argument: Int) -> Bool { stack.kind(index(argument)) == .table }

  /// Whether an argument is a boolean.
  package func isBoolean(_ argument: Int) -> Bool { stack.kind(index(argument)) == .boolean }

  private func defaultValue(_ argument: Int) -> LuaValue {
    let parameters = function.declaration.parameters
    return argument >= 1 && argument <= parameters.count ? parameters[argument - 1].defaultValue : .nil
  }

  /// The error for an argument of another type than a body reads.
  @usableFromInline package func unread(
    _ argument: Int, _ type: String, got: String? = nil, hint: String? = nil
  ) -> ScriptError {
    let got = got ?? stack.typeName(index(argument))
    return ScriptError(
      "\(function.declaration.displayName): argument \(argument): expected \(type), got \(got)", hint: hint)
  }

  private func unwrap<T>(_ argument: Int, _ type: String, _ value: T?) throws -> T {
    guard let value else { throw unread(argument, type) }
    return value
  }

  /// An integer argument, or its default.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func integer(_ argument: Int) throws -> Int {
    if let value = stack.integer(index(argument)) { return value }
    return try unwrap(argument, "integer", has(argument) ? nil : defaultValue(argument).integer)
  }

  /// A number argument, or its default.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func number(_ argument: Int) throws -> Double {
    if stack.kind(index(argument)) == .number { return stack.number(index(argument)) }
    return try unwrap(argument, "number", has(argument) ? nil : defaultValue(argument).number)
  }

  /// A boolean argument, or its default.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func boolean(_ argument: Int) throws -> Bool {
    if stack.kind(index(argument)) == .boolean { return stack.boolean(index(argument)) }
    return try unwrap(argument, "boolean", has(argument) ? nil : defaultValue(argument).boolean)
  }

  /// A string argument, or its default.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func string(_ argument: Int) throws -> String {
    if let value = stack.string(index(argument)) { return value }
    return try unwrap(argument, "string", has(argument) ? nil : defaultValue(argument).string)
  }

  /// The bytes of a string argument, unchanged.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func bytes(_ argument: Int) throws -> [UInt8] {
    try unwrap(argument, "string", stack.bytes(index(argument)))
  }

  /// An argument as data, or its default.
  ///
  /// - Throws: ``ScriptError`` for a value that Swift cannot hold.
  public func value(_ argument: Int) throws -> LuaValue {
    has(argument) ? try stack.value(index(argument)) : defaultValue(argument)
  }

  /// A list of integers, or its default.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func integers(_ argument: Int) throws -> [Int] {
    try unwrap(argument, "list of integers", try value(argument).integers)
  }

  /// A list of numbers, or its default.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func numbers(_ argument: Int) throws -> [Double] {
    try unwrap(argument, "list of numbers", try value(argument).numbers)
  }

  /// A list of strings, or its default.
  ///
  /// - Throws: ``ScriptError`` for an argument of another type.
  public func strings(_ argument: Int) throws -> [String] {
    try unwrap(argument, "list of strings", try value(argument).strings)
  }

  /// Integers from a list or from all further arguments: `f{2, 3}` is the same as `f(2, 3)`.
  ///
  /// - Throws: ``ScriptError``.
  public func integers(from argument: Int) throws -> [Int] {
    if stack.kind(index(argument)) == .table, count == argument { return try integers(argument) }
    guard count >= argument else { return [] }
    return try (argument...count).map(integer)
  }

  /// A reference to a function or callable object.
  ///
  /// - Throws: ``ScriptError`` when the argument is absent or nil.
  public func function(_ argument: Int) throws -> LuaReference {
    guard has(argument) else { throw unread(argument, "function") }
    return stack.reference(index(argument))
  }

  /// A reference to an argument of any type.
  public func reference(_ argument: Int) -> LuaReference { stack.reference(index(argument)) }

  /// A host object.
  ///
  /// - Throws: ``ScriptError`` for any other value.
  @inlinable
  public func object<T: LuaHosted>(_ argument: Int, _ type: T.Type = T.self) throws -> T {
    guard let storage = storage(argument), let value = T.fromLuaStorage(storage) else {
      throw unread(argument, T.luaClassName)
    }
    return value
  }

  @usableFromInline func storage(_ argument: Int) -> AnyObject? { borrowed(argument)?.takeUnretainedValue() }

  /// What a host object holds, not retained; nil when the argument is any other value, or was released.
  @usableFromInline package func borrowed(_ argument: Int) -> Unmanaged<AnyObject>? {
    let held = argument == 0 ? receiver : nj_to_object(stack.thread, index(argument))
    return held?.pointee.object.map { Unmanaged.fromOpaque($0) }
  }

  /// Where the structure is that an argument holds, to read a field without copying it; it is there as long as the
  /// argument is not released.
  ///
  /// - Throws: ``ScriptError`` for any other value.
  @inlinable @inline(__always)
  package func pointer<T: LuaHosted>(_ argument: Int, to type: T.Type = T.self) throws -> UnsafePointer<T> {
    guard let pointer = pointerIfAny(argument, to: type) else { throw unread(argument, T.luaClassName) }
    return pointer
  }

  /// The same; nil when the argument is any other value.
  @inlinable @inline(__always)
  package func pointerIfAny<T: LuaHosted>(_ argument: Int, to type: T.Type = T.self) -> UnsafePointer<T>? {
    borrowed(argument)?._withUnsafeGuaranteedRef { storage -> UnsafePointer<T>? in
      // A comparison, where a cast would look for superclasses.
      guard Swift.type(of: storage) == HostBox<T>.self else { return nil }
      return UnsafePointer(unsafeDowncast(storage, to: HostBox<T>.self).pointer)
    }
  }

  /// A host object; nil when the argument is any other value. For unions.
  @inlinable
  public func objectIfAny<T: LuaHosted>(_ argument: Int, _ type: T.Type = T.self) -> T? {
    guard let storage = storage(argument) else { return nil }
    return T.fromLuaStorage(storage)
  }

  /// Changes the structure that an argument holds.
  ///
  /// - Throws: what `change` throws; ``ScriptError`` for any other value.
  public func update<T: LuaHosted>(_ argument: Int, _ change: (inout T) throws -> Void) throws {
    let box = try unwrap(argument, T.luaClassName, stack.storage(index(argument)) as? HostBox<T>)
    try change(&box.pointer.pointee)
  }

  /// The host objects in a list.
  ///
  /// - Throws: ``ScriptError`` for an element of another type.
  public func objects<T: LuaHosted>(_ argument: Int, _ type: T.Type = T.self) throws -> [T] {
    var watch = Interruption.Watch()
    return try (try value(argument).list ?? []).map { element in
      try watch.count(1 << 11, function.declaration.name)
      return try unwrap(argument, "list of \(T.luaClassName)s", element.object(type))
    }
  }

  /// The fields of an options table, with defaults filled in.
  ///
  /// - Throws: ``ScriptError`` when the parameter is not declared as options.
  public func options(_ argument: Int) throws -> LuaOptions {
    let parameters = function.declaration.parameters
    guard argument >= 1, argument <= parameters.count,
      case .options(let fields) = parameters[argument - 1].type
    else { throw unread(argument, "table of options") }
    return try LuaOptions(
      of: function.declaration.displayName, fields, stack, has(argument) ? index(argument) : nil)
  }
}

/// Results.
extension LuaCall {
  /// Pushes a boolean.
  public func push(_ value: Bool) -> LuaResults {
    stack.push(value)
    return LuaResults(count: 1)
  }

  /// Pushes an integer.
  public func push(_ value: Int) -> LuaResults {
    stack.push(value)
    return LuaResults(count: 1)
  }

  /// Pushes a number.
  public func push(_ value: Double) -> LuaResults {
    stack.push(value)
    return LuaResults(count: 1)
  }

  /// Pushes a number.
  public func push(_ value: Float) -> LuaResults { push(Double(value)) }

  /// Pushes a string.
  public func push(_ value: String) -> LuaResults {
    stack.pushString(value)
    return LuaResults(count: 1)
  }

  /// Pushes a string of any bytes.
  public func push(bytes: [UInt8]) -> LuaResults {
    stack.pushBytes(bytes)
    return LuaResults(count: 1)
  }

  /// Pushes a host object.
  ///
  /// - Throws: ``ScriptError`` for a class that was not registered.
  public func push<T: LuaHosted>(_ value: T) throws -> LuaResults {
    try state.push(LuaObject(value), on: stack)
    return LuaResults(count: 1)
  }

  /// Pushes several results, or tables, lists and dictionaries.
  ///
  /// - Throws: ``ScriptError`` for an object of an unregistered class, or when the stack cannot grow.
  public func push(_ values: any LuaPushable...) throws -> LuaResults {
    try stack.reserve(values.count)
    for value in values { try stack.push(value.luaValue) }
    return LuaResults(count: Int32(values.count))
  }

  /// Pushes each element as a result.
  ///
  /// - Throws: ``ScriptError`` as for ``push(_:)-(LuaPushable...)``.
  public func push(all values: [LuaValue]) throws -> LuaResults {
    try stack.reserve(values.count)
    for value in values { try stack.push(value) }
    return LuaResults(count: Int32(values.count))
  }

  /// Pushes one of the arguments itself, for methods that return `self`.
  public func push(argument: Int) -> LuaResults {
    stack.copy(index(argument))
    return LuaResults(count: 1)
  }

  /// Pushes a new Lua function, for iterators: `for batch in …` calls it until it returns nil.
  ///
  /// - Throws: ``ScriptError`` when the stack cannot grow.
  public func push(function name: String, _ body: @escaping LuaFunction.Body) throws -> LuaResults {
    try push(LuaFunction(name, "", [.rest("arguments")], body))
  }

  /// Pushes a new Lua function; its body lives until Lua collects it.
  ///
  /// - Throws: ``ScriptError`` when the stack cannot grow.
  public func push(_ function: LuaFunction) throws -> LuaResults {
    try state.pushClosure(function, on: stack)
    return LuaResults(count: 1)
  }

  /// Releases an object's memory; later use is an error.
  public func release(_ argument: Int) { stack.release(index(argument)) }

  /// Sets how many native bytes an object holds, for the collector.
  public func setBytes(_ argument: Int, _ bytes: Int) { stack.setBytes(bytes, index(argument)) }

  /// The line of the script that makes this call; empty otherwise.
  public var position: [ErrorLocation] { stack.position() }
}
