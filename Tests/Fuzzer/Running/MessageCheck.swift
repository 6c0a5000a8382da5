/// What every error message of a script must be: placed, printable, without addresses.
enum MessageCheck {
  /// Lines with these words can raise without a place: scripts choose their own messages, and Lua gives none to
  /// what one C function raises in another.
  private static let placeless = [
    "error", "assert", "coroutine", "pcall", "raw", "print", "x[", "next", "select", "math.", "table.",
    "string.", "utf8.", "gsub",
  ]

  /// What is wrong with a message; nil when it is as it should be.
  static func problem(with message: String, of text: String) -> String? {
    let bytes = Array(message.utf8)
    if !hasPlace(bytes), !placeless.contains(where: text.contains) { return "a message without file:line" }
    if bytes.contains(where: { $0 < 32 && $0 != 9 && $0 != 10 || $0 == 127 }) {
      return "a message with control characters"
    }
    if hasAddress(bytes) { return "a message with an address" }
    return nil
  }

  /// Whether an error says that the arguments of a call were not accepted, so that its body was not reached.
  static func isRefusal(_ message: String?) -> Bool {
    guard let message else { return false }
    return message.contains(#/: argument \d+/#) || refusals.contains(where: message.contains)
  }

  /// The rest of what a check of arguments says; and what Lua says of a value that is no function or object.
  private static let refusals = [
    ": takes at most ", ": takes no arguments", " before ':', got ", " used after release", ": attempt to ",
  ]

  /// Whether `:12:` comes near the start.
  private static func hasPlace(_ bytes: [UInt8]) -> Bool {
    let head = bytes.prefix(400)
    for start in head.indices where head[start] == UInt8(ascii: ":") {
      let digits = head[(start + 1)...].prefix { (48...57).contains($0) }
      if !digits.isEmpty, digits.endIndex < head.endIndex, head[digits.endIndex] == UInt8(ascii: ":") {
        return true
      }
    }
    return false
  }

  /// Whether `0x` and eight hexadecimal digits come somewhere.
  private static func hasAddress(_ bytes: [UInt8]) -> Bool {
    for start in bytes.indices.dropLast() where bytes[start] == 48 && bytes[start + 1] == UInt8(ascii: "x") {
      let digits = bytes[(start + 2)...].prefix { UInt8.isHexadecimal($0) }
      if digits.count >= 8 { return true }
    }
    return false
  }
}

extension UInt8 {
  fileprivate static func isHexadecimal(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }
}
