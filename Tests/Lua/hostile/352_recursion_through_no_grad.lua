-- Coroutines, callbacks of the host and coroutines again, until the stack ends.
-- expect: E
-- says: stack overflow
local nj = require "nightjar"
local function down() return nj.no_grad(coroutine.wrap(down)) end
down()
