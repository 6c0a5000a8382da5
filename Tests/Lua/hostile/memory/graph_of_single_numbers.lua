-- A graph of millions of views of one number.
-- expect: memory limit
-- limits: time=60s
local nj = require "nightjar"
local y = nj.zeros { 1 }:requires_grad_()
for _ = 1, 3000000 do y = y:reshape(1, 1) end
