-- Errors, closes and coroutines in one endless loop that catches everything.
-- expect: time limit
-- limits: time=200ms
local meta = { __close = function() error("again") end }
while true do
  pcall(function()
    local _ <close> = setmetatable({}, meta)
    coroutine.wrap(function() local _ <close> = setmetatable({}, meta) error("inner") end)()
  end)
end
