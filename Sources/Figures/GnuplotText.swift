/// A person's text as gnuplot's script takes it.
enum GnuplotText {
  /// `text` as a double-quoted string in which every ASCII sign that could mean something to gnuplot (quotes,
  /// backquotes, backslashes, braces, macros) is its octal code. gnuplot puts the signs back only when the
  /// string is made, so nothing of the text is ever read as a command; the terminal is set to `noenhanced`,
  /// so `_`, `^` and `@` stand for themselves. Line ends become spaces.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in DisplayText.cut(DisplayText.line(text), to: 300).unicodeScalars {
      let isPlain =
        scalar.value > 0x7F || scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
      if isPlain || plain.contains(scalar) {
        quoted.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 8)
        quoted += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return quoted + "\""
  }

  private static let plain: Set<Unicode.Scalar> = [" ", ",", ".", ":", "(", ")", "+", "-", "/", "=", "%"]

  /// `text` as the label of a tick, where `%` would begin a number format.
  static func tick(_ text: String) -> String { quoted(text.replacing("%", with: "%%")) }

  /// A number with 10 significant digits: more than a picture shows, and the same on every machine.
  static func number(_ value: Double) -> String { PlotNumber.short(value, digits: 10) }

  /// `'#0072B2'`; `opacity` from 0 to 1.
  static func colour(_ rgb: UInt32, opacity: Double = 1) -> String {
    let transparency = UInt32(((1 - opacity) * 255).rounded())
    let digits = hexadecimal(rgb, 6)
    return transparency == 0 ? "'#\(digits)'" : "'#\(hexadecimal(transparency, 2))\(digits)'"
  }

  private static func hexadecimal(_ value: UInt32, _ count: Int) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(count - digits.count, 0)) + digits
  }
}
