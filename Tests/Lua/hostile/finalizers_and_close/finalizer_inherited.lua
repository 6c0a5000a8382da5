-- A finalizer that the metatable's own metatable would supply.
-- expect: completes
local ran = false
local meta = setmetatable({}, { __index = function() return function() ran = true end end })
setmetatable({}, meta)
collectgarbage()
assert(not ran)
