-- Errors that blame levels that do not exist.
-- expect: completes
for _, level in ipairs { -1, 0, 1, 2, 100, 2 ^ 31, math.mininteger, math.maxinteger } do
  local ok, problem = pcall(error, "x", level)
  assert(not ok and problem:find("x$"))
end
assert(not pcall(error, "x", 0.5) and not pcall(error, "x", {}))
