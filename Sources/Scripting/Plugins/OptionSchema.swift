import LuaHost
import Support

/// The options that a plugin or script declares: types, defaults, ranges, help.
public struct OptionSchema: Sendable, Equatable {
  /// By name, sorted.
  public let options: [PluginOption]

  /// How an option is declared, for the reference.
  static let declaration =
    "by name: { " + PluginOption.keys.map { "\($0) =" }.joined(separator: ", ")
    + " }; its type follows from the default, from choices or from type"

  /// Creates a schema of options.
  public init(_ options: [PluginOption] = []) { self.options = options.sorted { $0.name < $1.name } }

  /// Parses a declaration: `{ channels = { default = 256, min = 1, help = "…" }, … }`.
  ///
  /// - Throws: ``OptionError`` for an unknown key, an invalid range or an invalid default.
  public init(declared value: LuaValue) throws {
    if value.isNil {
      self.init()
      return
    }
    guard let table = value.table, table.list.isEmpty else {
      throw OptionError(
        "options: expected a table of options by name, got \(value.table == nil ? value.typeName : "a list")")
    }
    self.init(try table.fields.map { try PluginOption(declared: $0.name, $0.value) })
  }

  public var names: [String] { options.map(\.name) }

  /// The option of this name.
  ///
  /// - Throws: ``OptionError`` with the nearest name when the name is unknown.
  public func option(_ name: String) throws -> PluginOption {
    if let option = options.first(where: { $0.name == name }) { return option }
    if options.isEmpty { throw OptionError("unknown option '\(name)': there are no options") }
    let hint =
      name.nearest(in: names).map { "did you mean '\($0)'?" } ?? "there is " + names.joined(separator: ", ")
    throw OptionError("unknown option '\(name)'; \(hint)")
  }

  /// Parses the text of `--set name=text`.
  ///
  /// - Throws: ``OptionError`` for an unknown name or a value that does not fit.
  public func parse(_ name: String, _ text: String) throws -> LuaValue { try option(name).parse(text) }

  /// Checks the given options and fills the others with their defaults.
  ///
  /// - Throws: ``OptionError`` naming the option, what was expected, and what was given.
  public func fill(_ given: LuaTable) throws -> LuaTable {
    guard given.list.isEmpty else { throw OptionError("options: expected names with values, got a list") }
    for field in given.fields { _ = try option(field.name) }
    let fields = try options.compactMap { option -> (name: String, value: LuaValue)? in
      let value = given[option.name]
      let filled = value.isNil ? option.defaultValue : try option.checked(value)
      if filled.isNil && option.isRequired {
        throw OptionError("option '\(option.name)' is required: expected \(option.expected)")
      }
      return filled.isNil ? nil : (name: option.name, value: filled)
    }
    return LuaTable(fields: fields)
  }

  /// As ``fill(_:)``, from texts of the command line.
  ///
  /// - Throws: ``OptionError``.
  public func fill(texts: [String: String]) throws -> LuaTable {
    let fields = try texts.sorted { $0.key < $1.key }.map {
      (name: $0.key, value: try parse($0.key, $0.value))
    }
    return try fill(LuaTable(fields: fields))
  }
}

/// An option whose declaration or value is not valid.
public struct OptionError: NightjarError {
  public let message: ErrorMessage

  /// Creates an error; control characters in its texts are escaped.
  public init(_ what: String, hint: String? = nil) {
    self.init(ErrorMessage(what, hint: hint))
  }

  /// Creates an error from a message; control characters in it are escaped.
  public init(_ message: ErrorMessage) {
    self.message = ErrorMessage(message.what.printable(), hint: message.hint?.printable())
  }

  public var exitCode: ExitCode { .usage }
}

/// A declared option.
public struct PluginOption: Sendable, Equatable {
  /// The type of an option.
  public enum Kind: String, Sendable, CaseIterable {
    case integer, number, boolean, string
    case integers, numbers, booleans, strings

    var isList: Bool { rawValue.hasSuffix("s") }

    var element: Kind { isList ? Kind(rawValue: String(rawValue.dropLast())) ?? self : self }

    /// For messages: `list of integers`.
    var words: String { isList ? "list of \(rawValue)" : rawValue }
  }

  public let name: String
  public let kind: Kind
  /// `.nil` when it is required, or may be absent.
  public let defaultValue: LuaValue
  public let min: Double?
  public let max: Double?
  public let choices: [LuaValue]
  public let help: String
  public let isRequired: Bool

  fileprivate static let keys = ["default", "min", "max", "choices", "type", "help", "required"]

