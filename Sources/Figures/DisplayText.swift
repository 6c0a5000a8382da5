/// Text on a terminal of fixed-width cells.
public enum DisplayText {
  /// The number of terminal cells that `text` takes: 0 for combining and invisible marks, 2 for East Asian wide
  /// characters and emoji (Unicode's annex 11), 1 for the rest. Terminals differ on some emoji and on Arabic
  /// ligatures.
  public static func width(_ text: String) -> Int {
    isPlain(text) ? text.utf8.count : text.reduce(0) { $0 + width($1) }
  }

  /// Whether all of it is printable ASCII: most text is, and every character of it has one cell.
  private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

  /// The width of one character with its marks.
  public static func width(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    // A presentation selector turns a text symbol into an emoji.
    if scalars.contains("\u{FE0F}") { return 2 }
    return scalars.lazy.map(width).max() ?? 0
  }

  /// `text` with spaces to fill `width` cells; wider text is unchanged.
  public static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
    let missing = max(width - self.width(text), 0)
    let spaces = String(repeating: " ", count: missing)
    let marked = isRightToLeft(text) ? text + "\u{200E}" : text
    return right ? spaces + marked : marked + spaces
  }

  /// `text` cut to `width` cells, with "…" where text is left out.
  public static func cut(_ text: String, to width: Int) -> String {
    guard self.width(text) > width else { return text }
    var result = ""
    var used = 0
    for character in text {
      used += self.width(character)
      guard used < width else { break }
      result.append(character)
    }
    return result + "…"
  }

  /// `text` on one line: control characters and line ends become spaces.
  public static func line(_ text: String) -> String {
    if isPlain(text) { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// Whether a Hebrew or Arabic letter is in it. A left-to-right mark after such a cell keeps the columns in
  /// order on terminals with bidirectional text, and is invisible on others.
  private static func isRightToLeft(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      (0x0590...0x08FF).contains($0.value) || (0xFB1D...0xFDFF).contains($0.value)
        || (0xFE70...0xFEFF).contains($0.value)
    }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
    default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x2614...0x2615, 0x26A1...0x26A1, 0x2705...0x2705,
    0x274C...0x274C, 0x2753...0x2755, 0x2795...0x2797, 0x2B50...0x2B50, 0x2E80...0x303E, 0x3041...0x33FF,
    0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF,
    0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F64F, 0x1F680...0x1F6FF,
    0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
