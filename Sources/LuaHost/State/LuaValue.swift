import Support

/// A Lua value as Swift data. Tables are copied by raw access: no metamethod runs.
///
/// It can be written as literals: `["rate": 16000, "names": ["a", "b"]]`.
public enum LuaValue: Sendable {
  case `nil`
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  /// A string that is not UTF-8; what expects text refuses it.
  case bytes([UInt8])
  case table(LuaTable)
  case function(LuaReference)
  case object(LuaObject)
}

/// A Lua table as data: a list part `1…n` and named fields in a fixed order.
public struct LuaTable: Sendable, ExpressibleByDictionaryLiteral {
  public var list: [LuaValue]
  public var fields: [(name: String, value: LuaValue)]

  /// Creates a table from its parts.
  public init(list: [LuaValue] = [], fields: [(name: String, value: LuaValue)] = []) {
    self.list = list
    self.fields = fields
  }

  /// An empty table.
  public init() { self.init(list: []) }

  public init(dictionaryLiteral elements: (String, LuaValue)...) {
    self.init(fields: elements.map { (name: $0.0, value: $0.1) })
  }

  /// The first field of this name, or `.nil`.
  public subscript(_ name: String) -> LuaValue {
    fields.first { $0.name.isSameName(as: name) }?.value ?? .nil
  }
}

extension LuaValue {
  public var isNil: Bool { if case .nil = self { true } else { false } }
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var table: LuaTable? { if case .table(let value) = self { value } else { nil } }
  public var function: LuaReference? { if case .function(let value) = self { value } else { nil } }

  /// An integer; 2.0 counts as 2.
  public var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A string: its text, or its bytes where they are not UTF-8.
  public init(string bytes: [UInt8]) {
    self = String(validating: bytes, as: UTF8.self).map(LuaValue.string) ?? .bytes(bytes)
  }

  /// The list part of a table.
  public var list: [LuaValue]? { table?.list }
  public var integers: [Int]? { list.flatMap { all($0.map(\.integer)) } }
  public var numbers: [Double]? { list.flatMap { all($0.map(\.number)) } }
  public var strings: [String]? { list.flatMap { all($0.map(\.string)) } }

  /// The host object if it is of this type; nil otherwise.
  public func object<T: LuaHosted>(_ type: T.Type = T.self) -> T? {
    if case .object(let object) = self { object.as(type) } else { nil }
  }

  private func all<T>(_ values: [T?]) -> [T]? {
    let present = values.compactMap { $0 }
    return present.count == values.count ? present : nil
  }

  /// As `type()` in Lua, and whether a string is no text; for host objects, the class name.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string: "string"
    case .bytes: "string that is not UTF-8"
    case .table: "table"
    case .function: "function"
    case .object(let object): object.className
    }
  }
}

extension LuaValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .nil }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: LuaValue...) { self = .table(LuaTable(list: elements)) }
  public init(dictionaryLiteral elements: (String, LuaValue)...) {
    self = .table(LuaTable(fields: elements.map { (name: $0.0, value: $0.1) }))
  }
}

extension LuaValue: Equatable {
  /// Numbers compare by value, tables by content, functions and objects by identity.
  public static func == (a: LuaValue, b: LuaValue) -> Bool {
    switch (a, b) {
    case (.nil, .nil): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.string(let a), .string(let b)): a.isSameName(as: b)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.integer, .integer), (.number, .number), (.integer, .number), (.number, .integer):
      a.number == b.number
    case (.table(let a), .table(let b)):
      a.list == b.list && a.fields.count == b.fields.count && a.fields.allSatisfy { b[$0.name] == $0.value }
    case (.function(let a), .function(let b)): a === b
    case (.object(let a), .object(let b)): a.storage === b.storage
    default: false
    }
  }
}

extension LuaValue {
  /// As it is written on the command line.
  public var literal: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
    case .string(let value): "'\(value)'"
    case .bytes(let value): "'\(value.escapedBytes)'"
    case .table(let table): table.list.map(\.literal).joined(separator: ",")
    default: typeName
    }
  }
}

/// A value that can be pushed to Lua.
public protocol LuaPushable {
  var luaValue: LuaValue { get }
}

extension LuaValue: LuaPushable { public var luaValue: LuaValue { self } }
extension Bool: LuaPushable { public var luaValue: LuaValue { .boolean(self) } }
extension Int: LuaPushable { public var luaValue: LuaValue { .integer(self) } }
extension Double: LuaPushable { public var luaValue: LuaValue { .number(self) } }
extension Float: LuaPushable { public var luaValue: LuaValue { .number(Double(self)) } }
extension String: LuaPushable { public var luaValue: LuaValue { .string(self) } }
extension LuaTable: LuaPushable { public var luaValue: LuaValue { .table(self) } }
/// Pushed as the value it stands for, whatever its type.
extension LuaReference: LuaPushable { public var luaValue: LuaValue { .function(self) } }
extension LuaObject: LuaPushable { public var luaValue: LuaValue { .object(self) } }
extension LuaHosted { public var luaValue: LuaValue { .object(LuaObject(self)) } }

extension Optional: LuaPushable where Wrapped: LuaPushable {
  public var luaValue: LuaValue { self?.luaValue ?? .nil }
}

extension Array: LuaPushable where Element: LuaPushable {
  public var luaValue: LuaValue { .table(LuaTable(list: map(\.luaValue))) }
}

/// Fields are pushed in the order of their names.
extension Dictionary: LuaPushable where Key == String, Value: LuaPushable {
  public var luaValue: LuaValue {
    .table(LuaTable(fields: sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value.luaValue) }))
  }
}
