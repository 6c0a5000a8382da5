-- Paddings, strides and windows at the ends of the integers.
-- expect: completes
local nj = require "nightjar"
for _, padding in ipairs { 2 ^ 62 | 0, 2 ^ 62 + 1 | 0, math.maxinteger, math.maxinteger - 1, 2 ^ 61 | 0 } do
  local ok, layer = pcall(nj.nn.Conv1d, 1, 1, 3, { padding = padding })
  assert(not ok or not pcall(layer, nj.ones(1, 10, 1)))
  for _, pool in ipairs { nj.nn.MaxPool1d, nj.nn.AvgPool1d } do
    for _, kernel in ipairs { 1, 2, math.maxinteger } do
      ok, layer = pcall(pool, kernel, { padding = padding, stride = 1 })
      assert(not ok or not pcall(layer, nj.ones(1, 10, 1)))
    end
  end
end
local layer = nj.nn.Conv1d(1, 1, 3, { stride = math.maxinteger })
assert(layer(nj.ones(1, 10, 1)):size(2) == 1)
