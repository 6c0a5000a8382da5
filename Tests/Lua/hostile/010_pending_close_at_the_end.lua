-- A suspended coroutine with a looping __close is left behind (closing the state: HostileWorldTests).
-- expect: fine
local meta = { __close = function() while true do end end }
for _ = 1, 100 do
  coroutine.wrap(function()
    local _ <close> = setmetatable({}, meta)
    coroutine.yield()
  end)()
end
collectgarbage()
