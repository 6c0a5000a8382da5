-- string.unpack with positions and lengths beyond the string.
-- expect: completes
for _, case in ipairs { { "i4", "abc" }, { "c5", "abcd" }, { "z", "abc" }, { "s1", "\5abc" },
  { "s8", ("\xff"):rep(8) }, { "s8", "\xff\xff\xff\xff\xff\xff\xff\x7f" }, { "c2147483647", "x" },
  { "i16", ("\x01"):rep(16) }, { "i4", "abcd", 3 }, { "i4", "abcd", math.maxinteger }, { "b", "", 2 },
  { ("c1"):rep(300) .. "i4", ("x"):rep(300) } } do
  assert(not pcall(string.unpack, table.unpack(case)), case[1])
end
assert(string.unpack("b", "abc", -1) == 99 and select("#", string.unpack("", "abc", 4)) == 1)
