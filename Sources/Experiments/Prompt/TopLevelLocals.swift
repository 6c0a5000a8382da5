/// Local variables at the top level of a text for the prompt.
///
/// In Lua they would end with the text, as in the stock `lua`. Here `local x = 1` becomes `x = 1`, and
/// `local function f` becomes `function f`, where no block is open, so that both stay. What is inside a block stays
/// local, and so does a variable with `<close>`, which is closed at the end of the text, and `_ENV`.
enum TopLevelLocals {
  /// The text with top-level locals as globals; lines and columns stay as they are. For text that Lua compiles.
  static func made(global text: String) -> String {
    let tokens = LuaTokens(text).tokens
    var bytes = Array(text.utf8)
    var insertions: [Int] = []
    var depth = 0
    for (index, token) in tokens.enumerated() {
      switch token.text {
      case "function" where token.kind == .name, "if" where token.kind == .name,
        "do" where token.kind == .name,
        "repeat" where token.kind == .name, "(", "{", "[":
        depth += 1
      case "end" where token.kind == .name, "until" where token.kind == .name, ")", "}", "]":
        depth -= 1
      case "local" where token.kind == .name && depth == 0:
        guard let declaration = Declaration(tokens[(index + 1)...]) else { continue }
        for range in [token.range] + declaration.attributes {
          for position in range { bytes[position] = 32 }
        }
        if let end = declaration.endOfNames { insertions.append(end) }
      default: break
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
    init?(_ tokens: ArraySlice<LuaTokens.Token>) {
      var rest = tokens
      if rest.first?.text == "function" { return }
      var end = 0
      while let name = rest.popFirst(), name.kind == .name {
        guard name.text != "_ENV" else { return nil }
        end = name.range.upperBound
        if rest.first?.text == "<", let opening = rest.popFirst() {
          let word = rest.popFirst()
          guard let closing = rest.popFirst(), closing.text == ">", word?.text == "const" else { return nil }
          attributes.append(opening.range.lowerBound..<closing.range.upperBound)
          end = closing.range.upperBound
        }
        guard rest.first?.text == "," else { break }
        rest.removeFirst()
      }
      if rest.first?.text != "=" { endOfNames = end }
    }
  }
}
