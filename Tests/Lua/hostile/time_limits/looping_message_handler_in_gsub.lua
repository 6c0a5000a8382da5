-- The looping message handler again, below a C function that cannot yield.
-- expect: time limit
-- limits: time=200ms
local function loop() while true do end end
local _ = ("x"):gsub("x", function() xpcall(loop, loop) end)
