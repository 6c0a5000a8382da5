import LuaHost

/// One declared option.
public struct PluginOption: Sendable, Equatable {
  /// What an option may hold.
  public enum Kind: String, Sendable, CaseIterable {
    case integer, number, boolean, string
    case integers, numbers, booleans, strings

    var isList: Bool { rawValue.hasSuffix("s") }

    var element: Kind { isList ? Kind(rawValue: String(rawValue.dropLast())) ?? self : self }

    /// In words: `list of integers`.
    var words: String { isList ? "list of \(rawValue)" : rawValue }
  }

  public let name: String
  public let kind: Kind
  /// Nil when it must be given, or may be absent.
  public let defaultValue: LuaValue
  public let min: Double?
  public let max: Double?
  public let choices: [LuaValue]
  public let help: String
  public let isRequired: Bool

  private static let keys = ["default", "min", "max", "choices", "type", "help", "required"]

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
      // { default = 0, max = 0.99 } holds numbers: a limit that is not whole is of no use to integers.
      let limits = [table["min"], table["max"]].map(Self.kind)
      let isNumber = limits.contains(.number) && kind.element == .integer
      self.kind = isNumber ? (kind.isList ? .numbers : .number) : kind
    } else {
      throw problem("its type is not clear: give a default, choices, or type = \"integer\"")
    }
    isRequired = try field("required", "boolean", \.boolean) ?? false
    if let min, let max, min > max { throw problem("min \(min) is above max \(max)") }
    if !defaultValue.isNil {
      do { _ = try checked(defaultValue) } catch let failure as OptionError {
        throw OptionError(failure.message.prefixed("bad default of "))
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
      // A list that mixes 1 and 0.5 holds numbers.
      table.list.contains { if case .number = $0 { true } else { false } }
        ? .numbers : table.list.first.flatMap(kind).flatMap { Kind(rawValue: $0.rawValue + "s") }
    default: nil
    }
  }

  /// What it takes, in words: `integer of at least 1`.
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

  /// The value, in the option's type; a failure when it does not fit.
  public func checked(_ value: LuaValue) throws -> LuaValue {
    guard let fitting = kind.isList ? fittingList(value) : fitting(value, kind) else {
      throw OptionError("option '\(name)': expected \(expected), got \(value.literal)")
    }
    return fitting
  }

  private func fittingList(_ value: LuaValue) -> LuaValue? {
    guard let table = value.table, table.fields.isEmpty else { return nil }
    let elements = table.list.compactMap { fitting($0, kind.element) }
    return elements.count == table.list.count ? .table(LuaTable(list: elements)) : nil
  }

  private func fitting(_ value: LuaValue, _ kind: Kind) -> LuaValue? {
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

  /// Reads text as this option: `64`, `true`, `1,2,3` for a list.
  public func parse(_ text: String) throws -> LuaValue {
    func element(_ text: String, _ kind: Kind) -> LuaValue? {
      switch kind {
      case .integer:
        Int(text).map(LuaValue.integer) ?? Double(text).flatMap { Int(exactly: $0) }.map(LuaValue.integer)
      case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
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
    guard let value, let fitting = try? checked(value) else {
      throw OptionError("option '\(name)': expected \(expected), got '\(text)'")
    }
    return fitting
  }
}

extension String {
  var trimmed: String {
    let kept = drop { $0.isWhitespace }
    return String(kept.prefix(kept.count - kept.reversed().prefix { $0.isWhitespace }.count))
  }
}
