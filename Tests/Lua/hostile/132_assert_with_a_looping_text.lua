-- assert with a message object whose text loops.
-- expect: T
-- limits: time=200ms
assert(false, setmetatable({}, { __tostring = function() while true do end end }))
