/// A person's text as gnuplot's script takes it.
enum GnuplotText {
  /// `text` as a single-quoted string, in which gnuplot expands nothing: no backquotes, escapes or macros. The terminal is
  /// set to `noenhanced`, so `_`, `^`, `{` and `@` stand for themselves. Line ends would end the command: they become spaces.
  static func quoted(_ text: String) -> String {
    "'" + DisplayText.cut(DisplayText.line(text), to: 300).replacing("'", with: "''") + "'"
  }

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
