-- pcall calls pcall, so that no frame of the script lies between the two.
-- expect: time limit
-- limits: time=200ms
local function loop() while true do end end
while true do pcall(pcall, loop) end
