-- An error object whose text takes for ever.
-- expect: T
-- limits: time=200ms
error(setmetatable({}, { __tostring = function() while true do end end }))
