-- Each coroutine starts the next (on a small thread's stack: HostileWorldTests).
-- expect: E
-- says: stack overflow
local function down() return coroutine.wrap(down)() end
down()
