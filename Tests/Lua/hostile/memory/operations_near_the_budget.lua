-- Operations when almost no native memory is left (a failure of every single allocation: scripts/fuzz).
-- expect: completes or memory limit
-- limits: time=10s
local nj = require "nightjar"
local x = nj.ones(2 ^ 22)
local kept = {}
while nj.memory().budget - nj.memory().live > 20 * 2 ^ 20 do kept[#kept + 1] = nj.zeros(2 ^ 20) end
for _, name in ipairs { "exp", "sort", "clone", "cumsum", "softmax", "unique", "nonzero", "argmax" } do
  pcall(x[name], x, 1)
  assert(x:sum():item() == 2 ^ 22)
end
