-- A finalizer would run where no limit applies.
-- expect: error
-- message: __gc
setmetatable({}, { __gc = function() while true do end end })
collectgarbage()
