/// The tokens of Lua text, as far as the prompt needs them: what is a name, and what is inside a string or comment.
///
/// Source: Lua 5.4 reference manual, §3.1. Text that is not valid Lua gives some tokens, never an error.
struct LuaTokens {
  struct Token: Equatable {
    enum Kind { case name, number, string, symbol }

    let kind: Kind
    let text: String
    /// In bytes of the text.
    let range: Range<Int>
  }

  private(set) var tokens: [Token] = []
  /// The start of the content of a string that does not end; nil where all end.
  private(set) var openString: Int?
  /// Whether the text ends inside a comment.
  private(set) var endsInComment = false

  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    while at < bytes.count { step() }
  }

  private func byte(_ offset: Int = 0) -> UInt8? { at + offset < bytes.count ? bytes[at + offset] : nil }

  private mutating func step() {
    let start = at
    guard let first = byte() else { return }
    switch first {
    case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"):
      at += 2
      if let level = longBracket() {
        endsInComment = !skipLong(level)
      } else {
        while let next = byte(), next != 10 { at += 1 }
        endsInComment = byte() == nil
      }
    case UInt8(ascii: "\""), UInt8(ascii: "'"): quoted(first)
    case UInt8(ascii: "["):
      guard let level = longBracket() else {
        at = start + 1
        return add(.symbol, start)
      }
      let content = at
      if !skipLong(level) { openString = content }
      add(.string, start)
    case let letter where letter.isNameByte && !letter.isDigit:
      while byte()?.isNameByte == true { at += 1 }
      add(.name, start)
    case let digit where digit.isDigit: number(start)
    case 0...32: at += 1
    default:
      at += 1
      if first == UInt8(ascii: "."), byte() == first { while byte() == first { at += 1 } }
      add(.symbol, start)
    }
  }

  private mutating func add(_ kind: Token.Kind, _ start: Int) {
    tokens.append(
      Token(kind: kind, text: String(decoding: bytes[start..<at], as: UTF8.self), range: start..<at))
  }

  private mutating func number(_ start: Int) {
    while let next = byte() {
      let isSign = next == UInt8(ascii: "-") || next == UInt8(ascii: "+")
      let follows = isSign && at > start && [69, 101, 80, 112].contains(bytes[at - 1])
      guard next.isNameByte || next == UInt8(ascii: ".") || follows else { break }
      // `1..2` is a concatenation for whoever reads it; Lua calls it a malformed number.
      at += 1
    }
    add(.number, start)
  }

  private mutating func quoted(_ quote: UInt8) {
    let start = at
    at += 1
    while let next = byte() {
      at += 1
      if next == quote { return add(.string, start) }
      if next == UInt8(ascii: "\\"), at < bytes.count { at += 1 }
    }
    openString = start + 1
    add(.string, start)
  }

  /// The level of the long bracket that opens here, past which it moves; nil where none does.
  private mutating func longBracket() -> Int? {
    guard byte() == UInt8(ascii: "[") else { return nil }
    var level = 0
    while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
    guard byte(1 + level) == UInt8(ascii: "[") else { return nil }
    at += level + 2
    return level
  }

  /// Moves past the end of a long bracket; false where it does not end.
  private mutating func skipLong(_ level: Int) -> Bool {
    let end = [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
    while at < bytes.count {
      if bytes[at...].starts(with: end) {
        at += end.count
        return true
      }
      at += 1
    }
    return false
  }
}

extension UInt8 {
  var isDigit: Bool { (48...57).contains(self) }
  /// A byte of a name: a letter, a digit or an underscore.
  var isNameByte: Bool { isDigit || (65...90).contains(self) || (97...122).contains(self) || self == 95 }
}
