-- Delta windows whose squared length exceeds the largest integer.
-- expect: completes
local nj = require "nightjar"
for _, length in ipairs { math.maxinteger, 2 ^ 31 + 1, 2 ^ 21 + 1, 2 ^ 40 + 1, 4, 0, -1 } do
  local ok, problem = pcall(nj.audio.delta, nj.ones(10, 3), { win_length = length })
  assert(ok or type(problem) == "string")
end
