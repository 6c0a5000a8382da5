-- The limit strikes in a coroutine with a pending __close, which is then closed, whose close loops.
-- expect: T
-- limits: time=200ms
local co = coroutine.create(function()
  local _ <close> = setmetatable({}, { __close = function() while true do end end })
  while true do end
end)
pcall(coroutine.resume, co)
pcall(coroutine.close, co)
pcall(coroutine.wrap(function() while true do end end))
