-- A gsub callback yields across a C function.
-- expect: E
-- says: yield
coroutine.wrap(function() return (("x"):gsub("x", coroutine.yield)) end)()
