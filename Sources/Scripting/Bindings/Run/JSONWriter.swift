import LuaHost

/// JSON text of a Lua value; equal values give equal text.
struct JSONWriter {
  private let isPretty: Bool
  private let limits: Limits
  private var text = ""

  /// - Throws: ``ScriptError`` naming the place of what JSON cannot hold: NaN, infinities, functions, host
  ///   objects, tables with both a list and names.
  ///   A text of more than Lua may hold is a ``LimitError``.
  static func text(_ value: LuaValue, pretty: Bool = false, within limits: Limits = Limits()) throws -> String
  {
    var writer = JSONWriter(isPretty: pretty, limits: limits)
    try writer.write(value, at: "value", depth: 0)
    return writer.text
  }

  private init(isPretty: Bool, limits: Limits) { (self.isPretty, self.limits) = (isPretty, limits) }

  private func checkLength() throws {
    if let most = limits.luaMemory, text.utf8.count > most { throw limits.failure(.luaMemory) }
  }

  private mutating func write(_ value: LuaValue, at place: String, depth: Int) throws {
    try checkLength()
    switch value {
    case .nil: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value):
      guard value.isFinite else {
        let name = value.isNaN ? "NaN" : "infinite"
        throw ScriptError(
          "encode: \(place) is \(name), which JSON cannot hold", hint: "leave it out, or write a string")
      }
      text += "\(value)"
    case .string(let value): try write(string: value)
    case .table(let table):
      if table.list.isEmpty {
        try write(table.fields, at: place, depth: depth)
      } else if let name = table.fields.first?.name {
        throw ScriptError(
          "encode: \(place) has both a list and names ('\(name)'), which JSON cannot hold",
          hint: "put the list under a name"
        )
      } else {
        try write(table.list, at: place, depth: depth)
      }
    case .object(let object):
      if object.as(JSONNull.self) != nil {
        text += "null"
      } else {
        let hint = object.className == "tensor" ? "x:totable(), or nj.save for tensors" : nil
        throw ScriptError("encode: \(place) is a \(object.className), which JSON cannot hold", hint: hint)
      }
    case .function: throw ScriptError("encode: \(place) is a function, which JSON cannot hold")
    }
  }

  private mutating func write(_ list: [LuaValue], at place: String, depth: Int) throws {
    // Lists of plain values stay on one line: they are long, and one reads them as one thing.
    let isFlat = list.allSatisfy { $0.table == nil }
    text += "["
    for (index, element) in list.enumerated() {
      if index > 0 { text += isPretty && isFlat ? ", " : "," }
      if !isFlat { breakLine(depth + 1) }
      try write(element, at: "\(place)[\(index + 1)]", depth: depth + 1)
    }
    if !isFlat { breakLine(depth) }
    text += "]"
  }

  private mutating func write(_ fields: [(name: String, value: LuaValue)], at place: String, depth: Int)
    throws
  {
    text += "{"
    for (index, field) in fields.enumerated() {
      if index > 0 { text += "," }
      breakLine(depth + 1)
      try write(string: field.name)
      text += isPretty ? ": " : ":"
      try write(field.value, at: "\(place).\(field.name)", depth: depth + 1)
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
