-- Globals looked up by a function that loops.
-- expect: time limit
-- limits: time=200ms
setmetatable(_ENV, { __index = function() while true do end end })
return missing
