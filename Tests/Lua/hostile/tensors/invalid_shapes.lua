-- Shapes that overflow, are negative, or have too many dimensions.
-- expect: completes
local nj = require "nightjar"
for _, shape in ipairs { { 2 ^ 31, 2 ^ 31 }, { 2 ^ 62, 4 }, { 2 ^ 32, 2 ^ 32 }, { -1 }, { 2, -2 },
  { math.mininteger }, { math.maxinteger, math.maxinteger }, { 2 ^ 21, 2 ^ 21, 2 ^ 22 }, { 0.5 }, { "3" },
  { {} } } do
  assert(not pcall(nj.zeros, shape), nj.json.encode(shape))
end
local many = {}
for i = 1, 65 do many[i] = 1 end
assert(not pcall(nj.zeros, many))
assert(nj.zeros({}):numel() == 1 and nj.zeros(0):numel() == 0)
