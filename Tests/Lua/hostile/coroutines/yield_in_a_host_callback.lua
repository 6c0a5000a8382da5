-- A callback of the host yields: there is no way back into Swift.
-- expect: error
-- message: yield
local nj = require "nightjar"
coroutine.wrap(function() nj.no_grad(coroutine.yield) end)()
