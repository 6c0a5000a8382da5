-- A coroutine that resumes, closes and wraps itself.
-- expect: completes
local co
co = coroutine.create(function()
  assert(not coroutine.resume(co) and not pcall(coroutine.close, co))
  assert(coroutine.status(co) == "running" and coroutine.running() == co)
  return coroutine.wrap(function()
    assert(coroutine.status(co) == "normal" and not coroutine.resume(co) and not pcall(coroutine.close, co))
  end)()
end)
assert(coroutine.resume(co))
assert(coroutine.close(co) and not coroutine.resume(co))
