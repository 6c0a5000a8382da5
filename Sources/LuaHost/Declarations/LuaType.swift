/// The type of a parameter, an option or a field.
public indirect enum LuaType: Sendable, CustomStringConvertible {
  case any
  case boolean
  /// An integer in a range; 2.0 is one, 1.5 is not.
  case integer(ClosedRange<Int>)
  /// A number in a range; NaN is accepted only if the range is unbounded.
  case number(ClosedRange<Double>)
  /// A name, a path, a title: of at most `maxNameLength` bytes, and in UTF-8.
  case string
  /// A string of any length and any bytes, which the function reads in parts.
  case text
  /// One of these strings.
  case choice([String])
  case table
  /// A function, or a callable object.
  case function
  case list(LuaType)
  /// A table with these fields and no others.
  case options([LuaParameter])
  /// A host object of the class with this name.
  case object(String)
  case union([LuaType])

  /// The most bytes of a string that is no text: what is done to it takes some milliseconds.
  package static let maxNameLength = 1 << 17

  static let everyInteger = Int.min...Int.max
  static let everyNumber = -Double.infinity...Double.infinity

  /// As error messages show it: `list of integers`.
  public var description: String {
    switch self {
    case .any: "any value"
    case .boolean: "boolean"
    case .integer(let range): "integer" + Self.words(range.lowerBound, range.upperBound, Int.min, Int.max)
    case .number(let range):
      "number" + Self.words(range.lowerBound, range.upperBound, -Double.infinity, .infinity)
    case .string, .text: "string"
    case .choice(let words): "one of " + words.map { "'\($0)'" }.joined(separator: ", ")
    case .table: "table"
    case .function: "function"
    case .list(.any): "list"
    case .list(.integer): "list of integers"
    case .list(let element): "list of \(element.plural)"
    case .options: "table of options"
    case .object(let name): name
    case .union(let types): types.map(\.description).joined(separator: " or ")
    }
  }

  private var plural: String {
    switch self {
    case .choice, .union: "(\(self))"
    default: "\(self)s"
    }
  }

  private static func words<T: Equatable>(_ low: T, _ high: T, _ lowest: T, _ highest: T) -> String {
    switch (low == lowest, high == highest) {
    case (true, true): ""
    case (false, true): " of at least \(low)"
    case (true, false): " of at most \(high)"
    case (false, false): " from \(low) to \(high)"
    }
  }

  /// As a type annotation of LuaCATS.
  public var annotation: String {
    switch self {
    case .any: "any"
    case .boolean, .string, .text, .table: "\(self)"
    case .integer: "integer"
    case .number: "number"
    case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: "|")
    case .function: "function"
    case .list(let element): "(\(element.annotation))[]"
    case .options(let fields):
      "{ "
        + fields.map { "\($0.name)\($0.isOptional ? "?" : ""): \($0.type.annotation)" }.joined(
          separator: ", ")
        + " }"
    case .object(let name): "nj.\(name)"
    case .union(let types): types.map(\.annotation).joined(separator: "|")
    }
  }
}

extension LuaType {
  var isEveryInteger: Bool {
    if case .integer(Self.everyInteger) = self { true } else { false }
  }

  /// Whether some number is of this type.
  var admitsNumbers: Bool {
    switch self {
    case .any, .integer, .number: true
    case .union(let types): types.contains { $0.admitsNumbers }
    default: false
    }
  }

  /// Whether some table with named fields is of this type.
  package var admitsFields: Bool {
    switch self {
    case .any, .table, .options, .function: true
    case .union(let types): types.contains { $0.admitsFields }
    default: false
    }
  }

  /// Whether some list is of this type.
  var admitsLists: Bool {
    switch self {
    case .any, .table, .list: true
    case .union(let types): types.contains { $0.admitsLists }
    default: false
    }
  }

  /// Whether some string is of this type.
  var admitsNames: Bool {
    switch self {
    case .any, .string, .text, .choice: true
    case .union(let types): types.contains { $0.admitsNames }
    default: false
    }
  }
}
