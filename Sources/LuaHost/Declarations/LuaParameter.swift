/// One parameter of a host function, or one field of its options.
public struct LuaParameter: Sendable {
  public let name: String
  public let type: LuaType
  /// Whether it may be omitted or nil.
  public let isOptional: Bool
  /// The value when it is omitted; `.nil` for none.
  public let defaultValue: LuaValue
  public let help: String
  /// Whether it takes all further arguments.
  public let isRest: Bool
  /// The type of a function as LuaCATS writes it, `fun(self: table, x: nj.tensor): nj.tensor`; nil for any function.
  public let signature: String?
  /// The fields of a table that the function checks by itself; for the reference and editors only.
  public let fields: [LuaParameter]
  /// Names of other libraries that a table of named arguments may have for it: PyTorch's `in_features` for `in`.
  public private(set) var synonyms: [String] = []

  /// Declares a parameter; one with a default is optional.
  public init(
    _ name: String, _ type: LuaType, optional: Bool = false, default value: LuaValue = .nil,
    help: String = "",
    rest: Bool = false, signature: String? = nil, fields: [LuaParameter] = []
  ) {
    self.signature = signature
    self.fields = fields
    self.name = name
    self.type = type
    self.isOptional = optional || rest || !value.isNil
    self.defaultValue = value
    self.help = help
    self.isRest = rest
  }

  /// A value of any type.
  public static func any(_ name: String, optional: Bool = false, help: String = "") -> Self {
    Self(name, .any, optional: optional, help: help)
  }

  /// A boolean.
  public static func boolean(
    _ name: String, default value: Bool? = nil, optional: Bool = false, help: String = ""
  ) -> Self {
    Self(name, .boolean, optional: optional, default: value.luaValue, help: help)
  }

  /// An integer from `min` to `max`.
  public static func integer(
    _ name: String, default value: Int? = nil, optional: Bool = false, min: Int = .min, max: Int = .max,
    help: String = ""
  ) -> Self {
    Self(name, .integer(min...max), optional: optional, default: value.luaValue, help: help)
  }

  /// A number from `min` to `max`.
  public static func number(
    _ name: String, default value: Double? = nil, optional: Bool = false, min: Double = -.infinity,
    max: Double = .infinity, help: String = ""
  ) -> Self {
    Self(name, .number(min...max), optional: optional, default: value.luaValue, help: help)
  }

  /// A string of any length and any bytes.
  public static func text(_ name: String, help: String = "") -> Self { Self(name, .text, help: help) }

  /// A name, a path, a title.
  public static func string(
    _ name: String, default value: String? = nil, optional: Bool = false, help: String = ""
  ) -> Self {
    Self(name, .string, optional: optional, default: value.luaValue, help: help)
  }

  /// One of several strings.
  public static func choice(
    _ name: String, _ words: [String], default value: String? = nil, optional: Bool = false, help: String = ""
  ) -> Self {
    Self(name, .choice(words), optional: optional, default: value.luaValue, help: help)
  }

  /// A table of any content; `fields` describes what it usually holds.
  public static func table(
    _ name: String, optional: Bool = false, fields: [LuaParameter] = [], help: String = ""
  ) -> Self {
    Self(name, .table, optional: optional, help: help, fields: fields)
  }

  /// A function or callable object; `signature` is its type as LuaCATS writes it.
  public static func function(
    _ name: String, optional: Bool = false, signature: String? = nil, help: String = ""
  ) -> Self {
    Self(name, .function, optional: optional, help: help, signature: signature)
  }

  /// A list of integers of at least `min`.
  public static func integers(
    _ name: String, default value: [Int]? = nil, optional: Bool = false, min: Int = .min, max: Int = .max,
    help: String = ""
  ) -> Self {
    Self(name, .list(.integer(min...max)), optional: optional, default: value.luaValue, help: help)
  }

  /// A list of numbers.
  public static func numbers(
    _ name: String, default value: [Double]? = nil, optional: Bool = false, help: String = ""
  ) -> Self {
    Self(name, .list(.number(LuaType.everyNumber)), optional: optional, default: value.luaValue, help: help)
  }

  /// A list of strings.
  public static func strings(
    _ name: String, default value: [String]? = nil, optional: Bool = false, help: String = ""
  ) -> Self {
    Self(name, .list(.string), optional: optional, default: value.luaValue, help: help)
  }

  /// A list whose elements are of a type.
  public static func list(_ name: String, of type: LuaType, optional: Bool = false, help: String = "") -> Self
  {
    Self(name, .list(type), optional: optional, help: help)
  }

  /// A host object of the class with this name.
  public static func object(
    _ name: String, _ className: String, optional: Bool = false, help: String = ""
  ) -> Self {
    Self(name, .object(className), optional: optional, help: help)
  }

  /// A value of one of several types.
  public static func either(
    _ name: String, _ types: [LuaType], default value: LuaValue = .nil, optional: Bool = false,
    help: String = ""
  ) -> Self {
    Self(name, .union(types), optional: optional, default: value, help: help)
  }

  /// A table with declared fields; it may be omitted when all of them may.
  public static func options(_ name: String = "options", _ fields: [LuaParameter], help: String = "") -> Self
  {
    Self(name, .options(fields), optional: fields.allSatisfy(\.isOptional), help: help)
  }

  /// All further arguments; read them from `call.count`.
  public static func rest(_ name: String, _ type: LuaType = .any, help: String = "") -> Self {
    Self(name, type, help: help, rest: true)
  }

  /// A shape or list of dimensions: `f{2, 3}`, `f({2, 3})` or `f(2, 3)`; read it with `call.integers(from:)`.
  public static func sizes(_ name: String, help: String = "") -> Self {
    Self(
      name, .union([.integer(LuaType.everyInteger), .list(.integer(LuaType.everyInteger))]), help: help,
      rest: true)
  }
}

extension LuaParameter {
  /// The declared fields of a table of options, or those that describe a table.
  var allFields: [LuaParameter] {
    if case .options(let fields) = type { fields } else { fields }
  }

  /// The same parameter with further names, separated by spaces, for tables of named arguments.
  public func also(_ names: String) -> LuaParameter {
    var copy = self
    copy.synonyms += names.split(separator: " ").map(String.init)
    return copy
  }

  /// Its name as a key of a table: `["in"]`, where it is a word of Lua.
  var key: String { EditorTypes.reserved.contains(name) ? "[\"\(name)\"]" : name }

  /// Its type as LuaCATS writes it.
  var annotation: String { signature ?? type.annotation }
}

extension LuaType {
  /// Any integer.
  public static var integer: LuaType { .integer(everyInteger) }
  /// Any number.
  public static var number: LuaType { .number(everyNumber) }
}
