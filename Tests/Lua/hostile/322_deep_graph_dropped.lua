-- A deep graph is dropped without being walked: freeing it must not need the stack.
-- expect: fine
-- limits: time=20s
local nj = require "nightjar"
local x = nj.ones(1):requires_grad_()
local y = x
for _ = 1, 2e5 do y = y * 1 end
y = nil
collectgarbage()
assert(y == nil and nj.ones(2):sum():item() == 2)
