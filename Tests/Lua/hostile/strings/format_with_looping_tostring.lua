-- string.format calls a __tostring that loops.
-- expect: time limit
-- limits: time=200ms
return ("%s %10.5s"):format(setmetatable({}, { __tostring = function() while true do end end }), 1)