  init(declared name: String, _ value: LuaValue) throws {
    func problem(_ text: String) -> OptionError { OptionError("option '\(name)': \(text)") }
    guard let table = value.table, table.list.isEmpty || !table.fields.isEmpty else {
      throw problem("expected a table like { default = …, help = … }, got \(value.typeName)")
    }
    if !table.list.isEmpty { throw problem("unknown key '1'; it takes " + Self.keys.joined(separator: ", ")) }
    for field in table.fields where !Self.keys.contains(field.name) {
      let hint = field.name.nearest(in: Self.keys).map { "did you mean '\($0)'?" }
      throw problem("unknown key '\(field.name)'; \(hint ?? "it takes " + Self.keys.joined(separator: ", "))")
    }
    func field<T>(_ key: String, _ type: String, _ read: (LuaValue) -> T?) throws -> T? {
      if table[key].isNil { return nil }
      guard let value = read(table[key]) else {
        throw problem("\(key): expected \(type), got \(table[key].typeName)")
      }
      return value
    }
    self.name = name
    help = try field("help", "string", \.string) ?? ""
    choices = try field("choices", "list", \.list) ?? []
    min = try field("min", "number", \.number)
    max = try field("max", "number", \.number)
    defaultValue = table["default"]
    if let word = try field("type", "string", \.string) {
      guard let kind = Kind(rawValue: word) else {
        throw problem(
          "type: expected one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")), got '\(word)'")
      }
      self.kind = kind
    } else if let kind = Self.kind(of: defaultValue) ?? choices.first.flatMap(Self.kind) {
      // { default = 0, max = 0.99 } declares numbers: a fractional bound makes no sense for integers.
      let bounds = [table["min"], table["max"]].map(Self.kind)
      let isNumber = bounds.contains(.number) && kind.element == .integer
      self.kind = isNumber ? (kind.isList ? .numbers : .number) : kind
    } else {
      throw problem("its type is unknown: add a default, choices, or type = \"integer\"")
    }
    isRequired = try field("required", "boolean", \.boolean) ?? false
    if let min, let max, min > max { throw problem("min \(min) is above max \(max)") }
    if !defaultValue.isNil {
      do { _ = try checked(defaultValue) } catch let error as OptionError {
        throw OptionError(error.message.prefixed("invalid default of "))
      }
    }
  }

  private static func kind(of value: LuaValue) -> Kind? {
    switch value {
    case .boolean: .boolean
    case .integer: .integer
    case .number: .number
    case .string: .string
    case .table(let table):
      // A list that mixes 1 and 0.5 is a list of numbers.
      table.list.contains { if case .number = $0 { true } else { false } }
        ? .numbers : table.list.first.flatMap(kind).flatMap { Kind(rawValue: $0.rawValue + "s") }
    default: nil
    }
  }

  /// What it accepts, in words: `integer of at least 1`.
  public var expected: String {
    if !choices.isEmpty { return "one of " + choices.map(\.literal).joined(separator: ", ") }
    let low = min.map { LuaValue.number($0).literal }
    let high = max.map { LuaValue.number($0).literal }
    return switch (low, high) {
    case (let low?, let high?): "\(kind.words) from \(low) to \(high)"
    case (let low?, nil): "\(kind.words) of at least \(low)"
    case (nil, let high?): "\(kind.words) of at most \(high)"
    case (nil, nil): kind.words
    }
  }

  /// The value converted to the option's type.
  ///
  /// - Throws: ``OptionError`` when it does not fit.
  public func checked(_ value: LuaValue) throws -> LuaValue {
    guard let converted = kind.isList ? convertedList(value) : converted(value, kind) else {
      throw OptionError("option '\(name)': expected \(expected), got \(value.literal)")
    }
    return converted
  }

  private func convertedList(_ value: LuaValue) -> LuaValue? {
    guard let table = value.table, table.fields.isEmpty else { return nil }
    let elements = table.list.compactMap { converted($0, kind.element) }
    return elements.count == table.list.count ? .table(LuaTable(list: elements)) : nil
  }

  private func converted(_ value: LuaValue, _ kind: Kind) -> LuaValue? {
    let typed: LuaValue? =
      switch kind {
      case .integer: value.integer.map(LuaValue.integer)
      case .number: value.number.map(LuaValue.number)
      case .boolean: value.boolean.map(LuaValue.boolean)
      default: value.string.map(LuaValue.string)
      }
    guard let typed, choices.isEmpty || choices.contains(typed) else { return nil }
    if let number = typed.number {
      if let min, !(number >= min) { return nil }
      if let max, !(number <= max) { return nil }
    }
    return typed
  }

  /// Parses text as this option: `64`, `true`, `1,2,3` for a list.
  ///
  /// - Throws: ``OptionError`` when it does not fit.
  public func parse(_ text: String) throws -> LuaValue {
    func element(_ text: String, _ kind: Kind) -> LuaValue? {
      switch kind {
      case .integer:
        Int(text).map(LuaValue.integer)
          ?? text.decimalNumber.flatMap { Int(exactly: $0) }.map(LuaValue.integer)
      case .number: text.decimalNumber.map(LuaValue.number)
      case .boolean: ["true": true, "false": false][text].map(LuaValue.boolean)
      default: .string(text)
      }
    }
    let value: LuaValue?
    if kind.isList {
      let parts = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
      let elements = parts.map { element(String($0).trimmed, kind.element) }
      value = elements.contains { $0 == nil } ? nil : .table(LuaTable(list: elements.compactMap { $0 }))
    } else {
      value = element(kind == .string ? text : text.trimmed, kind)
    }
    guard let value, let converted = try? checked(value) else {
      throw OptionError("option '\(name)': expected \(expected), got '\(text)'")
    }
    return converted
  }
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    let rest = drop { $0.isWhitespace }
    return String(rest.prefix(rest.count - rest.reversed().prefix { $0.isWhitespace }.count))
  }
}
