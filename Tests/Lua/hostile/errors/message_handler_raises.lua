-- A message handler that raises each time it is called.
-- expect: completes
-- limits: time=10s lua-memory=256MiB
assert(not xpcall(error, function(e) error(e) end))
assert(not xpcall(error, function() local function f() return f() + 1 end return f() end))
