/// A style of text in a picture, whose width is estimated before gnuplot draws it.
///
/// gnuplot places what it is told and tells nobody what did not fit. Widths are therefore those of DejaVu Sans, the
/// widest of the fonts that systems put in Arial's place: text may leave room, but is not cut.
struct TextMeasure {
  let points: Double
  var isBold = false

  static let tick = TextMeasure(points: 12)
  static let axis = TextMeasure(points: 12)
  static let legend = TextMeasure(points: 12)
  static let caption = TextMeasure(points: 10)
  static let title = TextMeasure(points: 15, isBold: true)
  static let panelTitle = TextMeasure(points: 13, isBold: true)

  /// The width of `text` in pixels of the layout, 96 per inch.
  func width(_ text: String) -> Double {
    let em = points * 96 / 72
    return text.reduce(0) { $0 + Self.width($1) } * em * (isBold ? 1.12 : 1)
  }

  /// `text` cut to `width` pixels, with "…" where text is left out: in the middle, since long names often differ at
  /// their ends.
  func cut(_ text: String, to width: Double) -> String {
    let line = DisplayText.line(text)
    guard self.width(line) > width else { return line }
    let half = (width - self.width("…")) / 2
    func fitting(_ characters: some Collection<Character>) -> [Character] {
      var used = 0.0
      return characters.prefix {
        used += self.width(String($0))
        return used <= half
      }.map(\.self)
    }
    return String(fitting(line)) + "…" + String(fitting(line.reversed()).reversed())
  }

  /// `text` in lines of at most `width` pixels, broken between words.
  func wrapped(_ text: String, to width: Double) -> [String] {
    var lines: [String] = []
    for word in DisplayText.line(text).split(separator: " ").map(String.init) {
      if let last = lines.last, self.width("\(last) \(word)") <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(cut(word, to: width))
      }
    }
    return lines
  }

  /// The advance of a character in em.
  private static func width(_ character: Character) -> Double {
    switch DisplayText.width(character) {
    case 0: return 0
    case 2...: return 1.05
    default: break
    }
    if "ijl.,:;'|! ".contains(character) { return 0.34 }
    if "ftrI()[]{}/\\-".contains(character) { return 0.42 }
    if "mwMWGOQ@%—…&".contains(character) { return 1 }
    if character.isUppercase || "+=<>~^−±×".contains(character) { return 0.84 }
    return 0.65
  }
}
