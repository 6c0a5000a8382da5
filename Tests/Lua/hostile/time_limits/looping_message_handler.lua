-- The message handler loops; it runs where hooks may be off.
-- expect: time limit
-- limits: time=200ms
local function loop() while true do end end
xpcall(loop, loop)
