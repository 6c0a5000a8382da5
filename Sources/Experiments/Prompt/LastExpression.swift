import LuaHost

/// The expression that ends a text for the prompt, after statements: `x = 1; x`.
///
/// Lua has no such statement. A `return` before it makes one, where the text then compiles.
struct LastExpression {
  private let text: String
  /// Where the last statement must start, as far as tokens tell: after a semicolon, and at a name after what ends an
  /// expression.
  let certainStart: Int?
  /// Where it may start, outside of blocks and brackets, the last one first. A symbol that may go on
  /// with an expression, such as a minus, starts no statement.
  let starts: [Int]
  /// The last start after a semicolon.
  let startAfterSemicolon: Int?
  /// As many starts are tried.
  private static let maxStarts = 64

  init(_ text: String) {
    self.text = text
    var starts: [Int] = []
    var certain: Int?
    var afterSemicolon: Int?
    var depth = 0
    var previous: LuaToken?
    for token in LuaLexer(text).tokens where token.kind != .end {
      if depth == 0, let previous, !token.is(";") {
        let isAfterName = token.kind == .name && previous.endsExpression
        if previous.is(";") { afterSemicolon = token.range.lowerBound }
        if previous.is(";") || isAfterName { certain = token.range.lowerBound }
        if token.kind != .symbol || token.is("#") { starts.append(token.range.lowerBound) }
      }
      if ["function", "if", "do", "repeat", "(", "{", "["].contains(where: token.is) {
        depth += 1
      } else if ["end", "until", ")", "}", "]"].contains(where: token.is) {
        depth -= 1
      }
      previous = token
    }
    certainStart = certain
    self.starts = starts.reversed().prefix(Self.maxStarts).map { $0 }
    startAfterSemicolon = afterSemicolon
  }

  /// The text with `return` at a position; lines stay as they are.
  func returned(from start: Int) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: bytes[..<start] + Array("return ".utf8) + bytes[start...], as: UTF8.self)
  }
}

extension LuaToken {
  /// Whether an expression can end with it.
  fileprivate var endsExpression: Bool {
    switch kind {
    case .name, .number, .string: true
    case .keyword: ["end", "nil", "true", "false"].contains(text)
    case .symbol: [")", "]", "}"].contains(text)
    case .end: false
    }
  }
}
