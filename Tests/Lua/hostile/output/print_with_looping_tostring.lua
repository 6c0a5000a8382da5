-- print of an object whose __tostring loops.
-- expect: time limit
-- limits: time=200ms
print(setmetatable({}, { __tostring = function() while true do end end }))
