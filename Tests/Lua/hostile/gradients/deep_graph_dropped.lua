-- A deep graph is dropped without backward: freeing it must not use the stack.
-- expect: completes
-- limits: time=20s
local nj = require "nightjar"
local x = nj.ones(1):requires_grad_()
local y = x
for _ = 1, 2e5 do y = y * 1 end
y = nil
collectgarbage()
assert(y == nil and nj.ones(2):sum():item() == 2)
