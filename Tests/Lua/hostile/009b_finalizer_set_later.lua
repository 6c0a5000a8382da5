-- A finalizer slipped into a metatable that is already in use never runs.
-- expect: fine
local ran, meta = false, {}
setmetatable({}, meta)
meta.__gc = function() ran = true end
collectgarbage()
assert(not ran)
assert(not pcall(setmetatable, {}, meta), "the metatable is refused from now on")
