import LuaHost
import Support

/// The options a plugin or script declares: types, defaults, ranges, help. Pure data.
public struct OptionSchema: Sendable, Equatable {
  /// By name, sorted.
  public let options: [PluginOption]

  public init(_ options: [PluginOption] = []) { self.options = options.sorted { $0.name < $1.name } }

  /// Reads a declaration: `{ channels = { default = 256, min = 1, help = "…" }, … }`.
  ///
  /// - Throws: ``OptionError`` for an unknown key, a bad range or a bad default.
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

  /// The option of this name, or a failure with the nearest one.
  public func option(_ name: String) throws -> PluginOption {
    if let option = options.first(where: { $0.name == name }) { return option }
    if options.isEmpty { throw OptionError("unknown option '\(name)': there are no options") }
    let hint =
      name.nearest(in: names).map { "did you mean '\($0)'?" } ?? "there is " + names.joined(separator: ", ")
    throw OptionError("unknown option '\(name)'; \(hint)")
  }

  /// Reads the text of `--set name=text`.
  public func parse(_ name: String, _ text: String) throws -> LuaValue { try option(name).parse(text) }

  /// Checks the given options and fills the others with their defaults.
  ///
  /// - Throws: ``OptionError`` naming the option, what it may be, and what came.
  public func fill(_ given: LuaTable) throws -> LuaTable {
    guard given.list.isEmpty else { throw OptionError("options: expected names with values, got a list") }
    for field in given.fields { _ = try option(field.name) }
    let fields = try options.compactMap { option -> (name: String, value: LuaValue)? in
      let value = given[option.name]
      let chosen = value.isNil ? option.defaultValue : try option.checked(value)
      if chosen.isNil && option.isRequired {
        throw OptionError("option '\(option.name)' must be given: \(option.expected)")
      }
      return chosen.isNil ? nil : (name: option.name, value: chosen)
    }
    return LuaTable(fields: fields)
  }

  /// As ``fill(_:)``, from texts of the command line.
  public func fill(texts: [String: String]) throws -> LuaTable {
    let fields = try texts.sorted { $0.key < $1.key }.map {
      (name: $0.key, value: try parse($0.key, $0.value))
    }
    return try fill(LuaTable(fields: fields))
  }
}

/// A declaration or a value of an option that does not fit.
public struct OptionError: NightjarError {
  public let message: ErrorMessage

  public init(_ what: String, hint: String? = nil) {
    self.init(ErrorMessage(what, hint: hint))
  }

  public init(_ message: ErrorMessage) {
    self.message = ErrorMessage(message.what.printable(), hint: message.hint?.printable())
  }

  public var exitCode: ExitCode { .usage }
}
