-- A dead coroutine is called again.
-- expect: error
-- message: dead coroutine
local f = coroutine.wrap(function() end)
f()
f()
