-- string.pack with sizes, alignments and values that do not fit.
-- expect: completes
for _, pack in ipairs { { "i17", 1 }, { "i0", 1 }, { "!17 i4", 1 }, { "!3 i4", 1 }, { "z", "a\0b" },
  { "s1", ("x"):rep(256) }, { "i1", 128 }, { "I1", -1 }, { "c2", "abc" }, { "c", "a" }, { "Xz" }, { "X" },
  { "i99999999999", 1 }, { "y", 1 }, { "j", 1.5 }, { "n", "x" }, { "i4" }, { "!i99", 1 } } do
  assert(not pcall(string.pack, table.unpack(pack)), pack[1])
end
assert(string.pack(">i16", -1) == ("\xff"):rep(16) and string.unpack("<i16", ("\xff"):rep(16)) == -1)
