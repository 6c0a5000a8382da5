/// The fields of an options table, checked, with defaults filled in.
public struct LuaOptions {
  private let function: String
  private var values: [String: LuaValue] = [:]

  init(of function: String, _ fields: [LuaParameter], _ stack: LuaStack, _ index: Int32?) throws {
    self.function = function
    for field in fields {
      values[field.name] = field.defaultValue
      guard let index else { continue }
      if stack.getField(field.name, of: index) != .nil {
        if case .function = field.type {
          values[field.name] = .function(stack.reference(-1))
        } else {
          values[field.name] = try stack.value(-1)
        }
      }
      stack.pop()
    }
  }

  /// The value of a field; `.nil` when it was not given and has no default.
  public subscript(_ name: String) -> LuaValue { values[name] ?? .nil }

  /// Whether a field was given or has a default.
  public func has(_ name: String) -> Bool { !self[name].isNil }

  /// The field as an integer.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func integer(_ name: String) throws -> Int { try unwrap(name, "integer", self[name].integer) }
  /// The field as a number.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func number(_ name: String) throws -> Double { try unwrap(name, "number", self[name].number) }
  /// The field as a boolean.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func boolean(_ name: String) throws -> Bool { try unwrap(name, "boolean", self[name].boolean) }
  /// The field as a string.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func string(_ name: String) throws -> String { try unwrap(name, "string", self[name].string) }
  /// The field as a list of integers.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func integers(_ name: String) throws -> [Int] {
    try unwrap(name, "list of integers", self[name].integers)
  }
  /// The field as a list of numbers.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func numbers(_ name: String) throws -> [Double] {
    try unwrap(name, "list of numbers", self[name].numbers)
  }
  /// The field as a list of strings.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func strings(_ name: String) throws -> [String] {
    try unwrap(name, "list of strings", self[name].strings)
  }
  /// The field as a reference to a function.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func function(_ name: String) throws -> LuaReference {
    try unwrap(name, "function", self[name].function)
  }

  /// The field as a host object.
  ///
  /// - Throws: ``ScriptError`` for a field that is absent or of another type.
  public func object<T: LuaHosted>(_ name: String, _ type: T.Type = T.self) throws -> T {
    try unwrap(name, T.luaClassName, self[name].object(type))
  }

  private func unwrap<T>(_ name: String, _ type: String, _ value: T?) throws -> T {
    guard let value else {
      throw ScriptError("\(function): field '\(name)': expected \(type), got \(self[name].typeName)")
    }
    return value
  }
}
