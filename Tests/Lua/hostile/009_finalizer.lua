-- A finalizer would run where no limit reaches.
-- expect: E
-- says: __gc
setmetatable({}, { __gc = function() while true do end end })
collectgarbage()
