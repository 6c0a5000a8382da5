-- Sizes of formats that overflow.
-- expect: completes
for _, format in ipairs { "c2147483647c2147483647", "s", "z", ("i16"):rep(2 ^ 20) .. "c2147483647", "!16"
  .. "Xi17" } do
  assert(not pcall(string.packsize, format), #format)
end
assert(string.packsize("!8 i1 i8 !16 i1 i16") == 48)
