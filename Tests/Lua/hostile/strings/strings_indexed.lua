-- Assignments to strings, and fields that strings do not have.
-- expect: completes
assert(not pcall(function() local s = "x" s.y = 1 end))
assert(("x").y == nil and not pcall(function() return ("x").y.z end))
assert(not pcall(function() return "abc" + 1 end) and not pcall(function() return "1" | 1.5 end))
assert("10" + 1 == 11 and not pcall(function() return {} .. "x" end)
  and not pcall(function() return "x" < 1 end))
