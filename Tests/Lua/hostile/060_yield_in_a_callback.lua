-- A callback of the host yields: there is no way back into Swift.
-- expect: E
-- says: yield
local nj = require "nightjar"
coroutine.wrap(function() nj.no_grad(coroutine.yield) end)()
