import LuaHost

/// Lua text with its keywords, strings, numbers and comments marked.
enum LuaHighlight {
  static func html(_ text: String) -> HTML {
    let bytes = Array(text.utf8)
    var parts: [HTML] = []
    var end = 0
    func slice(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    for token in LuaLexer(text).tokens {
      let gap = slice(end..<max(end, token.range.lowerBound))
      // Between tokens there are only spaces and comments.
      parts.append(gap.contains("--") || gap.hasPrefix("#") ? "<i>\(gap)</i>" : "\(gap)")
      let word = slice(token.range)
      switch token.kind {
      case .keyword: parts.append("<b>\(word)</b>")
      case .string: parts.append("<s>\(word)</s>")
      case .number: parts.append("<u>\(word)</u>")
      default: parts.append("\(word)")
      }
      end = token.range.upperBound
    }
    return HTML(joining: parts)
  }
}
