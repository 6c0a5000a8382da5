/// A token of Lua 5.4 text.
package struct LuaToken {
  package enum Kind { case name, keyword, number, string, symbol, end }

  package static let keywords: Set = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  package let kind: Kind
  /// The token as it is written; a string's content, escapes left as they are.
  package let text: String
  /// From 1; where it begins.
  package let line: Int
  /// In bytes of the text.
  package let range: Range<Int>

  /// Whether this is a keyword or symbol.
  package func `is`(_ text: String) -> Bool { (kind == .keyword || kind == .symbol) && self.text == text }
}

/// Cuts Lua text into tokens. Text that is not valid Lua gives some tokens, never an error.
///
/// Source: Lua 5.4 reference manual, §3.1.
package struct LuaLexer {
  /// All tokens; the last one is the end.
  package private(set) var tokens: [LuaToken] = []
  /// The start of the content of a string that does not end; nil where all end.
  package private(set) var openString: Int?
  /// Whether the text ends inside a comment.
  package private(set) var endsInComment = false

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// The longest first.
  private static let symbols = ["...", "..", "::", "==", "~=", "<=", ">=", "//", "<<", ">>"].map {
    Array($0.utf8)
  }

  package init(_ text: String) {
    bytes = Array(text.utf8)
    // A first line that starts with # is for the shell.
    if at(0) == UInt8(ascii: "#") { skipLine() }
    while let token = next() { tokens.append(token) }
    tokens.append(LuaToken(kind: .end, text: "", line: line, range: bytes.count..<bytes.count))
  }

  /// Whether a byte can be part of a name: a letter, a digit or an underscore.
  package static func isNameByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  private func at(_ offset: Int) -> UInt8 {
    position + offset < bytes.count ? bytes[position + offset] : 0
  }

  private mutating func next() -> LuaToken? {
    skipSpace()
    guard position < bytes.count else { return nil }
    let start = position
    let line = line
    let byte = at(0)
    func token(_ kind: LuaToken.Kind, _ text: ArraySlice<UInt8>) -> LuaToken {
      LuaToken(
        kind: kind, text: String(decoding: text, as: UTF8.self), line: line, range: start..<position)
    }
    if Self.isLetter(byte) {
      while Self.isNameByte(at(0)) { position += 1 }
      let name = token(.name, bytes[start..<position])
      return LuaToken.keywords.contains(name.text) ? token(.keyword, bytes[start..<position]) : name
    }
    if Self.isDigit(byte) || byte == UInt8(ascii: ".") && Self.isDigit(at(1)) {
      skipNumber()
      return token(.number, bytes[start..<position])
    }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      let (content, isClosed) = quoted(byte)
      if !isClosed { openString = content.startIndex }
      return token(.string, content)
    }
    if byte == UInt8(ascii: "["), let (content, isClosed) = longBracket() {
      if !isClosed { openString = content.startIndex }
      return token(.string, content)
    }
    for symbol in Self.symbols where bytes[position...].starts(with: symbol) {
      position += symbol.count
      return token(.symbol, symbol[...])
    }
    position += 1
    return token(.symbol, bytes[start..<position])
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch at(0) {
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      case UInt8(ascii: " "), 9, 11, 12, 13: position += 1
      case UInt8(ascii: "-") where at(1) == UInt8(ascii: "-"):
        position += 2
        if at(0) == UInt8(ascii: "["), let (_, isClosed) = longBracket() {
          endsInComment = !isClosed
        } else {
          skipLine()
          endsInComment = position == bytes.count
        }
      default: return
      }
    }
  }

  private mutating func skipLine() {
    while position < bytes.count, at(0) != UInt8(ascii: "\n") { position += 1 }
  }

  private mutating func skipNumber() {
    let isHex = at(0) == UInt8(ascii: "0") && (at(1) | 32) == UInt8(ascii: "x")
    while position < bytes.count {
      let byte = at(0)
      let isExponent = isHex ? (byte | 32) == UInt8(ascii: "p") : (byte | 32) == UInt8(ascii: "e")
      position += 1
      if isExponent, at(0) == UInt8(ascii: "+") || at(0) == UInt8(ascii: "-") { position += 1 }
      guard Self.isNameByte(at(0)) || at(0) == UInt8(ascii: ".") else { return }
    }
  }

  /// The content of the string in quotes at the position, and whether it ends.
  private mutating func quoted(_ quote: UInt8) -> (content: ArraySlice<UInt8>, isClosed: Bool) {
    position += 1
    let start = position
    while position < bytes.count, at(0) != quote {
      if at(0) == UInt8(ascii: "\\") { position += 1 }
      if at(0) == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    let end = min(position, bytes.count)
    position = min(end + 1, bytes.count)
    return (bytes[min(start, end)..<end], end < bytes.count)
  }

  /// The content of the long bracket `[==[ … ]==]` at the position, and whether it ends; nil, and nothing is read,
  /// unless there is one.
  private mutating func longBracket() -> (content: ArraySlice<UInt8>, isClosed: Bool)? {
    var level = 0
    while at(1 + level) == UInt8(ascii: "=") { level += 1 }
    guard at(1 + level) == UInt8(ascii: "[") else { return nil }
    let closing =
      [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
    position += level + 2
    let start = position
    while position < bytes.count, !(at(0) == closing[0] && bytes[position...].starts(with: closing)) {
      if at(0) == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    let end = position
    position = min(bytes.count, position + closing.count)
    return (bytes[start..<end], end < bytes.count)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
  }
}
