-- Suspended coroutines with a looping __close are left behind (closing the state: HostileWorldTests).
-- expect: completes
local meta = { __close = function() while true do end end }
for _ = 1, 100 do
  coroutine.wrap(function()
    local _ <close> = setmetatable({}, meta)
    coroutine.yield()
  end)()
end
collectgarbage()
