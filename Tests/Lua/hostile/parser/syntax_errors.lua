-- Labels that are repeated, missing, or inside a block; unknown attributes and other syntax errors.
-- expect: completes
for _, text in ipairs { "::a:: ::a::", "goto a", "goto a local x ::a:: x = 1", "do ::a:: end goto a", "break",
  "local x <const> = 1 x = 2", "local x <foo> = 1", "local x <close>, y <close> = nil, nil",
  "::a:: do ::a:: end goto b", "for i do end", "return ... function f() return ... end", "x = }",
  "x = 'a\nb'", "x = '\\400'", "x = '\\u{80000000}'", "x = '\\xZZ'", "x = [==[ ]=]", "--[==[", "x = 0x",
  "x = 1e", "x = 3x", "local function end", "\xEF\xBB\xBF\27" } do
  assert(not load(text), text)
end
