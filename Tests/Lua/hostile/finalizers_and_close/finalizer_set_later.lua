-- A finalizer added to a metatable that is already in use never runs.
-- expect: completes
local ran, meta = false, {}
setmetatable({}, meta)
meta.__gc = function() ran = true end
collectgarbage()
assert(not ran)
assert(not pcall(setmetatable, {}, meta), "the metatable should now be refused")
