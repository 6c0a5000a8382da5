/// What is meant by text that is no Lua, but another language's: the hint of a syntax error.
enum SyntaxHint {
  /// The advice for a message such as `unexpected symbol near '@'`, and the line that it is about; nil for any other.
  static func advice(for message: String, line: Substring) -> String? {
    let code = line.drop { $0.isWhitespace }
    return block(message, code) ?? statement(code) ?? brackets(message, code) ?? symbol(message, code)
  }

  /// Blocks that begin with a colon or a brace.
  private static func block(_ message: String, _ code: Substring) -> String? {
    // A text that ends here may go on in the next line, unless a colon ends it or stands before a space.
    let isColon = code.contains(/:(\s|$)/)
    if message.hasSuffix("near <eof>"), !isColon { return nil }
    // A symbol that Lua does not have says more.
    if message.contains(/near '[@!&|?*]'$/) { return nil }
    let isLoop = isColon && code.contains(/^(for|while)\b/)
    if message.hasPrefix("'do' expected") || message.hasPrefix("'=' or 'in' expected")
      || message.hasPrefix("<name> expected") && isLoop
    {
      return code.hasPrefix("while")
        ? "Lua writes while condition do … end"
        : "Lua writes for i = 1, n do … end, or for i, x in ipairs(list) do … end"
    }
    let isCondition = isColon && code.contains(/^(if|elseif)\b/)
    if message.hasPrefix("'then' expected") || message.hasPrefix("<name> expected") && isCondition {
      return "Lua writes if condition then … elseif … else … end"
    }
    if message.hasSuffix("near ':'"), code.hasPrefix("else") { return "Lua writes else without a colon" }
    return nil
  }

  /// Statements of Python and JavaScript, by the word that they begin with. In Lua no name follows a name.
  private static func statement(_ code: Substring) -> String? {
    if code.contains(/\blambda\b[^=]*:/) { return "Lua writes function(x) return x end" }
    guard let match = code.prefixMatch(of: /([a-z]+)( +["\w(]|:)/) else { return nil }
    switch match.1 {
    case "import", "from": return "local nj = require \"nightjar\""
    case "def": return "Lua writes function name(x) … end"
    case "class": return "nn.module { … } declares a module, a table holds anything else"
    case "elif": return "Lua writes elseif condition then"
    case "try", "except": return "Lua writes local isDone, result = pcall(f, x)"
    case "raise": return "Lua writes error(message)"
    case "with" where code.contains("no_grad"): return "nj.no_grad(function() … end)"
    case "const", "let", "var": return "Lua writes local x = 1"
    default: return nil
    }
  }

  /// Lists, tuples, slices and named arguments.
  private static func brackets(_ message: String, _ code: Substring) -> String? {
    if message == "')' expected near '='" {
      return "Lua has no named arguments: options are a table, as in x:sum { dim = 1 }"
    }
    if message == "']' expected near ','" { return "several dimensions are a list: x[{ 1, 2 }]" }
    if message.hasSuffix("near ':'"), code.contains("[") {
      return "x[{ { 1, 2 } }] is the range from 1 to 2, x[{ {}, 1 }] column 1"
    }
    if message == "unexpected symbol near '['" { return "Lua writes lists as { 1, 2 }" }
    if message == "')' expected near ','", code.contains(/\(\(/) { return "Lua writes lists as { 1, 2 }" }
    if let name = message.firstMatch(of: /^<name> expected near '([a-z]+)'$/) {
      return "'\(name.1)' is a keyword of Lua and cannot be a name"
    }
    return nil
  }

  private static func symbol(_ message: String, _ code: Substring) -> String? {
    guard let token = message.firstMatch(of: /near '(.+)'$/).map({ String($0.1) }) else { return nil }
    switch token {
    case "@": return "x:matmul(y) multiplies matrices"
    case "!": return "Lua writes a ~= b, and `not a`"
    case "&", "|": return "Lua writes `a and b`, `a or b`"
    case "?": return "Lua writes `condition and a or b`"
    case "#" where code.hasPrefix("#"), "//" where code.hasPrefix("//"): return "Lua's comments begin with --"
    case "*" where code.contains("**"): return "Lua writes x ^ 2"
    case "+", "-", "*", "/", "%", "^", "..":
      if let match = code.firstMatch(of: /([-+*\/%^]|\.\.)=/) {
        return "Lua writes x = x \(match.1) y"
      }
      if code.contains("++") { return "Lua writes x = x + 1" }
      fallthrough
    case "==", "<", ">":
      guard message.hasPrefix("syntax error") else { return nil }
      return "an expression alone is no statement: return it, or assign it, as in x = x + 1"
    default: return nil
    }
  }
}
