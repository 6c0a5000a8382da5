-- A graph of a hundred thousand operations, differentiated.
-- expect: completes
-- limits: time=20s
local nj = require "nightjar"
local x = nj.ones(1):requires_grad_()
local y = x
for _ = 1, 1e5 do y = y + 1 end
y:backward()
assert(x.grad[1] == 1)
