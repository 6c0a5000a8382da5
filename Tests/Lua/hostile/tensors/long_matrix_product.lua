-- One matrix product that takes seconds.
-- expect: time limit
-- limits: time=200ms
local nj = require "nightjar"
local x = nj.randn { 4500, 4500 }
for _ = 1, 100 do x:matmul(x) end
