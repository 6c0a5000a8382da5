-- A gsub callback yields across a C function.
-- expect: error
-- message: yield
coroutine.wrap(function() return (("x"):gsub("x", coroutine.yield)) end)()
