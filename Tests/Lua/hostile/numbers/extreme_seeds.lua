-- Seeds at the ends of the integers, and an endless loop over a source of random numbers.
-- expect: time limit
-- limits: time=200ms
local nj = require "nightjar"
for _, seed in ipairs { 0, math.maxinteger } do nj.seed(seed) assert(nj.rand(1)[1] < 1) end
assert(not pcall(nj.seed, -1) and not pcall(nj.seed, 0.5) and not pcall(nj.random, math.mininteger))
local source = nj.random(7)
while true do source:randn(100) end
