-- A dead coroutine is called again.
-- expect: E
-- says: dead coroutine
local f = coroutine.wrap(function() end)
f()
f()
