-- Parts whose start plus length exceeds the largest integer.
-- expect: completes
local nj = require "nightjar"
local x, high = nj.zeros(3), math.maxinteger
for _, range in ipairs { { 1, high }, { high, high }, { high, 1 }, { 2, high - 1 }, { 4, 1 }, { 3, 2 } } do
  assert(not pcall(x.narrow, x, 1, range[1], range[2]))
end
assert(not pcall(x.pad, x, 1, high, high) and not pcall(x.pad, x, 1, 2 ^ 62, 2 ^ 62)
  and not pcall(x.pad, x, 1, 1, high))
assert(#x:chunk(high) == 3 and #x:split(high) == 1)
