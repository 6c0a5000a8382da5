-- A coroutine is created and started long before it loops (over two calls: HostileWorldTests).
-- expect: time limit
-- limits: time=200ms
local co = coroutine.wrap(function()
  coroutine.yield()
  while true do pcall(coroutine.yield, "still here") end
end)
co()
while true do co() end
