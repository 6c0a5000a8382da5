-- assert with a message object whose __tostring loops.
-- expect: time limit
-- limits: time=200ms
assert(false, setmetatable({}, { __tostring = function() while true do end end }))
