-- string.format asks an object for its text, which loops.
-- expect: T
-- limits: time=200ms
return ("%s %10.5s"):format(setmetatable({}, { __tostring = function() while true do end end }), 1)
