/// What is meant by text that is no Lua, but another language's: the hint of a syntax error.
enum SyntaxHint {
  /// The advice for a message such as `unexpected symbol near '@'`; nil for any other.
  static func advice(for message: String) -> String? {
    guard let token = message.firstMatch(of: /near '(.+)'$/).map({ String($0.1) }) else { return nil }
    switch token {
    case "@": return "x:matmul(y) multiplies matrices"
    case "!": return "Lua writes a ~= b, and `not a`"
    case "&", "|": return "Lua writes `a and b`, `a or b`"
    case "?": return "Lua writes `condition and a or b`"
    case "+", "-", "*", "/", "%", "^", "..", "==", "<",
      ">" where message.hasPrefix("syntax error"):
      return "an expression alone is no statement: return it, or assign it, as in x = x + 1"
    default: return nil
    }
  }
}
