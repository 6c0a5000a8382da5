-- coroutine.close runs a pending __close that loops.
-- expect: time limit
-- limits: time=200ms
local co = coroutine.create(function()
  local _ <close> = setmetatable({}, { __close = function() while true do end end })
  coroutine.yield()
end)
coroutine.resume(co)
coroutine.close(co)
