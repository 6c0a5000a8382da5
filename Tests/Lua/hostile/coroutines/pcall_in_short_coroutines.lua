-- Loops caught by pcall inside ever new coroutines.
-- expect: time limit
-- limits: time=200ms
local function loop() while true do end end
while true do
  coroutine.wrap(function() pcall(loop) pcall(pcall, loop) end)()
end
