-- Patterns that end in the middle of an item.
-- expect: completes
for _, pattern in ipairs { "%", "[", "[^", "[a-", "[%", "%b", "%bx", "%f", "%f[", "(", "()(", ")", "%1",
  "(%1)", "%0", ("("):rep(33) .. (")"):rep(33), "[]", "[^]", "%g(", "a(b%)" } do
  assert(not pcall(string.match, "abc", pattern), pattern)
  pcall(string.gsub, "abc", pattern, "")
end
