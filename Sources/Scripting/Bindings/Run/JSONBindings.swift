import LuaHost
import Support

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
          bytes: try JSONWriter.text(
            call.value(1), pretty: call.options(2).boolean("pretty"), within: call.state.limits))
      },
      LuaFunction("decode", "Decodes JSON text", [.text("text")], returns: "value") { call in
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
  private var text: [UInt8] = []
  private var watch = Interruption.Watch()

  /// The UTF-8 of the text.
  ///
  /// - Throws: `ScriptError` with the path of a value that JSON cannot hold: NaN, infinities, strings that are
  ///   not UTF-8, functions, host objects, tables with both a list and names; `LimitError` for a text that exceeds the
  ///   limit of Lua memory; as `Interruption.check`.
  static func text(_ value: LuaValue, pretty: Bool = false, within limits: Limits = Limits()) throws
    -> [UInt8]
  {
    var writer = JSONWriter(isPretty: pretty, limits: limits)
    try writer.write(value, at: .root, depth: 0)
    return writer.text
  }

  private init(isPretty: Bool, limits: Limits) {
    self.isPretty = isPretty
    self.limits = limits
    maxBytes = limits.integer(.luaMemory) ?? .max
  }

  /// Where a value stands in the whole, as messages show it: `value.list[3]`.
  private indirect enum Path: CustomStringConvertible {
    case root
    case element(Int, of: Path)
    case field(String, of: Path)

    var description: String {
      switch self {
      case .root: "value"
      case .element(let position, let outer): "\(outer)[\(position)]"
      case .field(let name, let outer): "\(outer).\(name)"
      }
    }
  }

  /// Called for each value and each part of a string: about `bytes` are written next.
  private mutating func checkLimits(_ bytes: Int) throws {
    if text.count > maxBytes { throw limits.error(.luaMemory) }
    try watch.count(64 + 4 * bytes, "encoding JSON")
  }

  private mutating func write(_ value: LuaValue, at path: Path, depth: Int) throws {
    try checkLimits(16)
    switch value {
    case .nil: append("null")
    case .boolean(let value): append("\(value)")
    case .integer(let value): append("\(value)")
    case .number(let value):
      guard value.isFinite else {
        let name = value.isNaN ? "NaN" : "infinite"
        throw ScriptError(
          "encode: \(path) is \(name), which JSON cannot hold", hint: "omit it, or write a string")
      }
      append("\(value)")
    case .string(let value): try write(string: value)
    case .bytes(let bytes):
      throw ScriptError(
        "encode: \(path) is not UTF-8, as JSON is: \(bytes.problemAsUTF8 ?? "")",
        hint: "write bytes with nj.fs.write, or numbers: { s:byte(1, -1) }")
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
        append("null")
      } else {
        let hint = object.className == "tensor" ? "x:totable(), or nj.save for tensors" : nil
        throw ScriptError("encode: \(path) is a \(object.className), which JSON cannot hold", hint: hint)
      }
    case .function: throw ScriptError("encode: \(path) is a function, which JSON cannot hold")
    }
  }

  private mutating func write(_ list: [LuaValue], at path: Path, depth: Int) throws {
    // Lists of plain values are written on one line.
    let isFlat = list.allSatisfy { $0.table == nil }
    append("[")
    for (index, element) in list.enumerated() {
      if index > 0 { append(isPretty && isFlat ? ", " : ",") }
      if !isFlat { breakLine(depth + 1) }
      try write(element, at: .element(index + 1, of: path), depth: depth + 1)
    }
    if !isFlat { breakLine(depth) }
    append("]")
  }

  private mutating func write(_ fields: [(name: String, value: LuaValue)], at path: Path, depth: Int)
    throws
  {
    append("{")
    for (index, field) in fields.enumerated() {
      if index > 0 { append(",") }
      breakLine(depth + 1)
      try write(string: field.name)
      append(isPretty ? ": " : ":")
      try write(field.value, at: .field(field.name, of: path), depth: depth + 1)
    }
    if !fields.isEmpty { breakLine(depth) }
    append("}")
  }

  private mutating func append(_ part: String) { text += part.utf8 }

  private mutating func breakLine(_ depth: Int) {
    if isPretty { append("\n" + String(repeating: "  ", count: depth)) }
  }

  /// Bytes of a string between two checks.
  private static let maxPart = 1 << 16

  private mutating func write(string: String) throws {
    append("\"")
    var string = string
    try string.withUTF8 { bytes in
      for start in stride(from: 0, to: bytes.count, by: Self.maxPart) {
        let part = bytes[start..<min(start + Self.maxPart, bytes.count)]
        try checkLimits(part.count)
        for byte in part { append(byte) }
      }
    }
    append("\"")
  }

  /// Appends a byte of a string, escaped where it must be: ASCII alone is.
  private mutating func append(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\r"): append("\\r")
    case UInt8(ascii: "\t"): append("\\t")
    case 0..<0x20, 0x7F:
      let digits = String(byte, radix: 16)
      append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    default: text.append(byte)
    }
  }
}
