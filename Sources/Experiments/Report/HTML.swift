import Support

/// HTML that is safe to put on a page: text is escaped when it is made.
struct HTML: Sendable, ExpressibleByStringInterpolation {
  let source: String

  /// Markup as it is written in this program.
  init(stringLiteral source: String) { self.source = source }

  /// Puts texts, escaped, and other markup into markup.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ literal: String) { source += literal }
    mutating func appendInterpolation(_ text: String) { source += HTML.escaped(text) }
    mutating func appendInterpolation(_ text: Substring) { source += HTML.escaped(String(text)) }
    mutating func appendInterpolation(_ number: Int) { source += "\(number)" }
    mutating func appendInterpolation(_ html: HTML) { source += html.source }
    mutating func appendInterpolation(_ parts: [HTML]) {
      source += parts.map(\.source).joined(separator: "\n")
    }
  }

  init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

  /// The text with everything that has a meaning in HTML escaped, in quotes too.
  static func escaped(_ text: String) -> String {
    text.printable(limit: .max).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;").replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }
}

extension HTML {
  /// Parts one directly after the other.
  init(joining parts: [HTML]) { source = parts.map(\.source).joined() }
}
