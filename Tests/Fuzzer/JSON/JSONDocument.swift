/// Random JSON documents, most of them changed in a place or two so that they may no longer be JSON.
struct JSONDocument {
  /// What changes insert: structure out of place, escapes, numbers and words at the border of what is allowed.
  private static let pieces: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u0000",
      "\\x41",
      "\\/", "\\\"", "+", "-", "-0", "0", "00", "01", ".", ".5", "5.", "1e", "1e+", "E-2", "1e308", "1e309",
      "1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "0x10", "1_0", "true",
      "false", "null", "nul", "True", "NaN", "Infinity", "-Infinity", "nan", " ", "\t", "\n", "\r", "\u{C}",
      "\u{A0}", "\u{2028}", "\u{FEFF}", "\0", "'", "//", "/**/", "é", "e\u{301}", "\u{FFFD}", "😀", "{}", "[]",
      "\"a\":1", "[null]",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0x80],
    ]
  private static let names = ["a", "b", "a", "", "é", "e\\u0301", "1", "\\n", "\\u0061", "a.b", "__index"]
  private static let numbers = [
    "0", "-0", "1", "-17", "0.5", "-0.0", "1e2", "1E+2", "12.5e-3", "9007199254740993", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "18446744073709551616", "1e308", "5e-324", "0.1",
    "3.141592653589793", "123456789012345678901234567890", "1.0",
  ]
  private static let texts = [
    "", "a", "é", "\\u00e9", "\\ud83d\\ude00", "😀", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\\u0000", "\u{7F}",
    "\u{2028}",
    "<script>", "\\uFFFD", "null",
  ]

  private var dice: Dice
  private var bytes: [UInt8] = []

  init(seed: UInt64, number: Int) { dice = Dice(seed: seed, number: number) }

  /// The document.
  mutating func make() -> [UInt8] {
    if dice.chance(0.02) {
      addNest()
    } else {
      addValue(depth: 0)
    }
    if dice.chance(0.8) { for _ in 0...dice.roll(0...2) { change() } }
    return bytes
  }

  private mutating func add(_ text: String) { bytes += Array(text.utf8) }

  private mutating func addSpace() {
    while dice.chance(0.15) { add(dice.pick([" ", "\n", "\t", "\r"])) }
  }

  private mutating func addValue(depth: Int) {
    addSpace()
    switch dice.roll(0...(depth < 6 ? 8 : 5)) {
    case 0: add(dice.pick(["true", "false", "null"]))
    case 1, 2: add(dice.pick(Self.numbers))
    case 3: add("\(dice.roll(-1_000_000...1_000_000))e\(dice.roll(-20...20))")
    case 4, 5: add("\"\(dice.pick(Self.texts))\(dice.pick(Self.texts))\"")
    case 6: addMembers("[", "]", named: false, depth)
    default: addMembers("{", "}", named: true, depth)
    }
    addSpace()
  }

  private mutating func addMembers(_ open: String, _ close: String, named: Bool, _ depth: Int) {
    add(open)
    addSpace()
    for index in 0..<dice.roll(0...4) {
      if index > 0 { add(",") }
      addSpace()
      if named { add("\"\(dice.pick(Self.names))\"") }
      addSpace()
      if named { add(":") }
      addValue(depth: depth + 1)
    }
    add(close)
  }

  /// Lists in lists, around the depth at which they are refused and far beyond.
  private mutating func addNest() {
    let depth = dice.pick([10, 62, 63, 64, 65, 66, 1_000, 100_000])
    let isObject = dice.chance(0.5)
    for _ in 0..<depth { add(isObject ? "{\"a\":" : "[") }
    addValue(depth: 6)
    for _ in 0..<(dice.chance(0.9) ? depth : depth / 2) { add(isObject ? "}" : "]") }
  }

  private mutating func change() {
    let start = dice.roll(0...bytes.count)
    let end = min(bytes.count, start + dice.roll(0...8))
    switch dice.roll(0...5) {
    case 0: bytes.removeSubrange(start..<end)
    case 1: bytes.insert(UInt8(dice.roll(0...255)), at: start)
    case 2: bytes.insert(contentsOf: Array(bytes[start..<end]), at: dice.roll(0...bytes.count))
    case 3: bytes.removeSubrange(start...)
    default: bytes.replaceSubrange(start..<(dice.chance(0.5) ? start : end), with: dice.pick(Self.pieces))
    }
  }
}
