-- Indices that are NaN, fractions, text, zero or out of range.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(3)
for _, i in ipairs { 0 / 0, 1 / 0, 0, 1.5, 4, -4, 2 ^ 53, 2 ^ 63, math.mininteger, math.maxinteger, "1", true,
  { {}, {} }, x } do
  assert(not pcall(function() return x[i] end))
  assert(not pcall(function() x[i] = 1 end))
  assert(not pcall(x.select, x, 1, i) and not pcall(x.at, x, i) and not pcall(x.size, x, i == 1.5 and 0 or i))
end
x[1], x[-1] = 5, 6.0
assert(x[1] == 5 and x[3] == 6 and not pcall(function() x[1] = "5" end)
  and not pcall(function() x[1] = nj.ones(2) end))
