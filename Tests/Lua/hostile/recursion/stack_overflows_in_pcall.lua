-- Overflows the stack again and again: the checks must not visit a million frames at each tick.
-- expect: time limit
-- limits: lua-memory=512MiB
local function down() down() end
while true do pcall(down) end
