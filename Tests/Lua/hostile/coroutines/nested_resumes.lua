-- A thousand coroutines, each of which resumes the next.
-- expect: completes
local function nest(depth)
  if depth == 0 then return true end
  local ok, result = coroutine.resume(coroutine.create(nest), depth - 1)
  return ok and result
end
assert(nest(50))
assert(not nest(1000), "the C stack should overflow before")
assert(nest(50))
