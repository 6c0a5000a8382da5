-- Native functions fail a thousand times while they hold a megabyte.
-- expect: completes
-- limits: time=5s
local nj = require "nightjar"
local x, wrong = nj.zeros(512, 512), nj.zeros(3, 3)
local before = nj.memory().live
for _ = 1, 1000 do
  assert(not pcall(x.matmul, x, wrong) and not pcall(x.cholesky, x:transpose(1, 2) + 0))
end
collectgarbage()
assert(nj.memory().live <= before)
