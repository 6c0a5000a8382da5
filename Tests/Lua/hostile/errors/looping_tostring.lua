-- An error object whose __tostring never returns.
-- expect: time limit
-- limits: time=200ms
error(setmetatable({}, { __tostring = function() while true do end end }))
