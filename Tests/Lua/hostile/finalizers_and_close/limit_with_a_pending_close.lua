-- The limit is reached in a coroutine with a pending looping __close, which is then closed.
-- expect: time limit
-- limits: time=200ms
local co = coroutine.create(function()
  local _ <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end)
pcall(coroutine.resume, co)
pcall(coroutine.close, co)
pcall(coroutine.wrap(function() while true do end end))
