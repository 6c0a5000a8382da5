-- A message handler that makes errors in its own handlers.
-- expect: fine
local depth = 0
local function handler()
  depth = depth + 1
  return xpcall(error, handler, "x")
end
assert(not xpcall(error, handler, "x") and depth > 0)
