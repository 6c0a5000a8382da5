-- table.move into a table whose __newindex loops.
-- expect: time limit
-- limits: time=200ms
local looping = setmetatable({}, { __newindex = function() while true do end end })
table.move({ 1, 2, 3 }, 1, 3, 1, looping)
