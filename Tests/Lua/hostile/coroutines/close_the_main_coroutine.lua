-- The script closes and resumes the coroutine it runs in, and yields out of it.
-- expect: completes
local main = coroutine.running()
assert(not pcall(coroutine.close, main))
assert(not coroutine.resume(main) and not pcall(coroutine.resume))
assert(coroutine.isyieldable() or not pcall(coroutine.yield))
