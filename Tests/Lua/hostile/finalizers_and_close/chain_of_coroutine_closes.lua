-- A thousand coroutines, each of which closes the next while it is closed.
-- expect: error or completes
local co
for _ = 1, 1000 do
  local inner = co
  co = coroutine.create(function()
    local _ <close> = setmetatable({}, { __close = function() if inner then coroutine.close(inner) end end })
    coroutine.yield()
  end)
  coroutine.resume(co)
end
coroutine.close(co)
