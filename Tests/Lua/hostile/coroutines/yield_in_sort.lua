-- A comparator yields across a C function.
-- expect: completes
local co = coroutine.create(function() table.sort({ 3, 2, 1 }, coroutine.yield) end)
local ok, problem = coroutine.resume(co)
assert(not ok or coroutine.close(co))
assert(ok or problem:gsub("^.-%.lua:%d+: ", ""):find("yield"), problem)
