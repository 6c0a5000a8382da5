-- Replacements that gsub must refuse.
-- expect: completes
for _, replacement in ipairs { "%2", "%", "%x", "a%", { a = {} }, { a = print }, function() return {} end,
  true } do
  assert(not pcall(string.gsub, "a", "a", replacement))
end
assert(("a"):gsub("a", { a = false }) == "a" and ("a"):gsub("a", function() end) == "a")
assert(("abc"):gsub("", "-") == "-a-b-c-" and ("abc"):gsub("b", "%%%0", math.mininteger) == "abc")
