-- A slice from the smallest integer to the largest.
-- expect: completes
local nj = require "nightjar"
assert(nj.ones(3, 2):slice(1, 2, 2, math.maxinteger):sum():item() == 2)
local x, low, high = nj.arange(1, 3), math.mininteger, math.maxinteger
for _, range in ipairs { { low, high }, { low, -1 }, { 1, high }, { high, low }, { low, low },
  { high, high } } do
  local ok, part = pcall(x.slice, x, 1, range[1], range[2])
  assert(not ok or part:numel() <= 3)
  ok, part = pcall(x.slice, x, 1, range[1], range[2], high)
  assert(not ok or part:numel() <= 3)
end
