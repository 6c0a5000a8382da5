-- Widths, precisions and conversions that string.format must refuse.
-- expect: completes
for _, text in ipairs { "%99999d", "%.99999f", "%1000s", "%.1000s", "%100d", "%y", "%", "%-", "%#q", "%5q",
  "%i%", "%0123456789d", "%+ #0-5p", "%123456789123456789d", "%\0d", "%lld", "%n", "%*d" } do
  assert(not pcall(string.format, text, 1, 1, 1), text)
end
assert(not pcall(string.format, ("%d"):rep(1e5), 1) and not pcall(string.format, "%d", "x"))
assert(not pcall(string.format, "%d", 1.5) and not pcall(string.format, "%c"))
assert(#("%99.99f"):format(-1.7976931348623157e308) == 410)
