-- print of an object whose text loops.
-- expect: T
-- limits: time=200ms
print(setmetatable({}, { __tostring = function() while true do end end }))
