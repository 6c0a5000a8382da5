-- A convolution whose dilation times its kernel exceeds the largest integer.
-- expect: completes
local nj = require "nightjar"
for _, dilation in ipairs { 2 ^ 62 | 0, math.maxinteger, 6148914691236517206, 2 ^ 61 | 0,
  2 ^ 62 + 2 ^ 10 | 0 } do
  for kernel = 2, 9 do
    local ok, layer = pcall(nj.nn.Conv1d, 1, 1, kernel, { dilation = dilation })
    assert(not ok or not pcall(layer, nj.ones(1, 9, 1)), "no input can be that long")
  end
end
