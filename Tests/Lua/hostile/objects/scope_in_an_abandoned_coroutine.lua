-- Scopes opened in coroutines that are left behind, with tensors that remain in use outside.
-- expect: completes
local nj = require "nightjar"
local made = {}
for i = 1, 100 do
  made[i] = coroutine.wrap(function()
    local _ <close> = nj.scope()
    coroutine.yield(nj.ones(10))
  end)()
end
collectgarbage()
for i = 1, 100 do assert(made[i]:sum():item() == 10) end
