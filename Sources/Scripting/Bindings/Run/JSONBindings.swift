import LuaHost

/// Represents `null` in a list, where nil would leave a hole.
final class JSONNull: LuaHosted, Sendable {
  static let luaClassName = "null"
  static let shared = JSONNull()
}

extension LuaClass {
  /// `nj.json.null`.
  static let null = LuaClass(
    JSONNull.self, "JSON's null", methods: [],
    operators: [LuaFunction("__tostring", "The word null", returns: "string") { call in call.push("null") }],
    keepsIdentity: true)
}

/// `nj.json`: tables as JSON text and back.
///
/// A table with a list part is an array, one with names an object, and `{}` an object. Names are written in sorted
/// order, so equal tables have equal text. `null` in an object becomes an absent field, in a list `nj.json.null`.
enum JSONBindings {
  static let module = LuaModule(
    "json", "Tables as JSON text and back",
    functions: [
      LuaFunction(
        "encode", "Encodes a value as JSON text; names in sorted order",
        [
          .any("value", optional: true),
          .options(
            "options", [.boolean("pretty", default: false, help: "with line breaks, indented by two spaces")]),
        ], returns: "string"
      ) { call in
        call.push(
          try JSONWriter.text(
            call.value(1), pretty: call.options(2).boolean("pretty"), within: call.state.limits))
      },
      LuaFunction("decode", "Decodes JSON text", [.string("text")], returns: "value") { call in
        try call.push(JSONReader.value(call.bytes(1), within: call.state.limits))
      },
    ],
    values: [
      ("null", "Represents null in a list, where nil would leave a hole", .object(LuaObject(JSONNull.shared)))
    ])
}

/// Encodes a Lua value as JSON text; equal values have equal text.
struct JSONWriter {
  private let isPretty: Bool
  private let limits: Limits
  private let maxBytes: Int
  private var text = ""

  /// - Throws: `ScriptError` with the path of a value that JSON cannot hold: NaN, infinities, functions, host
  ///   objects, tables with both a list and names; `LimitError` for a text that exceeds the limit of Lua memory.
  static func text(_ value: LuaValue, pretty: Bool = false, within limits: Limits = Limits()) throws -> String
  {
    var writer = JSONWriter(isPretty: pretty, limits: limits)
    try writer.write(value, at: "value", depth: 0)
    return writer.text
  }

  private init(isPretty: Bool, limits: Limits) {
    self.isPretty = isPretty
    self.limits = limits
    maxBytes = limits.integer(.luaMemory) ?? .max
  }

  private func checkLength() throws {
    if text.utf8.count > maxBytes { throw limits.error(.luaMemory) }
  }

  private mutating func write(_ value: LuaValue, at path: String, depth: Int) throws {
    try checkLength()
    switch value {
    case .nil: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value):
      guard value.isFinite else {
        let name = value.isNaN ? "NaN" : "infinite"
        throw ScriptError(
          "encode: \(path) is \(name), which JSON cannot hold", hint: "omit it, or write a string")
      }
      text += "\(value)"
    case .string(let value): try write(string: value)
    case .table(let table):
      if table.list.isEmpty {
        try write(table.fields, at: path, depth: depth)
      } else if let name = table.fields.first?.name {
        throw ScriptError(
          "encode: \(path) has both a list and names ('\(name)'), which JSON cannot hold",
          hint: "put the list under a name"
        )
      } else {
        try write(table.list, at: path, depth: depth)
      }
    case .object(let object):
      if object.as(JSONNull.self) != nil {
        text += "null"
      } else {
        let hint = object.className == "tensor" ? "x:totable(), or nj.save for tensors" : nil
        throw ScriptError("encode: \(path) is a \(object.className), which JSON cannot hold", hint: hint)
      }
    case .function: throw ScriptError("encode: \(path) is a function, which JSON cannot hold")
    }
  }

  private mutating func write(_ list: [LuaValue], at path: String, depth: Int) throws {
    // Lists of plain values are written on one line.
    let isFlat = list.allSatisfy { $0.table == nil }
    text += "["
    for (index, element) in list.enumerated() {
      if index > 0 { text += isPretty && isFlat ? ", " : "," }
      if !isFlat { breakLine(depth + 1) }
      try write(element, at: "\(path)[\(index + 1)]", depth: depth + 1)
    }
    if !isFlat { breakLine(depth) }
    text += "]"
  }

  private mutating func write(_ fields: [(name: String, value: LuaValue)], at path: String, depth: Int)
    throws
  {
    text += "{"
    for (index, field) in fields.enumerated() {
      if index > 0 { text += "," }
      breakLine(depth + 1)
      try write(string: field.name)
      text += isPretty ? ": " : ":"
      try write(field.value, at: "\(path).\(field.name)", depth: depth + 1)
    }
    if !fields.isEmpty { breakLine(depth) }
    text += "}"
  }

  private mutating func breakLine(_ depth: Int) {
    if isPretty { text += "\n" + String(repeating: "  ", count: depth) }
  }

  private mutating func write(string: String) throws {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          try checkLength()
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
