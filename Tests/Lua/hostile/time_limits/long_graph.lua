-- The gradient of a graph of a hundred thousand steps, in coroutines that are dropped.
-- expect: time limit
-- limits: time=500ms
local nj = require "nightjar"
while true do
  coroutine.wrap(function()
    local x = nj.zeros { 4 }:requires_grad_()
    local y = x
    for _ = 1, 100000 do y = y + 1 end
    y:sum():backward()
  end)()
end
