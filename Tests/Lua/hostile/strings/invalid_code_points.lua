-- utf8 functions with invalid positions and code points.
-- expect: completes
local low, high = math.mininteger, math.maxinteger
assert(not pcall(utf8.char, -1) and not pcall(utf8.char, 2 ^ 31) and not pcall(utf8.char, high))
assert(not pcall(utf8.codepoint, "x", 1, 2) and not pcall(utf8.codepoint, "x", low, high))
assert(not pcall(utf8.codepoint, "\xff") and not pcall(utf8.codepoint, "\u{D800}")
  and utf8.len("\xff") == nil)
assert(not pcall(utf8.offset, "x", 1, 3) and not pcall(utf8.offset, "ä", 1, 2)
  and utf8.offset("x", high) == nil)
assert(not pcall(utf8.len, "x", 3) and not pcall(utf8.len, "x", low) and utf8.len("x", 2) == 0)
assert(not pcall(function() for _ in utf8.codes("a\xffb") do end end))
assert(utf8.char(0x7FFFFFFF) == "\xFD\xBF\xBF\xBF\xBF\xBF" and utf8.codepoint("\u{7FFFFFFF}", 1, 1, true))
