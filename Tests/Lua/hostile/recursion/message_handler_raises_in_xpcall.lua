-- A message handler that raises errors with itself as the handler.
-- expect: completes
local depth = 0
local function handler()
  depth = depth + 1
  return xpcall(error, handler, "x")
end
assert(not xpcall(error, handler, "x") and depth > 0)
