import LuaHost

/// Local variables at the top level of a text for the prompt.
///
/// In Lua they would end with the text, as in the stock `lua`. Here `local x = 1` becomes `x = 1`, and
/// `local function f` becomes `function f`, where no block is open, so that both stay. What is inside a block stays
/// local, and so does a variable with `<close>`, which is closed at the end of the text, and `_ENV`.
enum TopLevelLocals {
  /// The text with top-level locals as globals; lines and columns stay as they are. For text that Lua compiles.
  static func made(global text: String) -> String {
    let tokens = LuaLexer(text).tokens
    var bytes = Array(text.utf8)
    var insertions: [Int] = []
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if ["function", "if", "do", "repeat", "(", "{", "["].contains(where: token.is) {
        depth += 1
      } else if ["end", "until", ")", "}", "]"].contains(where: token.is) {
        depth -= 1
      } else if token.is("local"), depth == 0, let declaration = Declaration(tokens[(index + 1)...]) {
        for range in [token.range] + declaration.attributes {
          for position in range { bytes[position] = 32 }
        }
        if let end = declaration.endOfNames { insertions.append(end) }
      }
    }
    for position in insertions.reversed() { bytes.insert(contentsOf: Array(" = nil".utf8), at: position) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What follows `local`.
  private struct Declaration {
    /// Attributes such as `<const>`.
    var attributes: [Range<Int>] = []
    /// Where ` = nil` belongs, without which names alone are no statement.
    var endOfNames: Int?

    /// - Returns: nil for one that has to stay local.
    init?(_ tokens: ArraySlice<LuaToken>) {
      var rest = tokens
      if rest.first?.is("function") == true { return }
      var end = 0
      while let name = rest.popFirst(), name.kind == .name {
        guard name.text != "_ENV" else { return nil }
        end = name.range.upperBound
        if rest.first?.is("<") == true, let opening = rest.popFirst() {
          let word = rest.popFirst()
          guard let closing = rest.popFirst(), closing.is(">"), word?.text == "const" else { return nil }
          attributes.append(opening.range.lowerBound..<closing.range.upperBound)
          end = closing.range.upperBound
        }
        guard rest.first?.is(",") == true else { break }
        rest.removeFirst()
      }
      if rest.first?.is("=") != true { endOfNames = end }
    }
  }
}
