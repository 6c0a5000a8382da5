import Foundation
import LuaHost
import Support
import Tensors

/// Decodes JSON text (RFC 8259) into Lua values; numbers without a fraction become integers if they fit.
struct JSONReader {
  /// The maximum nesting, as for tables that are copied into Swift.
  private static let maxDepth = 64
  /// The longest number.
  private static let maxDigits = 10_000

  private let bytes: [UInt8]
  private var position = 0
  private let limits: Limits
  /// About how many bytes the values so far take in Lua.
  private var size = 0
  private let maxSize: Int
  private var watch = Interruption.Watch()

  /// - Throws: `ScriptError` with line and column; `LimitError` for values that exceed the limit of Lua memory.
  static func value(_ bytes: [UInt8], within limits: Limits = Limits()) throws -> LuaValue {
    var reader = JSONReader(bytes: bytes, limits: limits)
    let value = try reader.value(depth: 0, inList: false)
    try reader.skipSpace()
    guard reader.next == nil else { throw reader.error("there is more text after the value") }
    return value
  }

  private init(bytes: [UInt8], limits: Limits) {
    self.bytes = bytes
    self.limits = limits
    maxSize = limits.integer(.luaMemory) ?? .max
  }

  /// Counts a value that takes `bytes` in Lua.
  private mutating func count(_ bytes: Int) throws {
    size += bytes
    guard size <= maxSize else { throw limits.error(.luaMemory) }
    try watch.count(256 + bytes, "decoding JSON")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ reason: String, at position: Int? = nil) -> ScriptError {
    let read = bytes.prefix(position ?? self.position)
    let line = read.count { $0 == UInt8(ascii: "\n") } + 1
    let column = read.count - (read.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    return ScriptError("decode: line \(line), column \(column): \(reason)")
  }

  private mutating func skipSpace() throws {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
      if position & 0xFFFF == 0 { try watch.count(0x10000, "decoding JSON") }
    }
  }

  private mutating func take(_ character: Unicode.Scalar) throws -> Bool {
    try skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int, inList: Bool) throws -> LuaValue {
    guard depth < Self.maxDepth else { throw error("nested more than \(Self.maxDepth) levels deep") }
    try count(16)  // a slot of a table
    try skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try list(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", inList ? .object(LuaObject(JSONNull.shared)) : .nil)
    case nil: throw error("the text ends where a value is expected")
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: LuaValue) throws -> LuaValue {
    guard bytes[position...].starts(with: word.utf8) else { throw error("expected \(word)") }
    position += word.utf8.count
    return value
  }

  private mutating func list(_ depth: Int) throws -> LuaValue {
    position += 1
    try count(56)  // a table
    if try take("]") { return .table(LuaTable()) }
    var parts: [[LuaValue]] = [[]]
    repeat {
      if parts[parts.count - 1].count == Self.maxPart { parts.append([]) }
      parts[parts.count - 1].append(try value(depth: depth + 1, inList: true))
    } while try take(",")
    guard try take("]") else { throw error("expected , or ] in the list") }
    return .table(LuaTable(list: try joined(parts)))
  }

  /// Elements of a list that are copied at once; one list of all of them would copy millions whenever it grows.
  private static let maxPart = 1 << 16

  private mutating func joined(_ parts: [[LuaValue]]) throws -> [LuaValue] {
    guard parts.count > 1 else { return parts[0] }
    var list: [LuaValue] = []
    list.reserveCapacity(parts.count * Self.maxPart)
    for part in parts {
      list += part
      try watch.count(16 * part.count, "decoding JSON")
    }
    return list
  }

  private mutating func object(_ depth: Int) throws -> LuaValue {
    position += 1
    try count(56)
    var fields: [(name: String, value: LuaValue)] = []
    if try take("}") { return .table(LuaTable()) }
    repeat {
      try skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("expected a name in quotes") }
      let name = try string()
      guard try take(":") else { throw error("expected : after the name '\(name)'") }
      let value = try value(depth: depth + 1, inList: false)
      fields.append((name, value))
    } while try take(",")
    guard try take("}") else { throw error("expected , or } in the object") }
    return .table(LuaTable(fields: fields))  // the last of equal names is used
  }

  private mutating func number() throws -> LuaValue {
    let start = position
    func isPart(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    }
    while let byte = next, isPart(byte) { position += 1 }
    guard position - start <= Self.maxDigits else {
      throw error("a number of more than \(Self.maxDigits) characters", at: start)
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard Self.isNumber(bytes[start..<position]), let number = Double(text), number.isFinite else {
      throw error("expected a value", at: start)
    }
    return Int(text).map(LuaValue.integer) ?? .number(number)
  }

  /// Whether the characters are a JSON number: unlike for `Double`, no leading plus or zeros, and digits around the
  /// point.
  private static func isNumber(_ characters: ArraySlice<UInt8>) -> Bool {
    var rest = characters
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    func takeDigits() -> Int {
      let digits = rest.prefix { (0x30...0x39).contains($0) }.count
      rest = rest.dropFirst(digits)
      return digits
    }
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let digits = takeDigits()
    guard digits == 1 || (digits > 1 && !startsWithZero) else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard takeDigits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard takeDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  private mutating func string() throws -> String {
    let start = position
    position += 1
    var result: [UInt8] = []
    try count(24)
    while let byte = next {
      position += 1
      if result.count & 0xFFFF == 0xFFFF { try count(0x10000) }
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: result, as: UTF8.self) else {
          throw error("the string is not UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"): try escape(into: &result)
      case 0..<0x20: throw error("a control character in a string; write it as \\u00..", at: position - 1)
      default: result.append(byte)
      }
    }
    throw error("the string does not end", at: start)
  }

  private mutating func escape(into result: inout [UInt8]) throws {
    let start = position - 1
    guard let byte = next else { throw error("the string does not end", at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "u"):
      var code = try hexadecimal(start)
      if (0xD800..<0xDC00).contains(code), bytes[position...].starts(with: "\\u".utf8) {
        position += 2
        let low = try hexadecimal(start)
        guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair", at: start) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair", at: start) }
      result += Array(String(Character(scalar)).utf8)
    default: throw error("an unknown escape", at: start)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws -> UInt32 {
    let digits = bytes[position..<min(position + 4, bytes.count)]
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits after \\u", at: start) }
    position += 4
    return code
  }
}
