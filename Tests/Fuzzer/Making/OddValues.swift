/// Values that rarely fit: wrong types, the ends of ranges, tables that lie. Names are the prelude's.
enum OddValues {
  static let numbers = [
    "0/0", "1/0", "-1/0", "-1", "0", "-0.0", "1.5", "2^31", "2147483647", "-2147483648", "4294967296", "2^53",
    "1e308", "1e-320", "math.maxinteger", "math.mininteger", "65", "1e6",
  ]

  static let integers = [
    "-1", "0", "2^31", "2147483647", "-2147483648", "4294967296", "2^40", "2^53", "2^62", "math.maxinteger",
    "math.mininteger", "math.maxinteger - 1", "math.mininteger + 1", "65", "17", "1.5", "0/0", "100000",
  ]

  static let strings = [
    "\"\"", "\"10\"", "long", "\"a\\0b\"", "\"\\27[31mred\"", "\"\\xff\\xfe\"", "\"%s%n%p\"", "\"é\"",
    "(\"(\"):rep(300)",
  ]

  static let paths = [
    "\"\"", "\".\"", "\"/etc/passwd\"", "\"/dev/zero\"", "FILES .. \"/../x\"", "FILES", "FILES .. \"/a\\0b\"",
    "\"/proc/self/mem\"", "FILES .. \"/\" .. long", "\"relative.txt\"",
  ]

  static let tables = [
    "{}", "{1, nil, 3}", "{[1.5] = 1}", "{[-1] = 1}", "{[true] = 1}", "{{}, {{}}}", "{1, \"a\", x = 2}",
    "cyclic",
    "deep", "lying(2^31)", "lying(-1)", "lying(0/0)", "lying(\"a\")", "lying(3)", "raising", "wide", "_ENV",
    "setmetatable({}, {__call = free})", "setmetatable({}, {__name = long})",
    "setmetatable({}, {__tostring = raise})",
  ]

  static let functions = [
    "raise", "yields", "junk", "free", "again", "loop", "print", "coroutine.yield", "nj.zeros",
  ]

  static let others = [
    "nil", "true", "false", "gone", "nj", "nj.nn", "nj.json.null", "nj.run.options", "nj.scope()",
    "coroutine.create(yields)", "dead",
  ]

  static let all = numbers + integers + strings + tables + functions + others
}
