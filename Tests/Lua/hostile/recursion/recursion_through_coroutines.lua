-- Each coroutine starts the next (on the small stack of a thread: HostileWorldTests).
-- expect: error
-- message: stack overflow
local function down() return coroutine.wrap(down)() end
down()
